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
		m.free[s].remove(m.keys[s][l.Of(s)], l.Of(s))
		m.known[s].add(m.keys[s][l.Of(s)], l.Of(s))
	}
	p.keep(l)
	agreed, ops := p.mergeFields(l, p.VTiger[l.VTiger].Contact, p.Outlook[l.Outlook].Contact)
	p.change(Attach, l, agreed, w)
	p.operateOn(l, ops)
}

// planStranger reports a stranger that resembles a linked record, or inserts it on the other side.
func (p *planner) planStranger(m *matching, side contact.Side, r Seen) {
	target := side.Other()
	for _, level := range levels {
		if len(p.candidates(m, m.known, side, r.ID, level)) > 0 {
			p.find(side, r.ID, whyDuplicate(level, target))
			return
		}
	}
	if r.Stamp != "" && m.stamps[side][r.Stamp] > 1 {
		p.find(side, r.ID, whyCopy)
		return
	}
	if !p.Policy.Direction.Allows(target) {
		return
	}
	fields, refused := p.insertFields(side, r.Contact)
	switch {
	case refused && p.organisations():
		p.find(side, r.ID, whyNoCompany)
	case refused:
		p.find(side, r.ID, whyNoName)
	case !slices.ContainsFunc(p.Shapes, func(s contact.Shape) bool { return fields[s.Field].After != "" }):
		p.find(side, r.ID, whyEmpty)
	default:
		op := Operation{Side: target, Action: contact.Insert, Fields: fields, Why: whyInsert(side)}
		if side == contact.VTiger {
			op.VTiger = r.ID
		} else {
			op.Outlook = r.ID
		}
		p.operate(op)
	}
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
