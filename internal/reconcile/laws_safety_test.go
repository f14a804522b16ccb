package reconcile

import (
	"errors"
	"fmt"
	"slices"

	"contactbridge/internal/contact"
)

// loseNothing (T4): no plan overwrites an edit without saying so, edits of different fields both survive, a conflict keeps
// its loser in the operation, and fields of no row are untouched; its twin is that the winner is then on both sides.
func loseNothing(h history, plan maker) error {
	m, err := play(h, plan, losesNothing)
	if err != nil {
		return err
	}
	l, err := m.probe(plan, losesNothing)
	if err != nil {
		return err
	}
	for _, side := range contact.Sides {
		if m.shows(side, l, unmapped) != "kept" {
			return errors.New("a field of no row was touched")
		}
	}
	return errors.Join(m.bothSurvive(l, plan), m.winnerTravels(l, plan))
}

// bothSurvive edits one field on each side.
func (m *model) bothSurvive(l Link, plan maker) error {
	free := m.travellers(contact.VTiger, contact.Outlook)
	if len(free) < 2 {
		return nil
	}
	m.edit(contact.VTiger, l, free[0], "Here")
	m.edit(contact.Outlook, l, free[1], "There")
	if _, err := m.sync(plan, contact.Both, losesNothing); err != nil {
		return err
	}
	for _, side := range contact.Sides {
		if m.shows(side, l, free[0]) != "Here" || m.shows(side, l, free[1]) != "There" {
			return fmt.Errorf("edits of %s and %s do not both survive", free[0], free[1])
		}
	}
	return nil
}

// winnerTravels edits one field on both sides differently.
func (m *model) winnerTravels(l Link, plan maker) error {
	free := m.travellers(contact.VTiger, contact.Outlook)
	if len(free) == 0 {
		return nil
	}
	f, winner := free[0], m.policy.Winner
	m.edit(winner, l, f, "Winner")
	m.edit(winner.Other(), l, f, "Loser")
	p, err := m.sync(plan, contact.Both, losesNothing)
	if err != nil {
		return err
	}
	kept := slices.ContainsFunc(p.Operations, func(op Operation) bool {
		return op.VTiger == l.VTiger && op.Outlook == l.Outlook && op.Fields[f].Conflict && op.Fields[f].Lost == "Loser"
	})
	if !kept || m.shows(winner, l, f) != "Winner" || m.shows(winner.Other(), l, f) != "Winner" {
		return fmt.Errorf("a conflict of %s: loser kept %t, then %q and %q", f, kept, m.shows(contact.VTiger, l, f), m.shows(contact.Outlook, l, f))
	}
	return nil
}

// deletesOnce (T5): no plan deletes without a confirmed deletion and a switch, nor brings back what was deleted; its twin
// is that a deletion does what the policy says: it deletes, detaches, or gives way to an edit.
func deletesOnce(h history, plan maker) error {
	m, err := play(h, plan, deletesRightly)
	if err != nil {
		return err
	}
	for _, edited := range []bool{false, true} {
		if err := m.deletion(h.Side, edited, plan); err != nil {
			return fmt.Errorf("deleted in %s, edited there %t: %w", h.Side, edited, err)
		}
	}
	return nil
}

// deletion deletes a probe on side gone, perhaps while its partner is edited.
func (m *model) deletion(gone contact.Side, edited bool, plan maker) error {
	l, err := m.probe(plan, deletesRightly)
	if err != nil {
		return err
	}
	target, free := gone.Other(), m.travellers(gone)
	edited = edited && len(free) > 0
	if edited {
		m.edit(target, l, free[0], "New")
	}
	m.books[gone][l.Of(gone)].presence = contact.Deleted
	if err := m.rest(plan, deletesRightly); err != nil {
		return err
	}
	survives := m.books[target][l.Of(target)].presence == contact.Present
	now := m.linkOf(target, l.Of(target))
	switch on := m.policy.Deletes[target] && m.policy.Direction.Allows(target); {
	case !on:
		if !survives || now == nil || now.State != Detached || now.Missing != gone {
			return errors.New("it is off, but the record does not stay, detached")
		}
		m.books[target][l.Of(target)].presence = contact.Deleted // else the next probe would find it
		return nil
	case edited && !m.policy.DeleteWins:
		if !survives || now == nil || now.State != Active || m.shows(gone, *now, free[0]) != "New" {
			return errors.New("the edit does not win")
		}
		m.books[target][l.Of(target)].presence = contact.Deleted
		return nil
	case survives || now != nil:
		return errors.New("it is on, but the record stays")
	}
	return nil
}

// absenceSaysNothing (T6): whatever is absent, outside or busy, nothing is deleted, detached or inserted for it; its twin
// is that a confirmed deletion does have a consequence.
func absenceSaysNothing(h history, plan maker) error {
	m, err := play(h, plan, followsOnlyStatements)
	if err != nil {
		return err
	}
	l, err := m.probe(plan, followsOnlyStatements)
	if err != nil {
		return err
	}
	for _, later := range h.Later {
		if err := m.happen(later, plan, followsOnlyStatements); err != nil {
			return err
		}
		if _, err := m.sync(plan, contact.Both, followsOnlyStatements); err != nil {
			return err
		}
	}
	m.calm()
	if err := m.rest(plan, followsOnlyStatements); err != nil {
		return err
	}
	for _, side := range contact.Sides {
		if m.books[side][l.Of(side)].presence != contact.Present {
			return errors.New("a record that nobody deleted is gone")
		}
	}
	return m.statementCounts(l, h.Side, len(h.Later) > 0, plan)
}

// statementCounts is the twin of T6. Where people edited, a change that a one-way row lets stand may win over the deletion.
func (m *model) statementCounts(l Link, gone contact.Side, edited bool, plan maker) error {
	m.books[gone][l.Of(gone)].presence = contact.Deleted
	p := plan(m.world(contact.Both))
	deleted := slices.ContainsFunc(p.Operations, func(op Operation) bool {
		return op.Action == contact.Delete && op.Of(gone.Other()) == l.Of(gone.Other())
	})
	detached := slices.ContainsFunc(p.Links, func(c LinkChange) bool {
		return c.Step == Detachal && c.Link == l.ID
	})
	wins := edited && !m.policy.DeleteWins && slices.ContainsFunc(p.Links, func(c LinkChange) bool {
		return c.Step == End && c.Link == l.ID && c.Why.Kind == whyEditWins(gone).Kind
	})
	on := m.policy.Deletes[gone.Other()] && m.policy.Direction.Allows(gone.Other())
	if (deleted || wins) != on || detached == on {
		return fmt.Errorf("a confirmed deletion: switched on %t, deletes %t, detaches %t", on, deleted, detached)
	}
	return nil
}
