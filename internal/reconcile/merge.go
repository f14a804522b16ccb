package reconcile

import "contactbridge/internal/contact"

// merge plans the fields of a link whose records are both present: at most one update a side, and the base of the fields
// that agree without a write.
func (p *planner) merge(l Link, v, o contact.Contact) {
	pair := p.mergeFields(l, v, o)
	if len(pair.agreed) > 0 {
		p.change(Move, l, pair.agreed, whyAgree)
	}
	p.operateOn(l, pair)
}

// pair is what the fields of two records come to.
type pair struct {
	agreed Base                                             // what enters the base without a write
	fields map[contact.Side]map[contact.Field]FieldChange   // what is written to a side
	why    map[contact.Side]map[contact.Field]fieldDecision // and why
	lost   map[contact.Side][]contact.Field                 // of what is written, what that side cannot hold all of
}

// write adds one field of an update.
func (p *pair) write(side contact.Side, f contact.Field, change FieldChange, d fieldDecision) {
	if p.fields[side] == nil {
		p.fields[side], p.why[side] = map[contact.Field]FieldChange{}, map[contact.Field]fieldDecision{}
	}
	p.fields[side][f], p.why[side][f] = change, d
}

// operateOn adds the updates of a pair.
func (p *planner) operateOn(l Link, pair pair) {
	for _, side := range contact.Sides {
		if fields := pair.fields[side]; len(fields) > 0 {
			p.operate(Operation{
				Side: side, Action: contact.Update, Link: l.ID, VTiger: l.VTiger, Outlook: l.Outlook,
				Fields: fields, Why: whyUpdate(side, p.Shapes, pair.why[side]),
			})
			p.report(side, l.Of(side.Other()), pair.lost[side])
		}
	}
}

// report tells, where this run writes, what a side cannot hold of another one's record.
func (p *planner) report(target contact.Side, source string, lost []contact.Field) {
	if len(lost) > 0 && p.Policy.Run.Allows(target) {
		p.find(target.Other(), source, whyReduced(target, lost))
	}
}

// mergeFields compares field by field, each side against its own face of the base. A field that waits for a person keeps
// none of the others back.
func (p *planner) mergeFields(l Link, v, o contact.Contact) pair {
	out := pair{
		agreed: Base{}, fields: map[contact.Side]map[contact.Field]FieldChange{}, why: map[contact.Side]map[contact.Field]fieldDecision{},
		lost: map[contact.Side][]contact.Field{},
	}
	for _, s := range p.Shapes {
		faces := l.Base[s.Field]
		m := p.mergeField(l, s, v, o)
		for _, side := range m.overflow {
			p.find(side, l.Of(side), whyNoRoom(s.Field, side.Other()))
		}
		now := Faces{v[s.Field], o[s.Field]}
		for _, side := range contact.Sides {
			if m.write[side] {
				out.write(side, s.Field, m.change(side, now), m.decided)
				if !s.Type.IsSet() && s.Loses(side, now.Of(side.Other())) {
					out.lost[side] = append(out.lost[side], s.Field)
				}
			}
		}
		if m.agreed && now != faces {
			out.agreed[s.Field] = now
		}
	}
	return out
}

// merged is the decision about one field.
type merged struct {
	want     Faces // what both sides show once written
	write    map[contact.Side]bool
	agreed   bool // nothing to write, and what both show now enters the base
	decided  fieldDecision
	overflow []contact.Side // sides that hold members of a set for which the other has no room
}

// change is the write of the decision to a side. A conflict keeps what the side loses by it.
func (m merged) change(side contact.Side, now Faces) FieldChange {
	c := FieldChange{Before: now.Of(side), After: m.want.Of(side), Faces: m.want, Conflict: m.decided.conflict()}
	if c.Conflict {
		c.Lost = now.Of(side)
	}
	return c
}

// mergeField decides one field. Its base is empty when the sides never agreed on it.
func (p *planner) mergeField(l Link, s contact.Shape, v, o contact.Contact) merged {
	base, now := l.Base[s.Field], Faces{v[s.Field], o[s.Field]}
	changedV, changedO := !s.Same(now.VTiger, base.VTiger), !s.Same(now.Outlook, base.Outlook)
	if !changedV && !changedO {
		return merged{}
	}
	// From here at least one side differs from its own face; without a base an empty side counts as unchanged.
	if s.Agree(v, o) {
		return merged{agreed: true}
	}
	returned := changedV && !changedO && l.returned(s.Field, now.VTiger, p.Now)
	if !returned && s.Type.IsSet() {
		return p.mergeSet(s, base, now)
	}
	// From here the sides differ in what only one of them can keep, so somebody's value has to travel.
	d := fieldDecision{source: contact.VTiger, by: byChange}
	if changedO {
		d.source = contact.Outlook
	}
	if l.ID == 0 {
		d.by = byFill // the two meet for the first time
	}
	if changedV && changedO || returned {
		if d = p.settleConflict(l, s, now, returned); d.by == byNobody {
			return merged{} // both values stand until a person chose
		}
	}
	if s.Type.IsSet() {
		return p.mergeReturnedSet(s, base, now, d)
	}
	return p.carry(s, now, map[contact.Side]contact.Contact{contact.VTiger: v, contact.Outlook: o}[d.source], d)
}

// carry sends one side's value to the other.
func (p *planner) carry(s contact.Shape, now Faces, from contact.Contact, d fieldDecision) merged {
	source, target := d.source, d.source.Other()
	if !p.Policy.may(s, target) {
		return merged{} // a change on the target of a one-way row stands
	}
	value := s.Carry(target, now.Of(source), from)
	if s.Same(value, now.Of(target)) {
		return merged{agreed: true}
	}
	if s.Required == target && value == "" {
		return merged{agreed: true} // the target refuses to be without it, so it keeps what it has
	}
	return merged{want: facesOf(target, value, now.Of(source)), write: map[contact.Side]bool{target: true}, decided: d}
}

// mergeReturnedSet decides a set that went back in vTiger to what our own write had replaced: either that counts as any
// change of vTiger's, or vTiger is given back what it showed before.
func (p *planner) mergeReturnedSet(s contact.Shape, base, now Faces, d fieldDecision) merged {
	if d.source == contact.VTiger {
		m := p.mergeSet(s, base, now)
		m.decided = d
		return m
	}
	if !p.Policy.may(s, contact.VTiger) {
		return merged{}
	}
	return merged{want: Faces{base.VTiger, now.Outlook}, write: map[contact.Side]bool{contact.VTiger: true}, decided: d}
}

// mergeSet lets the members that each side added or removed travel; a set has no conflicts.
func (p *planner) mergeSet(s contact.Shape, base, now Faces) merged {
	want, standing, overflow := now, false, []contact.Side(nil)
	for _, target := range contact.Sides {
		source := target.Other()
		if !p.Policy.may(s, target) {
			standing = standing || !s.Same(now.Of(source), base.Of(source))
			continue
		}
		value, left := s.Merge(target, now.Of(target), now.Of(source), base.Of(target), base.Of(source))
		if len(left) > 0 {
			overflow = append(overflow, source)
		}
		if s.Same(value, now.Of(target)) {
			continue
		}
		want = facesOf(target, value, want.Of(source))
	}
	m := merged{want: want, overflow: overflow, decided: fieldDecision{by: byUnion}, write: map[contact.Side]bool{
		contact.VTiger: want.VTiger != now.VTiger, contact.Outlook: want.Outlook != now.Outlook,
	}}
	m.agreed = !m.write[contact.VTiger] && !m.write[contact.Outlook] && !standing
	return m
}
