package reconcile

import (
	"slices"

	"contactbridge/internal/contact"
)

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
	p.twins(m)
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
				p.compatible(level, p.Of(side)[id].Contact, p.Of(other)[candidate].Contact) {
				out = append(out, candidate)
			}
		}
	}
	return out
}
