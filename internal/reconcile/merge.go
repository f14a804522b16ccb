package reconcile

import "contactbridge/internal/contact"

// merge plans the fields of a link whose records are both present: at most one update a side, and the base of the fields
// that agree without a write.
func (p *planner) merge(l Link, v, o contact.Contact) {
	agreed, ops := p.mergeFields(l, v, o)
	if len(agreed) > 0 {
		p.change(Move, l, agreed, whyAgree)
	}
	p.operateOn(l, ops)
}

// operateOn adds the updates of a pair.
func (p *planner) operateOn(l Link, ops map[contact.Side]map[contact.Field]FieldChange) {
	for _, side := range contact.Sides {
		if fields := ops[side]; len(fields) > 0 {
			p.operate(Operation{
				Side: side, Action: contact.Update, VTiger: l.VTiger, Outlook: l.Outlook,
				Fields: fields, Why: whyUpdate(side, p.Shapes, fields),
			})
		}
	}
}

// mergeFields compares field by field, each side against its own face of the base.
func (p *planner) mergeFields(l Link, v, o contact.Contact) (Base, map[contact.Side]map[contact.Field]FieldChange) {
	agreed, ops := Base{}, map[contact.Side]map[contact.Field]FieldChange{contact.VTiger: {}, contact.Outlook: {}}
	for _, s := range p.Shapes {
		faces := l.Base[s.Field]
		m := p.mergeField(s, faces, v, o)
		for _, side := range m.overflow {
			p.find(side, l.Of(side), whyNoRoom(s.Field, side.Other()))
		}
		now := Faces{v[s.Field], o[s.Field]}
		for _, side := range contact.Sides {
			if m.write[side] {
				ops[side][s.Field] = FieldChange{
					Before: now.Of(side), After: m.want.Of(side), Faces: m.want, Conflict: m.conflict, Lost: m.lost,
				}
			}
		}
		if m.agreed && now != faces {
			agreed[s.Field] = now
		}
	}
	return agreed, ops
}

// merged is the decision about one field.
type merged struct {
	want     Faces // what both sides show once written
	write    map[contact.Side]bool
	agreed   bool // nothing to write, and what both show now enters the base
	conflict bool
	lost     string
	overflow []contact.Side // sides that hold members of a set for which the other has no room
}

// mergeField decides one field. base is empty when the sides never agreed on it.
func (p *planner) mergeField(s contact.Shape, base Faces, v, o contact.Contact) merged {
	now := Faces{v[s.Field], o[s.Field]}
	changedV, changedO := !s.Same(now.VTiger, base.VTiger), !s.Same(now.Outlook, base.Outlook)
	if !changedV && !changedO {
		return merged{}
	}
	// From here at least one side differs from its own face; without a base an empty side counts as unchanged.
	if s.Agree(v, o) {
		return merged{agreed: true}
	}
	if s.Type.IsSet() {
		return p.mergeSet(s, base, now)
	}
	// From here the sides differ, so somebody's value has to travel.
	source := contact.VTiger
	conflict := changedV && changedO
	if conflict {
		source = p.Policy.winner(s)
	} else if changedO {
		source = contact.Outlook
	}
	return p.carry(s, source, now, map[contact.Side]contact.Contact{contact.VTiger: v, contact.Outlook: o}[source], conflict)
}

// carry sends one side's value to the other.
func (p *planner) carry(s contact.Shape, source contact.Side, now Faces, from contact.Contact, conflict bool) merged {
	target := source.Other()
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
	m := merged{want: facesOf(target, value, now.Of(source)), write: map[contact.Side]bool{target: true}}
	if conflict {
		m.conflict, m.lost = true, now.Of(target)
	}
	return m
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
	m := merged{want: want, overflow: overflow, write: map[contact.Side]bool{
		contact.VTiger: want.VTiger != now.VTiger, contact.Outlook: want.Outlook != now.Outlook,
	}}
	m.agreed = !m.write[contact.VTiger] && !m.write[contact.Outlook] && !standing
	return m
}
