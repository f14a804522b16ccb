package reconcile

import (
	"errors"
	"fmt"
	"slices"
	"time"

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
	return errors.Join(m.bothSurvive(l, plan), m.winnerTravels(l, plan), m.oldFormIsSaved(l, plan))
}

// oldFormIsSaved lets vTiger take back what we wrote: at once that is a conflict, after an hour it is a change.
func (m *model) oldFormIsSaved(l Link, plan maker) error {
	free := m.travellers(contact.VTiger, contact.Outlook)
	for _, late := range []bool{false, true} {
		if len(free) == 0 || m.policy.Conflict == AskFirst {
			return nil
		}
		m.edit(contact.VTiger, l, free[0], "Old")
		m.edit(contact.Outlook, l, free[0], "Old")
		_, err := m.sync(plan, contact.Both, losesNothing)
		m.now = m.now.Add(time.Hour)
		m.edit(contact.Outlook, l, free[0], "Form")
		_, again := m.sync(plan, contact.Both, losesNothing)
		if err := errors.Join(err, again); err != nil {
			return err
		}
		if late {
			m.now = m.now.Add(2 * time.Hour)
		}
		m.edit(contact.VTiger, l, free[0], "Old")
		p, err := m.sync(plan, contact.Both, losesNothing)
		if err != nil {
			return err
		}
		marked := slices.ContainsFunc(p.Operations, func(op Operation) bool { return op.VTiger == l.VTiger && op.Fields[free[0]].Conflict })
		if marked == late {
			return fmt.Errorf("vTiger takes %s back, late %t: a conflict %t", free[0], late, marked)
		}
	}
	return nil
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

// winnerTravels edits one field on both sides differently, the loser first, and answers when it is asked.
func (m *model) winnerTravels(l Link, plan maker) error {
	free := m.travellers(contact.VTiger, contact.Outlook)
	if len(free) == 0 {
		return nil
	}
	for _, winner := range m.policy.winners() {
		if err := m.conflict(l, free[0], winner, plan); err != nil {
			return fmt.Errorf("a conflict of %s that %s should win: %w", free[0], winner, err)
		}
	}
	return nil
}

// winners are the sides that can win a conflict.
func (p Policy) winners() []contact.Side {
	switch p.Conflict {
	case VTigerWins:
		return []contact.Side{contact.VTiger}
	case OutlookWins:
		return []contact.Side{contact.Outlook}
	}
	return contact.Sides[:]
}

// conflict lets both sides edit a field and one of them win.
func (m *model) conflict(l Link, f contact.Field, winner contact.Side, plan maker) error {
	m.edit(winner.Other(), l, f, "L "+string(winner[:1]))
	m.now = m.now.Add(2 * time.Hour)
	m.edit(winner, l, f, "W "+string(winner[:1]))
	p, err := m.sync(plan, contact.Both, losesNothing)
	if err != nil {
		return err
	}
	if m.policy.Conflict == AskFirst {
		waits := slices.IndexFunc(p.Holds, func(h Hold) bool { return h.Kind == ConflictHold && h.VTiger == l.VTiger && h.Field == f })
		if waits < 0 || m.shows(winner.Other(), l, f) != "L "+string(winner[:1]) {
			return errors.New("nobody is asked, or it does not wait for the answer")
		}
		m.answers[p.Holds[waits].Question] = Answer{Verdict: Verdict(winner)}
		if p, err = m.sync(plan, contact.Both, losesNothing); err != nil {
			return err
		}
	}
	kept := slices.ContainsFunc(p.Operations, func(op Operation) bool {
		return op.VTiger == l.VTiger && op.Outlook == l.Outlook && op.Fields[f].Conflict && op.Fields[f].Lost == "L "+string(winner[:1])
	})
	if !kept || m.shows(winner, l, f) != m.shows(winner.Other(), l, f) || m.shows(winner, l, f) != "W "+string(winner[:1]) {
		return fmt.Errorf("loser kept %t, then %q and %q", kept, m.shows(contact.VTiger, l, f), m.shows(contact.Outlook, l, f))
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
	if err := m.exit(h.Side, plan); err != nil {
		return fmt.Errorf("out of scope in %s: %w", h.Side, err)
	}
	for _, edited := range []bool{false, true} {
		if err := m.deletion(h.Side, edited, plan); err != nil {
			return fmt.Errorf("deleted in %s, edited there %t: %w", h.Side, edited, err)
		}
	}
	if err := m.tooLate(h.Side, plan); err != nil {
		return fmt.Errorf("deleted in %s: %w", h.Side, err)
	}
	return nil
}

// exit lets a probe leave the scope on a side: its copy goes where that is wanted, and else stays, frozen.
func (m *model) exit(left contact.Side, plan maker) error {
	l, err := m.probe(plan, deletesRightly)
	if err != nil {
		return err
	}
	target := left.Other()
	m.books[left][l.Of(left)].presence = contact.Outside
	if err := m.rest(plan, deletesRightly); err != nil {
		return err
	}
	copied, now := m.books[target][l.Of(target)], m.linkOf(target, l.Of(target))
	wanted := m.policy.RemoveCopy[target] && m.policy.Direction.Allows(target)
	m.books[left][l.Of(left)].presence = contact.Deleted // else the next probe would find it
	if wanted != (copied.presence == contact.Deleted) || !wanted && (now == nil || now.State != OutOfScope) {
		return fmt.Errorf("its copy is to go %t, and is %s", wanted, copied.presence)
	}
	copied.presence = contact.Deleted
	return m.rest(plan, deletesRightly)
}

// tooLate deletes a probe and lets its partner be edited once a plan that was not applied saw the deletion.
func (m *model) tooLate(gone contact.Side, plan maker) error {
	l, err := m.probe(plan, deletesRightly)
	if err != nil {
		return err
	}
	target, free := gone.Other(), m.travellers(gone)
	m.books[gone][l.Of(gone)].presence = contact.Deleted
	held := plan(m.world(contact.Both))
	held.Operations = nil
	if err := m.apply(held); err != nil || len(free) == 0 || !m.policy.Deletes[target] || !m.policy.Direction.Allows(target) {
		m.books[target][l.Of(target)].presence = contact.Deleted
		return err
	}
	m.edit(target, l, free[0], "Late")
	if err := m.rest(plan, deletesRightly); err != nil {
		return err
	}
	if m.books[target][l.Of(target)].presence != contact.Deleted {
		return errors.New("an edit that came too late wins")
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
			if m.policy.RemoveCopy[side] {
				return nil // its partner left the scope, and the law about deletions judges what went with it
			}
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
