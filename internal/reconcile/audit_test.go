package reconcile

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"contactbridge/internal/contact"
)

// audit is the part of a law that every single plan must keep. It is given the true world, whatever the planner saw.
type audit func(World, Plan) error

// anything lets every plan pass.
func anything(World, Plan) error { return nil }

// holding finds the link that holds a record.
func (w World) holding(side contact.Side, id string) (Link, bool) {
	i := slices.IndexFunc(w.Links, func(l Link) bool { return l.Of(side) == id && id != "" })
	if i < 0 {
		return Link{}, false
	}
	return w.Links[i], true
}

// shape finds a shape.
func (w World) shape(f contact.Field) (contact.Shape, bool) {
	i := slices.IndexFunc(w.Shapes, func(s contact.Shape) bool { return s.Field == f })
	if i < 0 {
		return contact.Shape{}, false
	}
	return w.Shapes[i], true
}

// writesOnlyDifferences: no operation writes what is there already.
func writesOnlyDifferences(_ World, p Plan) error {
	for _, op := range p.Operations {
		for f, change := range op.Fields {
			if op.Action == contact.Update && change.Before == change.After {
				return fmt.Errorf("an update of %s in %s changes nothing", f, op.Side)
			}
		}
	}
	return nil
}

// losesNothing: an update writes only fields that may travel and that their source changed; an edit of the target that it
// overwrites is a conflict, lost to the side that the policy names, and kept in the operation.
func losesNothing(w World, p Plan) error {
	for _, op := range p.Operations {
		if op.Action != contact.Update {
			continue
		}
		for f, change := range op.Fields {
			if err := justified(w, op, f, change); err != nil {
				return fmt.Errorf("%s of %s-%s: %w", f, op.VTiger, op.Outlook, err)
			}
		}
	}
	return nil
}

// justified is losesNothing for one field.
func justified(w World, op Operation, f contact.Field, change FieldChange) error {
	s, known := w.shape(f)
	target, source := op.Side, op.Side.Other()
	if !known || !w.Policy.may(s, target) {
		return fmt.Errorf("it may not travel to %s", target)
	}
	var base Faces
	if l, linked := w.holding(target, op.Of(target)); linked && l.Of(source) == op.Of(source) {
		base = l.Base[f]
	}
	shown := w.Of(source)[op.Of(source)].Contact[f]
	if w.Of(target)[op.Of(target)].Contact[f] != change.Before {
		return fmt.Errorf("%s does not show what the operation takes for shown", target)
	}
	returned := tookBack(w, op, s, base)
	if s.Type.IsSet() && !returned {
		return keepsMembers(s, change, shown, base.Of(source))
	}
	if s.Same(shown, base.Of(source)) && !returned {
		return fmt.Errorf("%s did not change it", source)
	}
	if edited := !s.Same(change.Before, base.Of(target)) || returned; edited != change.Conflict {
		return fmt.Errorf("edited in %s or taken back is %t, conflict is %t", target, edited, change.Conflict)
	}
	if !change.Conflict {
		return nil
	}
	if change.Lost != change.Before {
		return fmt.Errorf("the log has not what %s loses", target)
	}
	if w.Policy.may(s, source) && !mayWin(w, op, s, source) {
		return fmt.Errorf("%s wins against the policy", source)
	}
	return nil
}

// tookBack tells whether vTiger alone changed a field, within an hour, to what our own write had replaced.
func tookBack(w World, op Operation, s contact.Shape, base Faces) bool {
	l, _ := w.holding(contact.VTiger, op.VTiger)
	r, wrote := l.Replaced[s.Field]
	v, o := w.VTiger[op.VTiger].Contact[s.Field], w.Outlook[op.Outlook].Contact[s.Field]
	return wrote && l.Outlook == op.Outlook && w.Now.Sub(r.At) <= time.Hour && v == r.Value &&
		!s.Same(v, base.VTiger) && s.Same(o, base.Outlook)
}

// mayWin tells whether the policy lets a side win a conflict.
func mayWin(w World, op Operation, s contact.Shape, source contact.Side) bool {
	v, o := w.VTiger[op.VTiger], w.Outlook[op.Outlook]
	switch w.Policy.Conflict {
	case OutlookWins:
		return source == contact.Outlook
	case NewestWins:
		later := o.Changed.Add(-w.Ahead[contact.Outlook]).Sub(v.Changed.Add(-w.Ahead[contact.VTiger]))
		return (source == contact.Outlook) == (later > 5*time.Minute)
	case AskFirst:
		asked := question(ConflictHold, op.VTiger, op.Outlook, string(s.Field),
			s.Type.Normal(v.Contact[s.Field], s.Region), s.Type.Normal(o.Contact[s.Field], s.Region))
		said := w.Answers[asked].Verdict
		return said == TakeOutlook && source == contact.Outlook || (said == TakeVTiger || said == Approve) && source == contact.VTiger
	}
	return source == contact.VTiger
}

