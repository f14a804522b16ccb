package reconcile

import (
	"errors"
	"fmt"

	"contactbridge/internal/contact"
)

// deletesOnlyItsOwn (T5, owners): whatever the switches and people's approvals say, no plan deletes a record of vTiger that
// belongs to a group or another user, and the link of one whose contact was deleted in Outlook does not act any more; its
// twins are that edits travel to such a record and from it, and that the deletion of the user's own one does travel.
func deletesOnlyItsOwn(h history, plan maker) error {
	h.Policy.Deletes = map[contact.Side]bool{contact.VTiger: true, contact.Outlook: true}
	h.Policy.RemoveCopy = h.Policy.Deletes
	m := newModel(h)
	m.shared = true
	for i, step := range h.Steps {
		if err := m.happen(step, plan, foreignStays); err != nil {
			return fmt.Errorf("step %d, %s: %w", i, step.Kind, err)
		}
	}
	m.calm()
	if err := m.rest(plan, foreignStays); err != nil {
		return err
	}
	m.shared = false
	for _, foreign := range []bool{true, false} {
		if err := m.deletedOf(foreign, plan); err != nil {
			return fmt.Errorf("foreign %t: %w", foreign, err)
		}
	}
	return nil
}

// deletedOf lets the contact of a record be edited on both sides, and then deleted in Outlook.
func (m *model) deletedOf(foreign bool, plan maker) error {
	l, err := m.probe(plan, foreignStays)
	if err != nil {
		return err
	}
	m.books[contact.VTiger][l.VTiger].foreign = foreign
	for _, side := range contact.Sides {
		for _, f := range m.travellers(side)[:min(1, len(m.travellers(side)))] {
			m.edit(side.Other(), l, f, "New "+string(side[:1]))
			if _, err := m.sync(plan, contact.Both, foreignStays); err != nil {
				return err
			}
			if m.shows(side, l, f) != "New "+string(side[:1]) {
				return fmt.Errorf("an edit of %s does not arrive in %s", f, side)
			}
		}
	}
	m.books[contact.Outlook][l.Outlook].presence = contact.Deleted
	if err := m.rest(plan, foreignStays); err != nil {
		return err
	}
	stays := m.books[contact.VTiger][l.VTiger].presence == contact.Present
	if travels := !foreign && m.policy.Direction.Allows(contact.VTiger); stays == travels {
		return fmt.Errorf("deleted in Outlook, it stays in vTiger: %t", stays)
	}
	if now := m.linkOf(contact.VTiger, l.VTiger); stays && (now == nil || now.State != Detached) {
		return errors.New("a link whose contact was deleted in Outlook still acts")
	}
	m.books[contact.VTiger][l.VTiger].presence = contact.Deleted
	return m.rest(plan, foreignStays)
}

// foreignStays is the part of the law that every plan must keep.
func foreignStays(w World, p Plan) error {
	for _, op := range p.Operations {
		if op.Side == contact.VTiger && op.Action == contact.Delete && w.VTiger[op.VTiger].Foreign {
			return fmt.Errorf("%s is deleted, which belongs to somebody else", op.VTiger)
		}
	}
	for _, h := range p.Holds {
		if h.Operation != nil && h.Operation.Side == contact.VTiger && w.VTiger[h.Operation.VTiger].Foreign {
			return fmt.Errorf("a person is asked whether to delete %s, which belongs to somebody else", h.Operation.VTiger)
		}
	}
	return nil
}
