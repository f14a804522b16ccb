package reconcile

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"contactbridge/internal/contact"
)

// touchesOnlyItsOwn (T9): no plan writes a field of no row or against a row's direction, nor clears one that nobody
// cleared; its twin is that a deliberate clearing arrives.
func touchesOnlyItsOwn(h history, plan maker) error {
	m, err := play(h, plan, writesOwnFields)
	if err != nil {
		return err
	}
	l, err := m.probe(plan, writesOwnFields)
	if err != nil {
		return err
	}
	for _, side := range contact.Sides {
		if m.shows(side, l, unmapped) != "kept" {
			return errors.New("a field of no row was touched")
		}
	}
	for _, f := range m.travellers(h.Side.Other()) {
		if f == "surname" {
			continue // vTiger refuses to be without it
		}
		m.edit(h.Side, l, f, "")
		if _, err := m.sync(plan, contact.Both, writesOwnFields); err != nil {
			return err
		}
		if m.shows(h.Side.Other(), l, f) != "" {
			return fmt.Errorf("a clearing of %s in %s does not arrive", f, h.Side)
		}
	}
	return nil
}

// writesOwnFields is the part of T9 that every plan must keep.
func writesOwnFields(w World, p Plan) error {
	for _, op := range p.Operations {
		if op.Action == contact.Delete {
			continue
		}
		source := op.Side.Other()
		from := w.Of(source)[op.Of(source)].Contact
		l, _ := w.holding(source, op.Of(source))
		for f, change := range op.Fields {
			s, known := w.shape(f)
			switch {
			case !known:
				return fmt.Errorf("an %s writes %s, a field of no row", op.Action, f)
			case change.After != "" && !w.Policy.may(s, op.Side):
				return fmt.Errorf("an %s writes %s against its direction", op.Action, f)
			case op.Action == contact.Update && change.After == "" && s.Carry(op.Side, from[f], from) != "" && !s.Type.IsSet():
				return fmt.Errorf("an update clears %s, which %s shows", f, source)
			case op.Action == contact.Update && change.After == "" && from[f] == "" && l.Base[f].Of(source) == "":
				return fmt.Errorf("an update clears %s, which %s never had", f, source)
			}
		}
	}
	return nil
}

// reductionsStay (T10): what a side can only hold reduced never comes back to the side that holds it whole; its twin is
// that the reduction did arrive, and that a real edit of it does travel.
func reductionsStay(h history, plan maker) error {
	m, err := play(h, plan, fixpoints)
	if err != nil {
		return err
	}
	l, err := m.probe(plan, fixpoints)
	if err != nil {
		return err
	}
	s, _ := m.world(contact.Both).shape("surname")
	whole := "Featherstonehaugh 🎉"
	m.edit(contact.Outlook, l, "surname", whole)
	for range 3 {
		if _, err := m.sync(plan, contact.Both, fixpoints); err != nil {
			return err
		}
	}
	if m.shows(contact.Outlook, l, "surname") != whole {
		return errors.New("a reduction flows back")
	}
	arrived := m.policy.may(s, contact.VTiger)
	if m.policy.Conflict == AskFirst && m.waits(l, "surname") {
		return nil
	}
	if reduced := m.shows(contact.VTiger, l, "surname"); arrived != strings.HasPrefix(whole, reduced) {
		return fmt.Errorf("vTiger shows %q; a reduction may arrive: %t", reduced, arrived)
	}
	if !arrived || !m.policy.may(s, contact.Outlook) {
		return nil
	}
	m.edit(contact.VTiger, l, "surname", "Feather")
	if _, err := m.sync(plan, contact.Both, fixpoints); err != nil {
		return err
	}
	if m.shows(contact.Outlook, l, "surname") != "Feather" {
		return errors.New("an edit of a reduced value does not travel")
	}
	return nil
}

// fixpoints is the part of T10 that every plan must keep: what is written is what the side can carry, and once it is there
// carrying it on changes nothing.
func fixpoints(w World, p Plan) error {
	for _, op := range p.Operations {
		for f, change := range op.Fields {
			s, known := w.shape(f)
			if !known || op.Action == contact.Delete || s.Type.IsSet() {
				continue
			}
			if carried := s.Carry(op.Side, change.After, nil); carried != change.After {
				return fmt.Errorf("%s of %s is no fixpoint: %q and %q", f, op.Side, change.After, carried)
			}
			if change.Faces.Of(op.Side) != change.After {
				return fmt.Errorf("%s expects another face of %s than it writes", f, op.Side)
			}
			if from := op.Of(op.Side.Other()); w.Policy.may(s, op.Side) && tooMuch(s, op.Side, w.Of(op.Side.Other())[from].Contact[f]) && !reported(p, from, f) {
				return fmt.Errorf("nobody is told that %s cannot hold all of %s", op.Side, f)
			}
		}
	}
	return nil
}

// tooMuch tells whether a side cannot hold all of a text: it is too long, or has characters that are lost there.
func tooMuch(s contact.Shape, side contact.Side, value string) bool {
	value = contact.NormalText(value)
	limit := s.Limits[side]
	return s.Type == contact.Text && (limit > 0 && len([]rune(value)) > limit || s.BMP[side] && strings.ContainsFunc(value, func(r rune) bool { return r > 0xFFFF }))
}

// reported tells whether a plan says of a record that the other side cannot hold all of a field.
func reported(p Plan, record string, f contact.Field) bool {
	return slices.ContainsFunc(p.Findings, func(x Finding) bool {
		return x.Record == record && x.Why.Kind == "reduced" && strings.Contains(x.Why.Sentence, string(f))
	})
}
