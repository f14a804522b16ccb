package reconcile

import (
	"maps"
	"slices"

	"contactbridge/internal/contact"
)

// Undo plans what takes deeds back: one operation a side and record, which writes what the record showed before. What
// somebody edited since stays, and is given as skipped, with the values that would have been written and the reason.
//
// An undone field's base is what both sides show afterwards, each its own face, so that no later plan takes it for a change
// and carries it back. Neither the switches of deletions nor a direction keep an undo from anything: a person wants it. An
// administrator's caps do.
func Undo(w World, deeds []Deed) (plan Plan, skipped []Operation) {
	u := undoer{planner: planner{World: w}, partners: map[contact.Side]map[string]Link{contact.VTiger: {}, contact.Outlook: {}}}
	for _, l := range w.Links {
		for _, side := range contact.Sides {
			u.partners[side][l.Of(side)] = l
		}
	}
	all := outcomes(deeds)
	u.backs = map[contact.Side]map[[2]string]contact.Contact{contact.VTiger: {}, contact.Outlook: {}}
	for _, o := range all {
		if o.first == contact.Update && o.last == contact.Update {
			u.undoUpdate(o)
		}
	}
	for _, o := range all {
		switch {
		case o.first == contact.Insert && o.last == contact.Delete:
			u.skip(o, whyPassing)
		case o.last == contact.Delete:
			u.undoDeletion(o)
		case o.first == contact.Insert:
			u.undoInsert(o)
		default:
			u.writeBack(o)
		}
	}
	u.out.Ask = distinct(u.out.Ask)
	return u.out, u.skipped
}

// undoer is the undo in the making.
type undoer struct {
	planner
	partners map[contact.Side]map[string]Link               // the links that hold, by record
	backs    map[contact.Side]map[[2]string]contact.Contact // the fields that go back, with their values, by pair
	skipped  []Operation
}

// pairOf names the pair of an outcome.
func pairOf(o *outcome) [2]string { return [2]string{o.vtiger, o.outlook} }

// undoUpdate finds the fields of an update that can go back.
func (u *undoer) undoUpdate(o *outcome) {
	back := contact.Contact{}
	u.backs[o.side][pairOf(o)] = back
	r, why := u.reachable(o)
	if why == nil {
		if _, linked := u.link(o); !linked {
			why = &whyNotLinked
		}
	}
	if why != nil {
		u.skip(o, *why)
		return
	}
	refused := map[Why]contact.Contact{}
	for _, f := range slices.Sorted(maps.Keys(o.before)) {
		if why := u.field(o, r, f); why == nil {
			back[f] = o.before[f]
		} else if refused[*why] == nil {
			refused[*why] = contact.Contact{f: o.before[f]}
		} else {
			refused[*why][f] = o.before[f]
		}
	}
	for _, why := range undoWhys {
		if len(refused[why]) > 0 {
			u.skipFields(o, r.Contact, refused[why], why)
		}
	}
}

// field tells why a field cannot go back; nil when it can.
func (u *undoer) field(o *outcome, r Seen, f contact.Field) *Why {
	at := slices.IndexFunc(u.Shapes, func(s contact.Shape) bool { return s.Field == f })
	l, _ := u.link(o)
	base, agreed := l.Base[f]
	if at < 0 || !agreed {
		return &whyRemapped
	}
	s, now, other := u.Shapes[at], r.Contact[f], o.side.Other()
	partner := u.Of(other)[o.of(other)]
	switch {
	case s.Same(now, o.before[f]):
		return &whyAlready
	// What it shows must be both what the deed left and what the sides last agreed on.
	case !Shows(s, now, o.after[f]), !s.Same(now, base.Of(o.side)):
		return &whyEdited
	case partner.Presence == contact.Present && !s.Same(partner.Contact[f], base.Of(other)):
		return &whyEditedThere
	case s.Required == o.side && o.before[f] == "":
		return &whyRequired
	}
	return nil
}

// writeBack adds the update of the fields that go back. Their faces are what both sides show once both have gone back.
func (u *undoer) writeBack(o *outcome) {
	back := u.backs[o.side][pairOf(o)]
	if len(back) == 0 {
		return
	}
	l, _ := u.link(o)
	other := o.side.Other()
	now, partner := u.Of(o.side)[o.of(o.side)].Contact, u.Of(other)[o.of(other)]
	op := u.operation(o, contact.Update, whyUndoUpdate)
	op.Link = l.ID
	for f, value := range back {
		there, goes := u.backs[other][pairOf(o)][f]
		switch {
		case goes:
		case partner.Presence == contact.Present:
			there = partner.Contact[f]
		default:
			there = l.Base[f].Of(other)
		}
		op.Fields[f] = FieldChange{Before: now[f], After: value, Faces: facesOf(o.side, value, there)}
	}
	u.out.Operations = append(u.out.Operations, op)
}

// reachable gives the record of an outcome, or why nothing can be written to it now.
func (u *undoer) reachable(o *outcome) (Seen, *Why) {
	r, seen := u.Of(o.side)[o.of(o.side)]
	switch {
	case !seen, r.Presence == contact.Deleted:
		return r, &whyGoneSince
	case r.Presence != contact.Present:
		return r, &whyOutsideNow
	case r.Busy:
		return r, &whyUndoWaits
	}
	return r, nil
}

// link gives the link that holds the outcome's pair.
func (u *undoer) link(o *outcome) (Link, bool) {
	l, held := u.partners[o.side][o.of(o.side)]
	return l, held && l.Of(o.side.Other()) == o.of(o.side.Other())
}

// operation begins an operation that takes an outcome back.
func (u *undoer) operation(o *outcome, action contact.Action, w Why) Operation {
	return Operation{
		Side: o.side, Action: action, VTiger: o.vtiger, Outlook: o.outlook, Fields: map[contact.Field]FieldChange{}, Undoes: o.deeds, Why: w,
	}
}

// skip leaves all of an outcome as it is.
func (u *undoer) skip(o *outcome, w Why) {
	u.skipFields(o, u.Of(o.side)[o.of(o.side)].Contact, o.before, w)
}

func (u *undoer) skipFields(o *outcome, now, wanted contact.Contact, w Why) {
	op := u.operation(o, contact.Update, w)
	switch {
	case o.last == contact.Delete:
		op.Action = contact.Insert
	case o.first == contact.Insert:
		op.Action = contact.Delete
	}
	for f, value := range wanted {
		op.Fields[f] = FieldChange{Before: now[f], After: value}
	}
	u.skipped = append(u.skipped, op)
}
