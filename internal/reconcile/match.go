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

// planStrangers links, inserts or reports every present record that no link holds.
func (p *planner) planStrangers() {
	if !p.anyStranger() {
		return
	}
	m := newMatching()
	for _, side := range contact.Sides {
		for _, id := range p.Of(side).sortedIDs() {
			p.sort(m, side, p.Of(side)[id])
		}
	}
	p.wait(m)
	p.adopt(m)
	for _, level := range levels {
		p.pair(m, level)
	}
	for _, side := range contact.Sides {
		for _, id := range p.Of(side).sortedIDs() {
			if m.strangers[side][id] {
				p.planStranger(m, side, p.Of(side)[id])
			}
		}
	}
}

// anyStranger tells whether a present, quiet record has no link.
func (p *planner) anyStranger() bool {
	for _, side := range contact.Sides {
		for id, r := range p.Of(side) {
			if _, linked := p.linked[side][id]; !linked && r.Presence == contact.Present && !r.Busy {
				return true
			}
		}
	}
	return false
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

// wait plans nothing for a stranger that may be what a busy record's unclear insert made.
func (p *planner) wait(m *matching) {
	for _, side := range contact.Sides {
		busy := m.busy[side.Other()]
		if len(busy) == 0 {
			continue
		}
		for id, stranger := range m.strangers[side] {
			sent := slices.ContainsFunc(stampKeys(p.Of(side)[id].Stamp), func(k string) bool { return len(busy[k]) > 0 })
			if stranger && (sent || p.resembles(m, m.busy, side, id)) {
				delete(m.strangers[side], id)
				delete(m.open[side], id)
			}
		}
	}
}

// resembles tells whether any rule finds the record's like in the other side's index.
func (p *planner) resembles(m *matching, in map[contact.Side]index, side contact.Side, id string) bool {
	return slices.ContainsFunc(levels, func(l level) bool { return len(p.candidates(m, in, side, id, l)) > 0 })
}

// adopt links strangers by the stamp that an earlier insert of ours left, before any rule is asked. A stamp that two
// records show proves nothing: a user's copy carries it too.
func (p *planner) adopt(m *matching) {
	for _, side := range contact.Sides {
		other, stamped := side.Other(), map[string][]string{}
		for id := range m.strangers[side] {
			if s := p.Of(side)[id].Stamp; s != "" && m.strangers[side][id] {
				stamped[s] = append(stamped[s], id)
			}
		}
		if len(stamped) == 0 {
			continue
		}
		for _, id := range p.Of(other).sortedIDs() {
			for _, s := range p.Of(other)[id].Expected {
				if ids := stamped[s]; len(ids) == 1 && m.open[side][ids[0]] && m.strangers[other][id] {
					p.attach(m, side, ids[0], id, whyAdopted)
				}
			}
		}
	}
}

// pair links the strangers that have exactly one candidate both ways at this level, and reports those with more.
func (p *planner) pair(m *matching, level level) {
	type couple struct {
		side      contact.Side
		id, other string
	}
	var couples, ambiguous []couple
	for _, side := range contact.Sides {
		for _, id := range p.Of(side).sortedIDs() {
			if !m.strangers[side][id] {
				continue
			}
			candidates := p.candidates(m, m.free, side, id, level)
			if len(candidates) == 0 {
				continue
			}
			c := couple{side, id, candidates[0]}
			if len(candidates) == 1 && m.open[side.Other()][c.other] &&
				len(p.candidates(m, m.free, side.Other(), c.other, level)) == 1 {
				couples = append(couples, c)
			} else {
				ambiguous = append(ambiguous, c)
			}
		}
	}
	for _, c := range couples {
		if m.open[c.side][c.id] && m.open[c.side.Other()][c.other] {
			p.attach(m, c.side, c.id, c.other, whyMatched(level))
		}
	}
	for _, c := range ambiguous {
		delete(m.strangers[c.side], c.id)
		delete(m.open[c.side], c.id)
		p.find(c.side, c.id, whyAmbiguous(level, c.side.Other()))
	}
}

// candidates gives the records of the other side's index that the level's rule takes for the same person.
func (p *planner) candidates(m *matching, in map[contact.Side]index, side contact.Side, id string, level level) []string {
	other := side.Other()
	var out []string
	for _, key := range m.keys[side][id][level] {
		for _, candidate := range in[other][key] {
			if !slices.Contains(out, candidate) &&
				compatible(level, p.Of(side)[id].Contact, p.Of(other)[candidate].Contact) {
				out = append(out, candidate)
			}
		}
	}
	return out
}
