package reconcile

import (
	"slices"
	"strconv"

	"contactbridge/internal/contact"
)

// eachChange alters every field of every operation of a plan.
func eachChange(alter func(World, Operation, contact.Shape, FieldChange) FieldChange) maker {
	return func(w World) Plan {
		p := Make(w)
		for _, op := range p.Operations {
			for f, change := range op.Fields {
				if s, known := w.shape(f); known {
					op.Fields[f] = alter(w, op, s, change)
				}
			}
		}
		return p
	}
}

// neverClears leaves a value that the other side cleared.
func neverClears(w World) Plan {
	p := Make(w)
	for _, op := range p.Operations {
		for f, change := range op.Fields {
			if op.Action == contact.Update && change.After == "" {
				delete(op.Fields, f)
			}
		}
	}
	return p
}

// clearsTheUnset takes a field that the source does not show for a cleared one, with every update.
func clearsTheUnset(w World) Plan {
	p := Make(w)
	for _, op := range p.Operations {
		from := w.Of(op.Side.Other())[op.Of(op.Side.Other())].Contact
		for _, s := range w.Shapes {
			before := w.Of(op.Side)[op.Of(op.Side)].Contact[s.Field]
			if _, written := op.Fields[s.Field]; !written && op.Action == contact.Update && from[s.Field] == "" && before != "" && s.Required == "" {
				op.Fields[s.Field] = FieldChange{Before: before}
			}
		}
	}
	return p
}

// writesWhole sends what the target cannot hold.
var writesWhole = eachChange(func(w World, op Operation, s contact.Shape, change FieldChange) FieldChange {
	from := w.Of(op.Side.Other())[op.Of(op.Side.Other())].Contact
	if op.Action == contact.Update && !s.Type.IsSet() && from[s.Field] != "" {
		change.After = from[s.Field]
		change.Faces = Faces{change.After, change.After}
	}
	return change
})

// linksTheFirst links an ambiguous stranger with the first that it may be.
func linksTheFirst(w World) Plan {
	p := Make(w)
	taken := map[string]bool{}
	for _, h := range p.Holds {
		if h.Kind != AmbiguousHold || taken[h.VTiger+h.Outlook] || taken[h.Candidates[0]] {
			continue
		}
		c := LinkChange{Step: Attach, VTiger: h.VTiger, Outlook: h.Outlook, Why: whyMatched(byEmail)}
		if c.VTiger == "" {
			c.VTiger = h.Candidates[0]
		} else {
			c.Outlook = h.Candidates[0]
		}
		if _, linked := w.holding(h.Side, h.Candidates[0]); !linked {
			taken[c.VTiger], taken[c.Outlook] = true, true
			p.Links = append(p.Links, c)
		}
	}
	return p
}

// insertsAmbiguous inserts what may be there already.
func insertsAmbiguous(w World) Plan {
	p := Make(w)
	for _, h := range p.Holds {
		if h.Kind == AmbiguousHold && h.VTiger != "" {
			p.Operations = append(p.Operations, Operation{
				Side: contact.Outlook, Action: contact.Insert, VTiger: h.VTiger, Fields: copied(w, w.VTiger[h.VTiger]), Why: whyInsert(contact.VTiger),
			})
		}
	}
	return p
}

// unlinkedDeletions forgets which link a deletion belongs to.
func unlinkedDeletions(w World) Plan {
	p := Make(w)
	for i := range p.Operations {
		p.Operations[i].Link = 0
	}
	return p
}

// asksAnew makes a planner whose questions differ from plan to plan.
func asksAnew() maker {
	n := 0
	return func(w World) Plan {
		p := Make(w)
		for i := range p.Holds {
			n++
			p.Holds[i].Question += strconv.Itoa(n)
		}
		return p
	}
}

// inOrder plans links in the order in which it is given them.
func inOrder(w World) Plan {
	p := Make(w)
	place := func(op Operation) int {
		return slices.IndexFunc(w.Links, func(l Link) bool { return l.ID == op.Link })
	}
	slices.SortStableFunc(p.Operations, func(a, b Operation) int { return place(a) - place(b) })
	return p
}

// wordless gives no reasons.
func wordless(w World) Plan {
	p := Make(w)
	for i := range p.Operations {
		p.Operations[i].Why = Why{}
	}
	return p
}
