package reconcile

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"contactbridge/internal/contact"
)

// insertsOnce (T3): no plan inserts what an insert of ours already made, whoever waits for its answer; its twin is that an
// insert whose answer got lost is adopted when it arrived, and sent again when it did not.
func insertsOnce(h history, plan maker) error {
	m, err := play(h, plan, insertsNothingTwice)
	if err != nil {
		return err
	}
	for i, lost := range []string{"stored", "dropped"} {
		if err := m.lostAnswer(h.Side, fmt.Sprintf("Lost%d", i), lost, plan); err != nil {
			return fmt.Errorf("an insert from %s whose answer is lost, %s: %w", h.Side, lost, err)
		}
	}
	return nil
}

// lostAnswer lets the answer to an insert get lost.
func (m *model) lostAnswer(side contact.Side, name, lost string, plan maker) error {
	m.now = m.now.Add(3 * time.Hour)
	id, err := m.store(side, "", contact.Contact{"surname": name})
	if err != nil || !m.policy.Direction.Allows(side.Other()) {
		return err
	}
	m.lose = lost
	if _, err := m.sync(plan, contact.Both, insertsNothingTwice); err != nil {
		return err
	}
	if m.lose = ""; !m.books[side][id].busy {
		return errors.New("it was not sent")
	}
	if _, err := m.store(side, id, contact.Contact{"surname": "Re" + name}); err != nil {
		return err // so that only the stamp tells what it was
	}
	if _, err := m.sync(plan, contact.Both, insertsNothingTwice); err != nil {
		return err
	}
	m.calm()
	if err := m.rest(plan, insertsNothingTwice); err != nil {
		return err
	}
	n := 0
	for _, r := range m.books[side.Other()] {
		if r.presence == contact.Present && slices.Contains(m.books[side][id].expects, r.stamp) {
			n++
		}
	}
	if n != 1 || m.linkOf(side, id) == nil {
		return fmt.Errorf("there are %d, linked %t", n, m.linkOf(side, id) != nil)
	}
	return nil
}

// insertsNothingTwice is the part of T3 that every plan must keep.
func insertsNothingTwice(w World, p Plan) error {
	for _, op := range p.Operations {
		source := w.Of(op.Side.Other())[op.Of(op.Side.Other())]
		if op.Action != contact.Insert {
			continue
		}
		if source.Busy || source.Presence != contact.Present {
			return fmt.Errorf("inserts %s, of which nothing is certain", source.ID)
		}
		var made []string
		for id, r := range w.Of(op.Side) {
			_, linked := w.holding(op.Side, id)
			if !linked && r.Presence == contact.Present && !r.Busy && slices.Contains(source.Expected, r.Stamp) {
				made = append(made, id)
			}
		}
		answered := slices.ContainsFunc(mapValues(w.Answers), func(a Answer) bool { return a.Verdict == Approve })
		if len(made) == 1 && !answered {
			return fmt.Errorf("inserts %s, which %s shows as %s already", source.ID, op.Side, made[0])
		}
	}
	return nil
}

// mapValues gives the values of the answers, in any order.
func mapValues(answers map[string]Answer) []Answer {
	var out []Answer
	for _, a := range answers {
		out = append(out, a)
	}
	return out
}

// plansHonestly (T15): a plan is a function of the world and of nothing else, a narrower run plans a part of the whole and
// counts the rest as standing, and what is applied is what was planned; its twin is that another world gives another plan.
func plansHonestly(h history, plan maker) error {
	m, err := play(h, plan, saysTheSameAgain(plan))
	if err != nil {
		return err
	}
	l, err := m.probe(plan, anything)
	if err != nil {
		return err
	}
	before := plan(m.world(contact.Both))
	free := m.travellers(h.Side.Other())
	if len(free) == 0 {
		return nil
	}
	m.edit(h.Side, l, free[0], "New")
	p := plan(m.world(contact.Both))
	for _, op := range p.Operations {
		if op.Link == l.ID && op.Side == h.Side.Other() && op.Fields[free[0]].After == "New" {
			if err := m.apply(p); err != nil || m.shows(op.Side, l, free[0]) != "New" {
				return fmt.Errorf("what is applied is not what was planned: %w", err)
			}
			return nil
		}
	}
	return fmt.Errorf("another world gives the same plan of %d operations", len(before.Operations))
}

// saysTheSameAgain is the part of T15 that every plan must keep.
func saysTheSameAgain(plan maker) audit {
	return func(w World, p Plan) error {
		slices.Reverse(w.Links)
		again := plan(w)
		if fmt.Sprint(again) != fmt.Sprint(p) {
			return errors.New("the same world gives another plan")
		}
		for _, op := range p.Operations {
			if op.Why.Kind == "" || op.Why.Sentence == "" || !w.Policy.Run.Allows(op.Side) {
				return fmt.Errorf("an %s in %s without a reason, or against the run's direction", op.Action, op.Side)
			}
		}
		for _, h := range p.Holds {
			if h.Question == "" || !slices.ContainsFunc(again.Holds, func(other Hold) bool { return other.Question == h.Question }) {
				return errors.New("a question that is not asked again")
			}
		}
		whole := w
		whole.Policy.Run = contact.Both
		all := plan(whole)
		if w.Policy.AskInstance {
			return nil // what a run leaves to another is not asked for
		}
		if len(all.Operations) != len(p.Operations)+p.Standing {
			return fmt.Errorf("%d operations and %d standing are not the whole of %d", len(p.Operations), p.Standing, len(all.Operations))
		}
		return nil
	}
}
