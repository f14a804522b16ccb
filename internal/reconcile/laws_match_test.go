package reconcile

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"contactbridge/internal/contact"
)

// matchesSurely (T11): no plan links two strangers of which either has somebody else who is as like, nor inserts one who
// has a like on the other side; its twin is that one sure like is linked, and of three nobody is.
func matchesSurely(h history, plan maker) error {
	m, err := play(h, plan, onlySureMatches)
	if err != nil {
		return err
	}
	if _, err := m.probe(plan, onlySureMatches); err != nil {
		return err
	}
	if err := m.newcomerArrives(h.Side, plan); err != nil {
		return err
	}
	var ids []string
	for i, side := range []contact.Side{h.Side, h.Side.Other(), h.Side.Other()} {
		id, err := m.store(side, "", contact.Contact{"surname": fmt.Sprintf("Tri%d", i), "emailAddresses": "TRI@x.test"})
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	p, err := m.sync(plan, contact.Both, onlySureMatches)
	if err != nil {
		return err
	}
	for i, side := range []contact.Side{h.Side, h.Side.Other(), h.Side.Other()} {
		waits := slices.ContainsFunc(p.Holds, func(h Hold) bool { return Link{VTiger: h.VTiger, Outlook: h.Outlook}.Of(side) == ids[i] })
		if !waits || m.linkOf(side, ids[i]) != nil {
			return errors.New("an ambiguous stranger does not wait for a person")
		}
	}
	return nil
}

// onlySureMatches is the part of T11 that every plan must keep. What people chose is theirs.
func onlySureMatches(w World, p Plan) error {
	attached := map[string]bool{}
	for _, c := range p.Links {
		if c.Step == Attach {
			attached[c.VTiger], attached[c.Outlook] = true, true
		}
	}
	for _, c := range p.Links {
		if c.Step != Attach || c.Why.Kind != "matched" || c.Why == whyChosen() {
			continue
		}
		if err := w.sure(c, attached); err != nil {
			return err
		}
	}
	if len(w.Answers) > 0 {
		return nil
	}
	for _, op := range p.Operations {
		if op.Action != contact.Insert {
			continue
		}
		source, from := op.Side.Other(), op.Of(op.Side.Other())
		for id, r := range w.Of(op.Side) {
			if old, linked := w.holding(op.Side, id); linked && old.Of(source) == from {
				continue
			}
			if r.Presence == contact.Present && w.alike(w.Of(source)[from].Contact, r.Contact, byEmail) {
				return fmt.Errorf("inserts %s, though %s shows the same address", from, id)
			}
		}
	}
	return nil
}

// sure tells whether the two that a step links are alike, and neither is as like to somebody else who stays free.
func (w World) sure(c LinkChange, attached map[string]bool) error {
	v, o := w.VTiger[c.VTiger], w.Outlook[c.Outlook]
	if w.alike(v.Contact, o.Contact, byContent) {
		return nil
	}
	for _, l := range levels[1:] {
		if !w.alike(v.Contact, o.Contact, l) {
			continue
		}
		for _, side := range contact.Sides {
			one := map[contact.Side]Seen{contact.VTiger: o, contact.Outlook: v}[side]
			for id, r := range w.Of(side) {
				_, linked := w.holding(side, id)
				if !attached[id] && !linked && !r.Busy && r.Presence == contact.Present && w.alike(one.Contact, r.Contact, l) {
					return fmt.Errorf("links %s-%s by %s, though %s is as like", c.VTiger, c.Outlook, l, id)
				}
			}
		}
		return nil
	}
	return fmt.Errorf("links %s-%s, which are not alike", c.VTiger, c.Outlook)
}

// alike compares two contacts by one rule, without any index.
func (w World) alike(a, b contact.Contact, l level) bool {
	name := func(c contact.Contact) string {
		return strings.ToLower(contact.NormalText(c["givenName"] + " " + c["surname"]))
	}
	shared := func(kind contact.Type) bool {
		return slices.ContainsFunc(w.Shapes, func(s contact.Shape) bool {
			return slices.ContainsFunc(w.Shapes, func(t contact.Shape) bool {
				ours := strings.Split(s.Type.Normal(a[s.Field], s.Region), "\n")
				theirs := strings.Split(t.Type.Normal(b[t.Field], t.Region), "\n")
				return isKind(s.Type, kind) && isKind(t.Type, kind) &&
					slices.ContainsFunc(ours, func(k string) bool { return k != "" && slices.Contains(theirs, k) })
			})
		})
	}
	switch l {
	case byEmail:
		return shared(contact.Emails)
	case byPhone:
		return shared(contact.Phones) && (name(a) == name(b) || name(a) == "" || name(b) == "")
	case byNameAndCompany:
		return name(a) != "" && name(a) == name(b) && a["companyName"] != "" && strings.EqualFold(a["companyName"], b["companyName"])
	}
	return w.sameContent(a, b)
}

// sameContent compares what travels both ways; what travels one way only must not contradict.
func (w World) sameContent(a, b contact.Contact) bool {
	blank, aOnly, bOnly, differs := true, false, false, false
	for _, s := range w.Shapes {
		va, vb := s.Type.Normal(a[s.Field], s.Region), s.Type.Normal(b[s.Field], s.Region)
		if s.Direction != contact.Both && s.Direction != "" {
			aOnly, bOnly, differs = aOnly || va != "", bOnly || vb != "", differs || va != vb
			continue
		}
		if carriedForm(s, a[s.Field], va, a) != carriedForm(s, b[s.Field], vb, b) {
			return false
		}
		blank = blank && va == ""
	}
	return !blank && (!differs || !aOnly || !bOnly)
}

// isKind tells whether a type is of the kind that phones or addresses are.
func isKind(t, kind contact.Type) bool {
	return t == kind || kind == contact.Phones && t == contact.Phone
}

// heldInMass (T6, the guard): of twelve links whose records are all deleted none is deleted on the other side before a
// person approves, and the questions stay the same; its twin is that a single deletion of twelve goes through.
func heldInMass(h history, plan maker) error {
	m := newModel(h)
	gone, target := h.Side, h.Side.Other()
	m.policy.Deletes, m.policy.Direction, m.policy.DeleteWins = map[contact.Side]bool{target: true}, contact.Both, true
	for i := range 12 {
		who := contact.Contact{"surname": fmt.Sprintf("M%d", i), "emailAddresses": fmt.Sprintf("m%d@x.test", i)}
		for _, side := range contact.Sides {
			if _, err := m.store(side, "", who); err != nil {
				return err
			}
		}
	}
	if _, err := m.sync(plan, contact.Both, anything); err != nil {
		return err
	}
	guard := func(listed int) Plan {
		return Guard(plan(m.world(contact.Both)), map[contact.Side]Watch{target: {
			Now: m.now, Limits: DefaultLimits(), Active: 12, Source: Listing{Records: listed, Complete: true, Before: 12},
		}}, m.answers)
	}
	m.books[gone][m.links[0].Of(gone)].presence = contact.Deleted
	if p := guard(11); len(p.Operations) != 1 || len(p.Holds) != 0 {
		return fmt.Errorf("a single deletion: %d done, %d held", len(p.Operations), len(p.Holds))
	}
	for _, l := range m.links {
		m.books[gone][l.Of(gone)].presence = contact.Deleted
	}
	p, again := guard(12), guard(12)
	if len(p.Operations) != 0 || len(p.Holds) != 12 {
		return fmt.Errorf("a mass deletion: %d done, %d held", len(p.Operations), len(p.Holds))
	}
	for i, hold := range p.Holds {
		if again.Holds[i].Question != hold.Question {
			return errors.New("another plan asks another question")
		}
		m.answers[hold.Question] = Answer{Verdict: Approve}
	}
	if p := guard(0); len(p.Operations) != 12 {
		return errors.New("what a person approved is not done")
	}
	return nil
}
