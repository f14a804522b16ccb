package reconcile

import (
	"slices"

	"contactbridge/internal/contact"
)

// attach links two records, agreeing on what they share and merging the rest.
func (p *planner) attach(m *matching, side contact.Side, id, other string, w Why) {
	l := Link{State: Active, VTiger: id, Outlook: other}
	if side == contact.Outlook {
		l.VTiger, l.Outlook = other, id
	}
	for _, s := range contact.Sides {
		if old, linked := p.linked[s][l.Of(s)]; linked {
			// The remains of a detached link take a new partner.
			p.change(End, old, nil, w)
		}
		delete(m.strangers[s], l.Of(s))
		delete(m.open[s], l.Of(s))
		m.free[s].remove(m.keys[s][l.Of(s)].put, l.Of(s))
		m.known[s].add(m.keys[s][l.Of(s)].put, l.Of(s))
	}
	p.keep(l)
	pair := p.mergeFields(l, p.VTiger[l.VTiger].Contact, p.Outlook[l.Outlook].Contact)
	p.change(Attach, l, pair.agreed, w)
	p.operateOn(l, pair)
}

// planStranger inserts a stranger on the other side, unless something says that it may be there already.
func (p *planner) planStranger(m *matching, side contact.Side, r Seen) {
	target := side.Other()
	if p.Policy.NoInsert[target] && p.Policy.Direction.Allows(target) {
		p.find(side, r.ID, whyMayNotInsert(target)) // so no person is asked about it either
		return
	}
	approved, wanted := p.duplicate(m, side, r)
	if !wanted || !p.Policy.Direction.Allows(target) {
		return
	}
	fields, refused := p.insertFields(side, r.Contact)
	switch {
	case refused && p.organisations():
		p.find(side, r.ID, whyNoCompany)
		return
	case refused:
		p.find(side, r.ID, whyNoName)
		return
	case !slices.ContainsFunc(p.Shapes, func(s contact.Shape) bool { return fields[s.Field].After != "" }):
		p.find(side, r.ID, whyEmpty)
		return
	case !p.Policy.starts(side, r.Changed) && !p.survivors[side][r.ID] && !r.Known:
		return // too old to start; were it linked, it would go on
	case target == contact.Outlook && !p.Policy.Categories.enter(fields, r.Contact):
		p.find(side, r.ID, whyUnwanted)
		return
	case target == contact.VTiger && !p.enters(fields):
		p.find(side, r.ID, whyConditions)
		return
	case !approved && !p.acceptExcluded(m, side, r):
		return
	}
	op := Operation{Side: target, Action: contact.Insert, Fields: fields, Why: whyInsert(side)}
	if side == contact.VTiger {
		op.VTiger = r.ID
	} else {
		op.Outlook = r.ID
	}
	// What this run leaves to another asks nobody.
	if target == contact.VTiger && p.Policy.AskInstance && p.Policy.Run.Allows(target) {
		if !p.instanceAgrees(m, r, approved) {
			return
		}
		op.Claims = Addresses(p.Shapes, r.Contact)
	}
	p.operate(op)
	p.report(target, r.ID, p.lostFields(target, r.Contact, fields))
}

// lostFields are those of an insert that the target cannot hold all of, in the mapping's order.
func (p *planner) lostFields(target contact.Side, from contact.Contact, fields map[contact.Field]FieldChange) []contact.Field {
	var out []contact.Field
	for _, s := range p.Shapes {
		if _, written := fields[s.Field]; written && p.Policy.may(s, target) && s.Loses(target, from[s.Field]) {
			out = append(out, s.Field)
		}
	}
	return out
}

// duplicate tells whether a stranger is wanted on the other side for all that the linked records show, and whether it is
// so only because a person approved it.
func (p *planner) duplicate(m *matching, side contact.Side, r Seen) (approved, wanted bool) {
	if m.alone[side][r.ID] {
		return true, true
	}
	h := Hold{}
	for _, level := range levels {
		if h.Candidates = p.candidates(m, m.known, side, r.ID, level, mostCandidates); len(h.Candidates) > 0 {
			h.Why = whyDuplicate(level, side.Other())
			break
		}
	}
	if len(h.Candidates) == 0 {
		if r.Stamp == "" || m.stamps[side][r.Stamp] < 2 {
			return false, true
		}
		h.Why = whyCopy
	}
	return p.approvedDuplicate(side, r.ID, h)
}

// approvedDuplicate tells whether a person wants a stranger inserted that may be there already; else it is held.
func (p *planner) approvedDuplicate(side contact.Side, id string, h Hold) (approved, wanted bool) {
	h.Question = question(DuplicateHold, append([]string{string(side), id}, h.Candidates...)...)
	if h.Answer = p.Answers[h.Question]; h.Answer.Verdict == Approve {
		return true, true
	}
	p.holdStranger(DuplicateHold, side, id, h)
	return false, false
}

// insertFields gives what an insert into the other side writes; refused when that side takes no record without a value
// that this contact lacks, or that may not travel.
func (p *planner) insertFields(side contact.Side, from contact.Contact) (fields map[contact.Field]FieldChange, refused bool) {
	fields, target := map[contact.Field]FieldChange{}, side.Other()
	for _, s := range p.Shapes {
		value := s.Carry(target, from[s.Field], from)
		mayWrite := p.Policy.may(s, target)
		if s.Required == target && (value == "" || !mayWrite) {
			return nil, true
		}
		if value != "" && !mayWrite {
			continue
		}
		// A value of which the target can show nothing is agreed on all the same.
		if value != "" || from[s.Field] != "" {
			fields[s.Field] = FieldChange{After: value, Faces: facesOf(target, value, from[s.Field])}
		}
	}
	return fields, false
}
