package reconcile

import "contactbridge/internal/contact"

// matching is the state of recognising strangers: per side, by record id.
type matching struct {
	keys      map[contact.Side]map[string]keys
	strangers map[contact.Side]map[string]bool // still to be recognised
	open      map[contact.Side]map[string]bool // may still become half of a link: strangers and the remains of detached links
	free      map[contact.Side]index           // what was open at first, until it is linked; who is ambiguous makes others so
	known     map[contact.Side]index           // linked records, those of this plan too
	alone     map[contact.Side]map[string]bool // a person said that no other record is the same person
	excluded  map[contact.Side]index           // records that only a filter leaves out, linked or not
	busy      map[contact.Side]index           // unlinked records whose insert into the other side is unclear
	claimed   map[string]bool                  // addresses that an insert of this plan brings into vTiger
	stamps    map[contact.Side]map[string]int  // how many records show a stamp
}

// newMatching makes room for every record at once: on large trees growing maps costs as much as the matching.
func newMatching(w World) *matching {
	m := &matching{
		keys:      map[contact.Side]map[string]keys{},
		strangers: map[contact.Side]map[string]bool{},
		open:      map[contact.Side]map[string]bool{},
		alone:     map[contact.Side]map[string]bool{},
		free:      map[contact.Side]index{},
		known:     map[contact.Side]index{},
		excluded:  map[contact.Side]index{},
		busy:      map[contact.Side]index{},
		stamps:    map[contact.Side]map[string]int{},
		claimed:   map[string]bool{},
	}
	for _, side := range contact.Sides {
		n := len(w.Of(side))
		m.keys[side] = make(map[string]keys, n)
		m.strangers[side], m.open[side] = make(map[string]bool, n), make(map[string]bool, n)
		m.free[side], m.known[side], m.busy[side] = make(index, 3*n), index{}, index{}
		m.stamps[side], m.alone[side], m.excluded[side] = map[string]int{}, map[string]bool{}, index{}
	}
	return m
}

// sort puts a record among the strangers, the remains of detached links, or the linked.
func (p *planner) sort(m *matching, side contact.Side, r Seen) {
	l, linked := p.linked[side][r.ID]
	if r.Excluded {
		m.excluded[side].add(p.keysOf(r.Contact).put, r.ID)
	}
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
		m.known[side].add(keys.put, r.ID)
	case r.Busy:
		m.busy[side].add(keys.put, r.ID)
		for _, k := range stampKeys(r.Expected...) {
			m.busy[side].put(k, r.ID)
		}
	default:
		m.free[side].add(keys.put, r.ID)
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
