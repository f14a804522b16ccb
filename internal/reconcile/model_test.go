package reconcile

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"contactbridge/internal/contact"
)

// maker is a planner: Make, or one that is broken on purpose.
type maker func(World) Plan

// unmapped is a field that no shape knows: nobody but its user may touch it.
const unmapped contact.Field = "unmapped"

// hiddenCut is how many characters of personalNotes vTiger's store keeps, which no shape tells.
const hiddenCut = 24

// stored is one record as its side holds it.
type stored struct {
	face     contact.Contact
	presence contact.Presence
	absent   bool // not in the tree: never observed, or forgotten
	busy     bool

	stamp     string   // that an insert of ours left
	expects   []string // the stamps of our inserts of it into the other side
	untouched bool
	foreign   bool // of vTiger: a group's or another user's
	known     bool
	changed   time.Time // by its side's clock
}

// model is two lossy stores and what the ledger would remember of them.
type model struct {
	policy Policy
	shapes []contact.Shape
	books  map[contact.Side]map[string]*stored
	links  []Link
	next   *int

	now     time.Time
	ahead   map[contact.Side]time.Duration
	answers map[string]Answer
	holds   []Hold          // of the last plan
	asked   map[string]bool // addresses that the whole instance was asked for in this sync
	shared  bool            // every other record of vTiger that we did not make belongs to somebody else
	lose    string          // what becomes of the next insert, whose answer nobody gets: "stored" or "dropped"
	peer    *model          // another connection, whose mailbox meets the same vTiger
}

// dawn is when histories begin.
var dawn = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func newModel(h history) *model {
	m := &model{
		policy: h.Policy, shapes: modelShapes(h.Directions), next: new(int), now: dawn, ahead: h.Ahead,
		books:   map[contact.Side]map[string]*stored{contact.VTiger: {}, contact.Outlook: {}},
		answers: map[string]Answer{},
	}
	peer := *m
	peer.policy, peer.answers = h.Peer, map[string]Answer{}
	peer.books = map[contact.Side]map[string]*stored{contact.VTiger: m.books[contact.VTiger], contact.Outlook: {}}
	m.peer = &peer
	return m
}

// store makes a side hold changed fields, as lossy as the real one; a new record when id is empty.
func (m *model) store(side contact.Side, id string, changes contact.Contact) (string, error) {
	face := contact.Contact{}
	if r := m.books[side][id]; r != nil {
		face = r.face.Clone()
	}
	for f, value := range changes {
		i := slices.IndexFunc(m.shapes, func(s contact.Shape) bool { return s.Field == f })
		if i >= 0 {
			if limit := m.shapes[i].Limits[side]; m.shapes[i].Type.IsSet() && len(contact.Lines(value)) > limit {
				return "", fmt.Errorf("%s takes no %d values of %s", side, len(contact.Lines(value)), f)
			} else if side == contact.VTiger && !m.shapes[i].Type.IsSet() {
				value = squeeze(f, value, limit)
			}
		}
		face = face.With(f, value)
	}
	if side == contact.VTiger && strings.TrimSpace(face["surname"]) == "" {
		return "", errors.New("vtiger takes no contact without a last name")
	}
	changed := m.now.Add(m.ahead[side])
	if r := m.books[side][id]; r != nil {
		r.face, r.changed, r.untouched = face, changed, false
		return id, nil
	}
	*m.next++
	id = fmt.Sprintf("%s%03d", side[:1], *m.next)
	m.books[side][id] = &stored{face: face, presence: contact.Present, changed: changed}
	return id, nil
}

// squeeze is what vTiger stores of a text.
func squeeze(f contact.Field, value string, limit int) string {
	var b strings.Builder
	for _, r := range value {
		if r > 0xFFFF {
			b.WriteString("????")
		} else {
			b.WriteRune(r)
		}
	}
	if f == "personalNotes" {
		limit = hiddenCut
	}
	if runes := []rune(b.String()); limit > 0 && len(runes) > limit {
		return string(runes[:limit])
	}
	return b.String()
}

// world is what a planner is given. It shares nothing with the model, so that a planner may alter it.
func (m *model) world(run contact.Direction) World {
	w := World{
		Policy: m.policy, Shapes: slices.Clone(m.shapes), VTiger: Tree{}, Outlook: Tree{},
		Now: m.now, Ahead: maps.Clone(m.ahead), Answers: maps.Clone(m.answers), Instance: m.instance(),
	}
	w.Policy.Run, w.Policy.Deletes, w.Policy.RemoveCopy = run, maps.Clone(m.policy.Deletes), maps.Clone(m.policy.RemoveCopy)
	for _, l := range m.links {
		l.Base, l.Replaced = maps.Clone(l.Base), maps.Clone(l.Replaced)
		w.Links = append(w.Links, l)
	}
	for side, book := range m.books {
		for id, r := range book {
			if !r.absent {
				w.Of(side)[id] = Seen{
					ID: id, Presence: r.presence, Contact: r.face.With(unmapped, ""), Busy: r.busy, Stamp: r.stamp,
					Expected: slices.Clone(r.expects), Untouched: r.untouched, Known: r.known, Changed: r.changed,
					Foreign: r.foreign || m.shared && side == contact.VTiger && r.stamp == "" && id[len(id)-1]%2 == 0,
				}
			}
		}
	}
	return w
}

