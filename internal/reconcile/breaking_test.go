package reconcile

import (
	"slices"

	"contactbridge/internal/contact"
)

// insertsTwins inserts both of two strangers that match, instead of linking them.
func insertsTwins(w World) Plan {
	p := Make(w)
	p.Links = slices.DeleteFunc(p.Links, func(c LinkChange) bool {
		if c.Step != Attach {
			return false
		}
		p.Operations = slices.DeleteFunc(p.Operations, func(op Operation) bool { return op.VTiger == c.VTiger })
		p.Operations = append(p.Operations,
			Operation{Side: contact.VTiger, Action: contact.Insert, Outlook: c.Outlook, Fields: copied(w, w.Outlook[c.Outlook])},
			Operation{Side: contact.Outlook, Action: contact.Insert, VTiger: c.VTiger, Fields: copied(w, w.VTiger[c.VTiger])})
		return true
	})
	return p
}

// copied gives every field of a record.
func copied(w World, r Seen) map[contact.Field]FieldChange {
	out := map[contact.Field]FieldChange{}
	for _, s := range w.Shapes {
		value := s.Carry(contact.VTiger, r.Contact[s.Field], r.Contact)
		out[s.Field] = FieldChange{After: value, Faces: Faces{value, value}}
	}
	return out
}

// linksWithoutMerging takes what two strangers show for agreed.
func linksWithoutMerging(w World) Plan {
	p := Make(w)
	for i, c := range p.Links {
		if c.Step != Attach {
			continue
		}
		p.Operations = slices.DeleteFunc(p.Operations, func(op Operation) bool { return op.VTiger == c.VTiger && op.Outlook == c.Outlook })
		p.Links[i].Base = Base{}
		for _, s := range w.Shapes {
			p.Links[i].Base[s.Field] = Faces{w.VTiger[c.VTiger].Contact[s.Field], w.Outlook[c.Outlook].Contact[s.Field]}
		}
	}
	return p
}

// standingBase lets nothing enter the base once a link is made.
func standingBase(w World) Plan {
	p := Make(w)
	for i, c := range p.Links {
		if c.Step == Move {
			p.Links[i].Base = nil
		}
	}
	for _, op := range p.Operations {
		for f, change := range op.Fields {
			if op.Action == contact.Update {
				change.Faces = Faces{"never shown", "never shown"}
				op.Fields[f] = change
			}
		}
	}
	return p
}

// writesAgreements writes to Outlook what both sides were edited to alike.
func writesAgreements(w World) Plan {
	p := Make(w)
	for _, c := range p.Links {
		for f, faces := range c.Base {
			if c.Step == Move && faces.VTiger == faces.Outlook {
				p.Operations = append(p.Operations, Operation{
					Side: contact.Outlook, Action: contact.Update, VTiger: c.VTiger, Outlook: c.Outlook,
					Fields: map[contact.Field]FieldChange{f: {Before: faces.Outlook, After: faces.Outlook, Faces: faces}},
				})
			}
		}
	}
	return p
}

// overwrites sends the whole record with every update.
func overwrites(w World) Plan {
	p := Make(w)
	for _, op := range p.Operations {
		if op.Action != contact.Update {
			continue
		}
		from, to := w.Of(op.Side.Other())[op.Of(op.Side.Other())].Contact, w.Of(op.Side)[op.Of(op.Side)].Contact
		for _, s := range w.Shapes {
			value := s.Carry(op.Side, from[s.Field], from)
			if _, there := op.Fields[s.Field]; !there && !s.Same(value, to[s.Field]) {
				op.Fields[s.Field] = FieldChange{Before: to[s.Field], After: value, Faces: facesOf(op.Side, value, from[s.Field])}
			}
		}
	}
	return p
}

// silent resolves conflicts without a word.
func silent(w World) Plan {
	p := Make(w)
	for _, op := range p.Operations {
		for f, change := range op.Fields {
			change.Conflict, change.Lost = false, ""
			op.Fields[f] = change
		}
	}
	return p
}

// overwritesSets writes the source's set as it is.
func overwritesSets(w World) Plan {
	p := Make(w)
	for _, op := range p.Operations {
		for f, change := range op.Fields {
			s, _ := w.shape(f)
			from := w.Of(op.Side.Other())[op.Of(op.Side.Other())].Contact
			if s.Type.IsSet() && op.Action == contact.Update {
				change.After = s.Carry(op.Side, from[f], from)
				change.Faces = facesOf(op.Side, change.After, from[f])
				op.Fields[f] = change
			}
		}
	}
	return p
}
