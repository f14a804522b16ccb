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

// Shapes says how each row's values are compared and what each side can hold, in the table's order. region is the
// country of phone numbers without an international prefix.
func (m Mapping) Shapes(region string) []contact.Shape {
	out := make([]contact.Shape, 0, len(m))
	for _, r := range m {
		p, ok := PropertyOf(r.Outlook)
		if !ok || len(r.VTiger) == 0 {
			continue // Check refuses such rows
		}
		s := contact.Shape{
			Field: r.Field(), Type: p.Type, Direction: r.Direction, Region: region,
			Limits: map[contact.Side]int{contact.Outlook: p.Most, contact.VTiger: limitOf(r, p)},
			BMP:    map[contact.Side]bool{contact.VTiger: true},
		}
		if slices.Contains(mandatory, r.VTiger[0]) {
			s.Required, s.Fallback = contact.VTiger, m.fallback()
		}
		out = append(out, s)
	}
	return out
}

// fallback lists what stands in for a missing last name: the mapped ones of given name, company and e-mail.
func (m Mapping) fallback() []contact.Field {
	var out []contact.Field
	for _, f := range []contact.Field{"givenName", "companyName", "emailAddresses"} {
		if _, ok := m.row(f); ok {
			out = append(out, f)
		}
	}
	return out
}

// limitOf is how many members (sets) or characters (text) the row's vTiger fields hold; 0 when unknown.
func limitOf(r Row, p Property) int {
	if p.Type.IsSet() {
		return len(r.VTiger)
	}
	return columns[r.VTiger[0]]
}
