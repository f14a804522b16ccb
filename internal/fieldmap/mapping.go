// Package fieldmap says how a contact is spelled on either side: the mapping table, and record ⇄ contact by it.
//
// It is pure and knows both sides' field names, but speaks to neither.
package fieldmap

import (
	"slices"

	"contactbridge/internal/contact"
)

// Row maps an Outlook property to the vTiger fields that hold the same. A list property (e-mails, phones) may be spread
// over several vTiger fields, and the transforms join and first take several names on one side; else a row names one each.
// A fixed value has a name on the side that takes it only.
type Row struct {
	Outlook   string            `json:"outlook" doc:"Outlook property, such as givenName or businessAddress.city; empty for a fixed value into vTiger"`
	VTiger    []string          `json:"vtiger" doc:"vTiger fields that hold it: one, or several for a list property, join and first; none for a fixed value into Outlook"`
	Direction contact.Direction `json:"direction" enum:"both,toOutlook,toVtiger" doc:"Which way its values may travel"`
	Also      []string          `json:"also,omitempty" maxItems:"10" doc:"join, first: the Outlook properties after the first, in order"`
	Transform *Transform        `json:"transform,omitempty" doc:"How its values are written; without it as they are"`
}

// Field is the row's key: its first Outlook property, which no other row of a mapping has, or its vTiger field if it has no
// Outlook property.
func (r Row) Field() contact.Field {
	if r.Outlook == "" && len(r.VTiger) > 0 {
		return contact.Field("vtiger." + r.VTiger[0])
	}
	return contact.Field(r.Outlook)
}

// SpelledAs tells whether both rows read and write the same values, whichever way they may travel.
func (r Row) SpelledAs(o Row) bool {
	return r.Outlook == o.Outlook && slices.Equal(r.Also, o.Also) && slices.Equal(r.VTiger, o.VTiger) && r.Transform.equal(o.Transform)
}

// names are the row's fields on a side, in order.
func (r Row) names(side contact.Side) []string {
	switch {
	case side == contact.VTiger:
		return r.VTiger
	case r.Outlook == "":
		return r.Also
	}
	return append([]string{r.Outlook}, r.Also...)
}

// is tells whether the row has the transform.
func (r Row) is(k Kind) bool { return r.Transform != nil && r.Transform.Kind == k }

// Mapping is the table of one connection.
type Mapping []Row

// row finds a row by its key.
func (m Mapping) row(f contact.Field) (Row, bool) {
	i := slices.IndexFunc(m, func(r Row) bool { return r.Field() == f })
	if i < 0 {
		return Row{}, false
	}
	return m[i], true
}

// Place is where a mapping is used.
type Place struct {
	Module string // of vTiger
	Region string // the country of phone numbers without an international prefix
	Astral bool   // vTiger's database holds characters above U+FFFF, such as emoji
}

// Shapes says how each row's values are compared and what each side can hold, in the table's order.
func (m Mapping) Shapes(at Place) []contact.Shape {
	of := modules[at.Module]
	out := make([]contact.Shape, 0, len(m))
	for _, r := range m {
		p, ok := r.property()
		if !ok || len(r.VTiger) == 0 && !r.is(Fixed) {
			continue // Check refuses such rows
		}
		s := contact.Shape{
			Field: r.Field(), Type: p.Type, Direction: r.Direction, Region: at.Region,
			Limits: map[contact.Side]int{contact.Outlook: p.Most, contact.VTiger: of.limit(r, p)},
			BMP:    map[contact.Side]bool{contact.VTiger: !at.Astral},
			Spell:  r.spell(of, at.Region),
		}
		if of.demands(r) {
			s.Required, s.Fallback = contact.VTiger, m.fallback(r.Field())
		}
		out = append(out, s)
	}
	return out
}

// fallback lists what stands in for a missing mandatory field: the other mapped ones of the names, the company and e-mail.
func (m Mapping) fallback(missing contact.Field) []contact.Field {
	var out []contact.Field
	for _, f := range []contact.Field{"givenName", "surname", "companyName", "emailAddresses"} {
		if _, ok := m.row(f); ok && f != missing {
			out = append(out, f)
		}
	}
	return out
}

// limit is how many members (sets) or characters (text) the row's vTiger fields hold; 0 when unknown.
func (of module) limit(r Row, p Property) int {
	switch {
	case p.Type.IsSet():
		return len(r.VTiger)
	case len(r.VTiger) == 1:
		return of.columns[r.VTiger[0]]
	}
	return 0 // parts have a limit each
}

// demands tells whether vTiger refuses a record in which the row is empty.
func (of module) demands(r Row) bool {
	return len(r.VTiger) > 0 && (r.VTiger[0] == of.mandatory || r.is(Join) && slices.Contains(r.VTiger, of.mandatory))
}

// property is what the row's values are compared as: its first Outlook property, or a text if it has none.
func (r Row) property() (Property, bool) {
	if r.Outlook == "" && r.is(Fixed) {
		return Property{Type: contact.Text}, true
	}
	return PropertyOf(r.Outlook)
}
