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
	m := newMatching(p.World)
	for _, side := range contact.Sides {
		for _, id := range p.ids(side) {
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
		for _, id := range p.ids(side) {
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
	return slices.ContainsFunc(levels, func(l level) bool { return len(p.candidates(m, in, side, id, l, 1)) > 0 })
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
		for _, id := range p.ids(other) {
			for _, s := range p.Of(other)[id].Expected {
				if ids := stamped[s]; len(ids) == 1 && m.open[side][ids[0]] && m.strangers[other][id] {
					p.attach(m, side, ids[0], id, whyAdopted)
				}
			}
		}
	}
}

// mostCandidates bounds how many records a hold names.
const mostCandidates = 10

// couple is a stranger and the records of the other side that may be the same person.
type couple struct {
	side       contact.Side
	id         string
	candidates []string
}

// pair links the strangers that have exactly one candidate both ways at this level, and holds those with more.
func (p *planner) pair(m *matching, level level) {
	var sure, ambiguous []couple
	for _, side := range contact.Sides {
		for _, id := range p.ids(side) {
			if !m.strangers[side][id] || m.alone[side][id] {
				continue
			}
			c := couple{side, id, p.candidates(m, m.free, side, id, level, mostCandidates)}
			switch {
			case len(c.candidates) == 0:
			case p.mutual(m, c, level):
				sure = append(sure, c)
			default:
				ambiguous = append(ambiguous, c)
			}
		}
	}
	for _, c := range sure {
		if m.open[c.side][c.id] && m.open[c.side.Other()][c.candidates[0]] {
			p.attach(m, c.side, c.id, c.candidates[0], whyMatched(level))
		}
	}
	p.holdAmbiguous(m, level, ambiguous)
}

// mutual tells whether a stranger and its candidate have nobody else.
func (p *planner) mutual(m *matching, c couple, level level) bool {
	other := c.side.Other()
	return len(c.candidates) == 1 && m.open[other][c.candidates[0]] &&
		len(p.candidates(m, m.free, other, c.candidates[0], level, 2)) == 1
}

// holdAmbiguous does what people answered, and lets the others wait for an answer.
func (p *planner) holdAmbiguous(m *matching, level level, ambiguous []couple) {
	for _, c := range ambiguous {
		answer, chosen := p.Answers[c.question()], c.side.Other()
		switch {
		case answer.Verdict != Approve || !m.open[c.side][c.id]:
		case answer.Record == "":
			m.alone[c.side][c.id] = true
		case slices.Contains(c.candidates, answer.Record) && m.open[chosen][answer.Record]:
			p.attach(m, c.side, c.id, answer.Record, whyChosen())
		}
	}
	for _, c := range ambiguous {
		if !m.strangers[c.side][c.id] {
			continue // attached by another one's answer
		}
		delete(m.open[c.side], c.id)
		if m.alone[c.side][c.id] {
			continue
		}
		delete(m.strangers[c.side], c.id)
		p.holdStranger(AmbiguousHold, c.side, c.id, Hold{
			Question: c.question(), Candidates: c.candidates, Answer: p.Answers[c.question()], Why: whyAmbiguous(level, c.side.Other()),
		})
	}
}

// question asks which of the candidates it is.
func (c couple) question() string {
	return question(AmbiguousHold, append([]string{string(c.side), c.id}, c.candidates...)...)
}

// candidates gives the records of the other side's index that the level's rule takes for the same person, at most so many.
func (p *planner) candidates(m *matching, in map[contact.Side]index, side contact.Side, id string, level level, most int) []string {
	return in[side.Other()].find(m.keys[side][id].find[level], most)
}