// sync plans and applies; the law looks at the plan in between. What the plan asks for is answered, and planned with.
func (m *model) sync(plan maker, run contact.Direction, law audit) (Plan, error) {
	m.asked = map[string]bool{}
	p := plan(m.world(run))
	if len(p.Ask) > 0 {
		for _, a := range p.Ask {
			m.asked[a] = true
		}
		p = plan(m.world(run))
	}
	if err := law(m.world(run), p); err != nil {
		return p, err
	}
	return p, m.apply(p)
}

// apply does what a plan says: its link steps, then its operations, each settled.
func (m *model) apply(p Plan) error {
	m.holds = p.Holds
	for i, l := range m.links {
		m.links[i].Condemned = p.Condemned[l.ID]
	}
	for _, c := range p.Links {
		if err := m.step(c); err != nil {
			return fmt.Errorf("%s %s-%s: %w", c.Step, c.VTiger, c.Outlook, err)
		}
	}
	for _, op := range p.Operations {
		if err := m.operate(op); err != nil {
			return fmt.Errorf("%s in %s of %s-%s: %w", op.Action, op.Side, op.VTiger, op.Outlook, err)
		}
	}
	return nil
}

// linkOf finds the link that holds a record.
func (m *model) linkOf(side contact.Side, id string) *Link {
	for i := range m.links {
		if m.links[i].Of(side) == id {
			return &m.links[i]
		}
	}
	return nil
}

// step does one link step.
func (m *model) step(c LinkChange) error {
	if c.Step == Attach {
		return m.link(c.VTiger, c.Outlook, c.Base)
	}
	i := slices.IndexFunc(m.links, func(l Link) bool { return l.ID == c.Link })
	if i < 0 {
		return errors.New("there is no such link")
	}
	switch l := &m.links[i]; c.Step {
	case Move:
		maps.Copy(l.Base, c.Base)
	case Freeze:
		l.State = OutOfScope
	case Thaw, Reattach:
		l.State, l.Missing = Active, ""
	case Detachal:
		l.State, l.Missing = Detached, c.Missing
	case End:
		for _, side := range contact.Sides {
			if r := m.books[side][m.links[i].Of(side)]; r != nil {
				r.known = true
			}
		}
		m.links = slices.Delete(m.links, i, i+1)
	}
	return nil
}

// link makes a link of two records that have none.
func (m *model) link(v, o string, base Base) error {
	if m.linkOf(contact.VTiger, v) != nil || m.linkOf(contact.Outlook, o) != nil {
		return errors.New("a record is linked already")
	}
	*m.next++
	l := Link{ID: int64(*m.next), State: Active, VTiger: v, Outlook: o, Base: Base{}, Replaced: map[contact.Field]Replacement{}}
	maps.Copy(l.Base, base)
	m.links = append(m.links, l)
	return nil
}

// operate writes one operation and settles it.
func (m *model) operate(op Operation) error {
	changes := contact.Contact{}
	for f, change := range op.Fields {
		changes[f] = change.After
	}
	target := m.books[op.Side][op.Of(op.Side)]
	if op.Action != contact.Insert && (target == nil || target.presence != contact.Present) {
		return errors.New("there is no such record")
	}
	switch op.Action {
	case contact.Delete:
		target.presence = contact.Deleted
		l := m.linkOf(op.Side, op.Of(op.Side))
		m.links = slices.DeleteFunc(m.links, func(other Link) bool { return l != nil && other.ID == l.ID })
		return nil
	case contact.Update:
		if _, err := m.store(op.Side, op.Of(op.Side), changes); err != nil {
			return err
		}
		if l := m.linkOf(op.Side, op.Of(op.Side)); l != nil {
			maps.Copy(l.Base, m.settled(op, l.VTiger, l.Outlook))
			m.remember(l, op)
		}
		return nil
	}
	return m.insert(op, changes)
}

// settled asks Settle about an operation whose records the stores now hold.
func (m *model) settled(op Operation, v, o string) Base {
	return Settle(m.shapes, op, m.books[contact.VTiger][v].face, m.books[contact.Outlook][o].face)
}
