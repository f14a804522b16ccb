package reconcile

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"contactbridge/internal/contact"
)

// TestMain gives every change the same ten thousand cases a law, so that a change is judged and not chance; longer searches
// from other seeds run by flag. What the command line says comes later and wins.
func TestMain(m *testing.M) {
	_, told := os.LookupEnv("RAPID_CHECKS")
	for name, value := range map[string]string{"rapid.checks": "10000", "rapid.seed": "20261123"} {
		if told && name == "rapid.checks" {
			continue
		}
		if err := flag.Lookup(name).Value.Set(value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// law judges a planner by one history.
type law func(history, maker) error

// laws are those of the product, each with its liveness twin in it: a planner that does nothing keeps none of them.
var laws = map[string]law{
	"T1 it converges":                            converges,
	"T2 the second sync writes nothing":          isIdempotent,
	"T3 an insert is never repeated":             insertsOnce,
	"T9 only mapped fields are touched":          touchesOnlyItsOwn,
	"T10 a reduction never flows back":           reductionsStay,
	"T15 the plan is honest":                     plansHonestly,
	"T11 only sure matches are made":             matchesSurely,
	"T6 guard a mass deletion waits":             heldInMass,
	"T4 nothing is lost":                         loseNothing,
	"T5 no resurrection and no phantom deletion": deletesOnce,
	"T6 absence never deletes":                   absenceSaysNothing,
	"T3 twins only an untouched one goes":        onlyTwins,
	"owner what is another's is never deleted":   deletesOnlyItsOwn,
	"caps what is forbidden does not happen":     keepsCaps,
}

func TestLaws(t *testing.T) {
	for name, law := range laws {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				if err := law(histories.Draw(t, "history"), Make); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

// play lets a history happen and come to rest, every plan under the law's eyes.
func play(h history, plan maker, law audit) (*model, error) {
	m := newModel(h)
	for i, step := range h.Steps {
		if err := m.happen(step, plan, law); err != nil {
			return m, fmt.Errorf("step %d, %s: %w", i, step.Kind, err)
		}
	}
	m.calm()
	return m, m.rest(plan, law)
}

// rest syncs until nothing is left to do. One sync is enough for what is linked; strangers may wait for what it deletes
// or changes, and others for those.
func (m *model) rest(plan maker, law audit) error {
	for range 5 {
		p, err := m.sync(plan, contact.Both, law)
		if err != nil || len(p.Operations)+len(p.Links) == 0 {
			return err
		}
	}
	return errors.New("it does not come to rest")
}

// probe puts the same new person on both sides and syncs: they must become one link, and no third contact.
func (m *model) probe(plan maker, law audit) (Link, error) {
	person := contact.Contact{"surname": "Probe", "emailAddresses": "probe@x.test", "jobTitle": "Prober", "companyName": "Probes", unmapped: "kept"}
	v, errV := m.store(contact.VTiger, "", person)
	o, errO := m.store(contact.Outlook, "", person)
	_, err := m.sync(plan, contact.Both, law)
	if err := errors.Join(errV, errO, err); err != nil {
		return Link{}, err
	}
	l := m.linkOf(contact.VTiger, v)
	if l == nil || l.Outlook != o || l.State != Active {
		return Link{}, errors.New("equal strangers were not linked")
	}
	return *l, nil
}

// travellers are the fields of the probe, first to last, that may travel into every one of the sides.
func (m *model) travellers(into ...contact.Side) []contact.Field {
	var out []contact.Field
	for _, s := range m.shapes {
		probed := s.Field == "surname" || s.Field == "jobTitle" || s.Field == "companyName"
		if probed && !slices.ContainsFunc(into, func(side contact.Side) bool { return !m.policy.may(s, side) }) {
			out = append(out, s.Field)
		}
	}
	return out
}

// edit lets a person change one field of a probe.
func (m *model) edit(side contact.Side, l Link, f contact.Field, value string) {
	r := m.books[side][l.Of(side)]
	r.face, r.changed, r.untouched = r.face.With(f, value), m.now.Add(m.ahead[side]), false
}

// shows tells what a side shows of a link's record; empty when it is not there.
func (m *model) shows(side contact.Side, l Link, f contact.Field) string {
	if r := m.books[side][l.Of(side)]; r != nil && r.presence == contact.Present {
		return r.face[f]
	}
	return ""
}

// agreeing tells whether two records hold the same in a field, as far as their stores can.
func agreeing(s contact.Shape, v, o contact.Contact) bool {
	a, b := v[s.Field], o[s.Field]
	switch {
	case s.Agree(v, o):
		return true
	case s.Type.IsSet(): // what one side lacks has no room there
		return covers(s, contact.VTiger, a, b) && covers(s, contact.Outlook, b, a)
	case s.Required == contact.VTiger: // vTiger keeps a last name that Outlook does not have
		return a != "" && s.Carry(contact.VTiger, b, nil) == ""
	}
	return len([]rune(a)) == hiddenCut && strings.HasPrefix(b, a)
}

// covers tells whether a side holds every member of the other's set, or is full.
func covers(s contact.Shape, side contact.Side, held, other string) bool {
	merged, _ := s.Merge(side, held, other, "", "")
	return s.Same(merged, held)
}

// converges (T1): once it has come to rest, the both-way fields of every active link agree; equal strangers are one; and,
// as its twin, an edit and a new contact arrive at the other side.
func converges(h history, plan maker) error {
	m, err := play(h, plan, anything)
	if err != nil {
		return err
	}
	for _, l := range m.links {
		v, o := m.books[contact.VTiger][l.VTiger], m.books[contact.Outlook][l.Outlook]
		for _, s := range m.shapes {
			bothWays := m.policy.may(s, contact.VTiger) && m.policy.may(s, contact.Outlook)
			if l.State == Active && bothWays && !m.waits(l, s.Field) && !agreeing(s, v.face, o.face) {
				return fmt.Errorf("%s: %q and %q", s.Field, v.face[s.Field], o.face[s.Field])
			}
		}
	}
	return errors.Join(m.editArrives(h.Side, plan), m.newcomerArrives(h.Side, plan))
}

// waits tells whether a field of a link waits for a person.
func (m *model) waits(l Link, f contact.Field) bool {
	return slices.ContainsFunc(m.holds, func(h Hold) bool {
		return h.Kind == ConflictHold && h.VTiger == l.VTiger && h.Outlook == l.Outlook && h.Field == f
	})
}

// editArrives is a twin of T1.
func (m *model) editArrives(side contact.Side, plan maker) error {
	l, err := m.probe(plan, anything)
	if err != nil {
		return err
	}
	for _, f := range m.travellers(side.Other()) {
		m.edit(side, l, f, "New")
		if _, err := m.sync(plan, contact.Both, anything); err != nil {
			return err
		}
		if m.shows(side.Other(), l, f) != "New" || m.shows(side, l, f) != "New" {
			return fmt.Errorf("an edit of %s in %s does not arrive", f, side)
		}
	}
	return nil
}

// newcomerArrives is a twin of T1.
func (m *model) newcomerArrives(side contact.Side, plan maker) error {
	id, err := m.store(side, "", contact.Contact{"surname": "Comer", "emailAddresses": "new@x.test"})
	if err != nil {
		return err
	}
	if _, err := m.sync(plan, contact.Both, anything); err != nil {
		return err
	}
	l := m.linkOf(side, id)
	starts := side == contact.Outlook || !m.books[side][id].changed.Before(m.policy.SyncFrom)
	if allowed := starts && m.policy.Direction.Allows(side.Other()); allowed != (l != nil) {
		return fmt.Errorf("a new contact in %s arrives: %t", side, l != nil)
	}
	if l != nil && m.shows(side.Other(), *l, "surname") != "Comer" {
		return errors.New("a new contact arrives without its name")
	}
	return nil
}

// isIdempotent (T2): after one sync nothing is left to do for what is linked, neither operations nor link steps; its twin
// is that an edit gives the next one something to write.
func isIdempotent(h history, plan maker) error {
	m, err := play(h, plan, writesOnlyDifferences)
	if err != nil {
		return err
	}
	for _, later := range h.Later {
		if err := m.happen(later, plan, writesOnlyDifferences); err != nil {
			return err
		}
	}
	if _, err := m.sync(plan, contact.Both, writesOnlyDifferences); err != nil {
		return err
	}
	w := m.world(contact.Both)
	for _, op := range plan(w).Operations {
		if op.Action != contact.Insert {
			return fmt.Errorf("the second sync has an %s of %s-%s in %s: %v", op.Action, op.VTiger, op.Outlook, op.Side, op.Fields)
		}
	}
	for _, c := range plan(w).Links {
		if c.Step != Attach {
			return fmt.Errorf("the second sync has a %s of %s-%s: %v", c.Step, c.VTiger, c.Outlook, c.Base)
		}
	}
	l, err := m.probe(plan, writesOnlyDifferences)
	if err != nil {
		return err
	}
	for _, f := range m.travellers(h.Side.Other())[:min(1, len(m.travellers(h.Side.Other())))] {
		m.edit(h.Side, l, f, "New")
		if len(plan(m.world(contact.Both)).Operations) == 0 {
			return fmt.Errorf("an edit of %s in %s gives nothing to write", f, h.Side)
		}
	}
	return nil
}
