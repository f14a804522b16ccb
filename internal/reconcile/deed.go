package reconcile

import "contactbridge/internal/contact"

// Deed is an operation that took effect, of a run that is to be taken back.
type Deed struct {
	ID int64
	Operation
	Base Base // a deletion's: the base of the link that ended with it
	// Left tells how the record compares with what the deed left, in whatever field; LeftUnknown where nobody noted that.
	Left Left
}

// Left is whether a record is still what an operation left.
type Left int

// The three.
const (
	LeftUnknown Left = iota
	LeftIntact
	LeftTouched
)

// outcome is what all deeds of one record came to.
type outcome struct {
	side            contact.Side
	vtiger, outlook string
	link            int64
	deeds           []int64
	first, last     contact.Action
	before, after   contact.Contact // of the fields that were written; an empty value is there too
	base            Base
	left            Left
}

// of gives the record id on a side.
func (o *outcome) of(s contact.Side) string { return Link{VTiger: o.vtiger, Outlook: o.outlook}.Of(s) }

// outcomes adds deeds up, given in the order in which they took effect, by side and record.
func outcomes(deeds []Deed) []*outcome {
	var out []*outcome
	known := map[[2]string]*outcome{}
	for _, d := range deeds {
		key := [2]string{string(d.Side), d.Of(d.Side)}
		o := known[key]
		if o == nil {
			o = &outcome{side: d.Side, vtiger: d.VTiger, outlook: d.Outlook, first: d.Action, before: contact.Contact{}, after: contact.Contact{}}
			known[key] = o
			out = append(out, o)
		}
		o.add(d)
	}
	return out
}

// add lets one more deed count: the earliest value of a field is the one before, the latest the one after.
func (o *outcome) add(d Deed) {
	o.deeds, o.last, o.left = append(o.deeds, d.ID), d.Action, d.Left
	if d.Action == contact.Delete {
		o.base, o.link = d.Base, d.Link
	}
	for f, c := range d.Fields {
		if _, written := o.before[f]; !written {
			o.before[f] = c.Before
		}
		o.after[f] = c.After
	}
}
