package reconcile

import (
	"slices"

	"contactbridge/internal/contact"
)

// undoInsert deletes what was inserted, if nobody edited it since. The link stays, detached, so that the survivor is not
// inserted anew.
func (u *undoer) undoInsert(o *outcome) {
	r, why := u.reachable(o)
	l, linked := u.link(o)
	switch {
	case why != nil:
		u.skip(o, *why)
	case u.Policy.NoDelete[o.side]:
		u.skip(o, whyCapped)
	case !linked:
		u.skip(o, whyNotLinked)
	case r.Foreign:
		u.skip(o, whyForeignNow)
	case !u.intact(o, r):
		u.skip(o, whyEdited)
	default:
		op := deletion(o.side, l, r.Contact, whyUndoInsert)
		op.Undoes = o.deeds
		u.out.Operations = append(u.out.Operations, op)
	}
}

// intact tells whether a record is what its insert, and later deeds of the same run, left. Where nobody noted that, the
// mapped fields tell.
func (u *undoer) intact(o *outcome, r Seen) bool {
	if o.left != LeftUnknown {
		return o.left == LeftIntact
	}
	return !slices.ContainsFunc(u.Shapes, func(s contact.Shape) bool { return !Shows(s, r.Contact[s.Field], o.after[s.Field]) })
}

// undoDeletion inserts what was deleted again, from what it showed, as the partner of the record that it had.
func (u *undoer) undoDeletion(o *outcome) {
	other := o.side.Other()
	partner, seen := u.Of(other)[o.of(other)]
	l, held := u.partners[other][o.of(other)]
	back, whole := u.revived(o, partner)
	switch {
	case o.of(other) == "":
		u.skip(o, whyOwnTwin)
	case u.Policy.NoInsert[o.side]:
		u.skip(o, whyCapped)
	case u.Of(o.side)[o.of(o.side)].Presence == contact.Present, u.isBack(o):
		u.skip(o, whyThereAgain)
	case !seen, held && (l.State != Detached || l.Missing != o.side):
		u.skip(o, whyNewPartner)
	case partner.Busy:
		u.skip(o, whyUndoWaits)
	case !whole:
		u.skip(o, whyRequired)
	case o.side == contact.Outlook && !u.Policy.Categories.enter(back, faced(o, partner)):
		u.skip(o, whyUnwantedNow)
	case o.side == contact.VTiger && !u.enters(back):
		u.skip(o, whyConditionsNow)
	default:
		u.revive(o, back, partner)
	}
}

// revived gives the fields of a record that is inserted again; not whole when its side would refuse it.
func (u *undoer) revived(o *outcome, partner Seen) (fields map[contact.Field]FieldChange, whole bool) {
	fields = map[contact.Field]FieldChange{}
	there := faced(o, partner)
	for _, s := range u.Shapes {
		value := o.before[s.Field]
		if !s.Direction.Allows(o.side) {
			value = "" // such as a reference, which that side does not take by its name
		}
		if value == "" && s.Required == o.side {
			return nil, false
		}
		if value == "" {
			continue
		}
		fields[s.Field] = FieldChange{After: value, Faces: facesOf(o.side, value, there[s.Field])}
	}
	return fields, true
}

// faced is the partner as it was when the two last agreed: what it shows otherwise is its own change.
func faced(o *outcome, partner Seen) contact.Contact {
	out := partner.Contact.Clone()
	for f, base := range o.base {
		out[f] = base.Of(o.side.Other())
	}
	return out
}

// isBack tells whether a living record of the side has an address of the deleted one: somebody made it again.
func (u *undoer) isBack(o *outcome) bool {
	addresses := Addresses(u.Shapes, o.before)
	for _, id := range u.ids(o.side) {
		r := u.Of(o.side)[id]
		if r.Presence == contact.Present && slices.ContainsFunc(Addresses(u.Shapes, r.Contact), func(a string) bool { return slices.Contains(addresses, a) }) {
			return true
		}
	}
	return false
}

// revive adds the insert, once the whole vTiger said that nobody has its addresses by now. The new link must not let a plan
// delete it again: while the partner is away the link waits for it.
func (u *undoer) revive(o *outcome, fields map[contact.Field]FieldChange, partner Seen) {
	op := u.operation(o, contact.Insert, whyUndoDeletion)
	op.Fields, op.Relink = fields, Active
	switch partner.Presence {
	case contact.Deleted:
		op.Relink = Detached
	case contact.Outside:
		op.Relink = OutOfScope
	}
	if o.side == contact.VTiger {
		op.VTiger = ""
	} else {
		op.Outlook = ""
	}
	if o.side == contact.VTiger && u.Policy.AskInstance {
		op.Claims = Addresses(u.Shapes, o.before)
		if unanswered := u.unanswered(op.Claims); len(unanswered) > 0 {
			u.out.Ask, u.out.Unasked = append(u.out.Ask, unanswered...), u.out.Unasked+1
			return
		}
		if says, _ := u.fateOf(u.hits(op.Claims), false); says != free {
			u.skip(o, whyThereAgain)
			return
		}
	}
	u.out.Operations = append(u.out.Operations, op)
}
