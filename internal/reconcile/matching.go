package reconcile

import (
	"slices"

	"contactbridge/internal/contact"
)

// matching is the state of recognising strangers: per side, by record id.
type matching struct {
	keys      map[contact.Side]map[string][][]string
	strangers map[contact.Side]map[string]bool // still to be recognised
	open      map[contact.Side]map[string]bool // may still become half of a link: strangers and the remains of detached links
	free      map[contact.Side]index           // what was open at first, until it is linked; who is ambiguous makes others so
	known     map[contact.Side]index           // linked records, those of this plan too
	busy      map[contact.Side]index           // unlinked records whose insert into the other side is unclear
	stamps    map[contact.Side]map[string]int  // how many records show a stamp
}

// index finds ids by key.
type index map[string][]string

// add puts an id under each of its keys.
func (x index) add(keys [][]string, id string) {
	for _, level := range keys {
		for _, k := range level {
			x[k] = append(x[k], id)
		}
	}
}

// remove takes an id from under each of its keys.
func (x index) remove(keys [][]string, id string) {
	for _, level := range keys {
		for _, k := range level {
			x[k] = slices.DeleteFunc(x[k], func(other string) bool { return other == id })
		}
	}
}

func newMatching() *matching {
	m := &matching{
		keys:      map[contact.Side]map[string][][]string{},
		strangers: map[contact.Side]map[string]bool{},
		open:      map[contact.Side]map[string]bool{},
		free:      map[contact.Side]index{},
		known:     map[contact.Side]index{},
		busy:      map[contact.Side]index{},
		stamps:    map[contact.Side]map[string]int{},
	}
	for _, side := range contact.Sides {
		m.keys[side] = map[string][][]string{}
		m.strangers[side], m.open[side] = map[string]bool{}, map[string]bool{}
		m.free[side], m.known[side], m.busy[side] = index{}, index{}, index{}
		m.stamps[side] = map[string]int{}
	}
	return m
}

// sort puts a record among the strangers, the remains of detached links, or the linked.
func (p *planner) sort(m *matching, side contact.Side, r Seen) {
	l, linked := p.linked[side][r.ID]
	if r.Presence != contact.Present {
		return
	}
	keys := p.keysOf(r.Contact)
	m.keys[side][r.ID] = keys
	if r.Stamp != "" {
		m.stamps[side][r.Stamp]++
	}
	switch {
	case linked && (r.Busy || !p.remains(l, side)):
		m.known[side].add(keys, r.ID)
	case r.Busy:
		m.busy[side].add(append(keys, stampKeys(r.Expected...)), r.ID)
	default:
		m.free[side].add(keys, r.ID)
		m.open[side][r.ID] = true
		m.strangers[side][r.ID] = !linked
	}
}

// stampKeys are the keys of stamps; blank never equals blank.
func stampKeys(stamps ...string) []string {
	var out []string
	for _, s := range stamps {
		if s != "" {
			out = append(out, "stamp\x00"+s)
		}
	}
	return out
}

// remains tells whether the record is what a detached link still has. One that is about to be deleted is no such.
func (p *planner) remains(l Link, side contact.Side) bool {
	other, seen := p.Of(side.Other())[l.Of(side.Other())]
	return l.State == Detached && seen && other.Presence == contact.Deleted
}