// keepsMembers: what leaves a set was removed by the other side, and what comes is there.
func keepsMembers(s contact.Shape, change FieldChange, shown, base string) error {
	before, after := s.Type.Normal(change.Before, s.Region), s.Type.Normal(change.After, s.Region)
	has := func(set, member string) bool { return slices.Contains(strings.Split(set, "\n"), member) }
	shown, base = s.Type.Normal(shown, s.Region), s.Type.Normal(base, s.Region)
	for _, member := range contact.Lines(before) {
		if !has(after, member) && (!has(base, member) || has(shown, member)) {
			return fmt.Errorf("a member is lost that nobody removed")
		}
	}
	for _, member := range contact.Lines(after) {
		if !has(before, member) && !has(shown, member) {
			return fmt.Errorf("a member comes from nowhere")
		}
	}
	return nil
}

// deletesRightly: only a confirmed deletion deletes, where the switch is on and no edit stands against it; only a record
// outside the scope takes its unedited copy with it, where that is wanted; and what is linked is inserted again only where
// an edit stands against its deletion.
func deletesRightly(w World, p Plan) error {
	for _, op := range p.Operations {
		gone := op.Side.Other()
		if op.Action == contact.Insert {
			gone = op.Side
		}
		l, linked := w.holding(gone.Other(), op.Of(gone.Other()))
		presence := w.Of(gone)[l.Of(gone)].Presence
		dead := linked && presence == contact.Deleted
		on := w.Policy.Deletes[gone.Other()] && w.Policy.Direction.Allows(gone.Other())
		edited := linked && !w.Policy.DeleteWins && editedSince(w, l, gone.Other())
		spared := edited && w.Policy.Direction.Allows(gone) && l.Condemned != gone
		removes := linked && presence == contact.Outside && w.Policy.RemoveCopy[op.Side] && !edited && l.State == Active
		switch {
		case op.Action == contact.Delete && isTwin(op): // another law's
		case op.Action == contact.Delete && removes && w.Policy.Direction.Allows(op.Side):
		case op.Action == contact.Delete && (!dead || !on || spared || l.State != Active):
			return fmt.Errorf("deletes %s in %s: dead %t, on %t, spared %t, %s", op.Of(op.Side), op.Side, dead, on, spared, l.State)
		case op.Action == contact.Insert && linked && (!dead || !on || !spared || l.State != Active):
			return fmt.Errorf("resurrects %s in %s: dead %t, on %t, spared %t, %s", op.Of(gone.Other()), op.Side, dead, on, spared, l.State)
		}
	}
	return nil
}

// editedSince tells whether a record shows anything that may travel and that its link's base does not.
func editedSince(w World, l Link, side contact.Side) bool {
	return slices.ContainsFunc(w.Shapes, func(s contact.Shape) bool {
		return w.Policy.may(s, side.Other()) && !s.Same(w.Of(side)[l.Of(side)].Contact[s.Field], l.Base[s.Field].Of(side))
	})
}

// followsOnlyStatements: nothing follows from an absent, an outside or a busy record, but that its link is frozen when it
// is outside.
func followsOnlyStatements(w World, p Plan) error {
	silent := func(side contact.Side, id string) bool {
		l, linked := w.holding(side, id)
		if !linked {
			return false
		}
		v, o := w.VTiger[l.VTiger], w.Outlook[l.Outlook]
		quiet := func(r Seen) bool { return r.ID == "" || r.Busy || r.Presence == contact.Outside }
		return quiet(v) || quiet(o)
	}
	for _, op := range p.Operations {
		left := w.Of(op.Side.Other())[op.Of(op.Side.Other())]
		if op.Action == contact.Delete && w.Policy.RemoveCopy[op.Side] && left.Presence == contact.Outside && !left.Busy && !w.Of(op.Side)[op.Of(op.Side)].Busy {
			continue // a scope removal, which the law about deletions judges
		}
		if silent(contact.VTiger, op.VTiger) || silent(contact.Outlook, op.Outlook) {
			return fmt.Errorf("%s in %s of %s-%s, of which nothing is known", op.Action, op.Side, op.VTiger, op.Outlook)
		}
	}
	for _, c := range p.Links {
		frozen := c.Step == Freeze && (w.VTiger[c.VTiger].Presence == contact.Outside || w.Outlook[c.Outlook].Presence == contact.Outside)
		if !frozen && (silent(contact.VTiger, c.VTiger) || silent(contact.Outlook, c.Outlook)) {
			return fmt.Errorf("%s of %s-%s, of which nothing is known", c.Step, c.VTiger, c.Outlook)
		}
	}
	return nil
}
