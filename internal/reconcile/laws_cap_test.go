package reconcile

import (
	"errors"
	"fmt"
	"slices"

	"contactbridge/internal/contact"
)

// keepsCaps: what an administrator forbids in vTiger happens in no plan, and who is not inserted for it is reported; its
// twins are that everything else comes to rest as ever, and that a cap which is lifted holds nobody back.
func keepsCaps(h history, plan maker) error {
	h.Policy.NoInsert, h.Policy.NoDelete = inVTiger, inVTiger
	h.Policy.Deletes = map[contact.Side]bool{contact.VTiger: true, contact.Outlook: true}
	h.Peer.NoInsert, h.Peer.NoDelete = inVTiger, inVTiger
	m, err := play(h, plan, withinCaps)
	if err != nil {
		return err
	}
	if err := m.editArrives(contact.VTiger, plan); err != nil {
		return err
	}
	l, err := m.probe(plan, withinCaps)
	if err != nil {
		return err
	}
	m.books[contact.Outlook][l.Outlook].presence = contact.Deleted
	waiting, err := m.store(contact.Outlook, "", contact.Contact{"surname": "Waiting"})
	if err != nil {
		return err
	}
	if err := m.rest(plan, withinCaps); err != nil {
		return err
	}
	if m.linkOf(contact.Outlook, waiting) != nil {
		return errors.New("a forbidden contact is linked")
	}
	if m.books[contact.VTiger][l.VTiger].presence != contact.Present {
		return errors.New("a record is gone that nobody may delete")
	}
	m.policy.NoInsert, m.policy.NoDelete = nil, nil
	if err := m.rest(plan, anything); err != nil {
		return err
	}
	if arrived := m.linkOf(contact.Outlook, waiting) != nil; arrived != m.policy.Direction.Allows(contact.VTiger) {
		return fmt.Errorf("the cap is lifted: the contact arrives %t", arrived)
	}
	return nil
}

// withinCaps is the part of the law that every plan must keep.
func withinCaps(w World, p Plan) error {
	for _, op := range p.Operations {
		if op.Side == contact.VTiger && (op.Action == contact.Insert || op.Action == contact.Delete && op.Link != 0) {
			return fmt.Errorf("a forbidden %s of %s-%s", op.Action, op.VTiger, op.Outlook)
		}
	}
	lifted := w
	lifted.Policy.NoInsert = nil
	for _, op := range Make(lifted).Operations {
		told := slices.ContainsFunc(p.Findings, func(f Finding) bool {
			return f.Record == op.Outlook && f.Why.Kind == whyMayNotInsert(contact.VTiger).Kind
		})
		if op.Side == contact.VTiger && op.Action == contact.Insert && !told {
			return fmt.Errorf("nobody is told why %s is not inserted", op.Outlook)
		}
	}
	return nil
}
