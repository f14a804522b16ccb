// Package fieldmap says how a contact is spelled on either side: the mapping table, and record ⇄ contact by it.
//
// It is pure and knows both sides' field names, but speaks to neither.
package fieldmap

import (
	"slices"

	"contactbridge/internal/contact"
)

// Row maps one Outlook property to the vTiger fields that hold the same. A list property (e-mails, phones) may be spread
// over several vTiger fields; every other row names exactly one.
type Row struct {
	Outlook   string            `json:"outlook" doc:"Outlook property, such as givenName or businessAddress.city"`
	VTiger    []string          `json:"vtiger" doc:"vTiger fields that hold it: one, or several for a list property"`
	Direction contact.Direction `json:"direction" enum:"both,toOutlook,toVtiger" doc:"Which way its values may travel"`
}

// Field is the row's key: the Outlook property, which no other row of a mapping has.
func (r Row) Field() contact.Field { return contact.Field(r.Outlook) }

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
		p, ok := PropertyOf(r.Outlook)
		if !ok || len(r.VTiger) == 0 {
			continue // Check refuses such rows
		}
		s := contact.Shape{
			Field: r.Field(), Type: p.Type, Direction: r.Direction, Region: at.Region,
			Limits: map[contact.Side]int{contact.Outlook: p.Most, contact.VTiger: of.limit(r, p)},
			BMP:    map[contact.Side]bool{contact.VTiger: !at.Astral},
		}
		if r.VTiger[0] == of.mandatory {
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
	if p.Type.IsSet() {
		return len(r.VTiger)
	}
	return of.columns[r.VTiger[0]]
}
