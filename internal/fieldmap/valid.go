package fieldmap

import (
	"fmt"
	"slices"

	"contactbridge/internal/contact"
)

// VTigerField is what validation needs of a vTiger field as describe tells it.
type VTigerField struct {
	Name     string
	Type     string // vTiger's type name: string, text, email, phone, date, reference …
	Editable bool
	RefersTo []string // of a reference: the modules it can refer to
	Choices  []string // of a picklist: its values; empty when unknown
}

// Problem is one thing wrong with a mapping, naming the row by its place.
type Problem struct {
	Row     int // from 0; -1 for the table as a whole
	Message string
}

// Check lists everything that would keep the mapping from working with the module, which has these fields.
func (m Mapping) Check(module string, fields []VTigerField) []Problem {
	of, supported := modules[module]
	if !supported {
		return []Problem{{-1, fmt.Sprintf("the vTiger module %q cannot be synced", module)}}
	}
	var out []Problem
	usedO, usedV := map[string]bool{}, map[string]bool{}
	for i, r := range m {
		for _, message := range r.check(fields) {
			out = append(out, Problem{i, message})
		}
		for _, message := range of.checkRoom(r) {
			out = append(out, Problem{i, message})
		}
		for _, f := range r.names(contact.Outlook) {
			if usedO[f] {
				out = append(out, Problem{i, fmt.Sprintf("Outlook property %q is mapped twice", f)})
			}
			usedO[f] = true
		}
		for _, f := range r.VTiger {
			if usedV[f] {
				out = append(out, Problem{i, fmt.Sprintf("vTiger field %q is mapped twice", f)})
			}
			usedV[f] = true
		}
	}
	if !usedV[of.mandatory] {
		out = append(out, Problem{-1, fmt.Sprintf("vTiger's %s must be mapped: vTiger takes no %s without it", of.mandatory, of.noun)})
	}
	return out
}

// check lists what is wrong with one row by itself.
func (r Row) check(fields []VTigerField) []string {
	var out []string
	p, known := r.property()
	if !known {
		out = append(out, fmt.Sprintf("there is no Outlook property %q", r.Outlook))
	}
	for _, name := range r.Also {
		if other, found := PropertyOf(name); !found {
			out = append(out, fmt.Sprintf("there is no Outlook property %q", name))
		} else if known && other.Type != p.Type {
			out = append(out, fmt.Sprintf("Outlook property %q holds another kind of value than %q", name, r.Outlook))
		}
	}
	if err := r.Direction.EnsureValid(); err != nil {
		out = append(out, err.Error())
	}
	several := r.is(Join) || r.is(First)
	if len(r.VTiger) == 0 && !r.is(Fixed) {
		out = append(out, "no vTiger field is named")
	}
	if len(r.VTiger) > 1 && known && !p.Type.IsSet() && !several && !r.is(Fixed) {
		out = append(out, fmt.Sprintf("Outlook property %q holds one value, so it takes one vTiger field", r.Outlook))
	}
	if len(r.Also) > 0 && !several {
		out = append(out, "several Outlook properties take the transform join or first")
	}
	for _, name := range r.VTiger {
		if message := r.checkField(name, p, fields); message != "" {
			out = append(out, message)
		}
	}
	if known {
		out = append(out, r.checkTransform(p, fields)...)
	}
	return out
}

// checkField says what is wrong with one vTiger field of the row; empty when nothing is.
func (r Row) checkField(name string, p Property, fields []VTigerField) string {
	i := slices.IndexFunc(fields, func(f VTigerField) bool { return f.Name == name })
	if i < 0 {
		return fmt.Sprintf("there is no vTiger field %q", name)
	}
	f := fields[i]
	if message := f.unmappable(); message != "" {
		return message
	}
	writes := r.Direction.Allows(contact.VTiger)
	dates := p.Type == contact.Date || p.Type == contact.Text && f.Type == "date" // a date can be told as a text
	switch {
	case r.is(Fixed) && (f.Type == "reference" || !f.Editable):
		return fmt.Sprintf("vTiger field %q cannot be written, so it takes no fixed value", name)
	case writes && f.Type == "reference":
		return fmt.Sprintf("vTiger field %q points to another record, so its direction must be toOutlook", name)
	case writes && !f.Editable:
		return fmt.Sprintf("vTiger field %q cannot be written, so its direction must be toOutlook", name)
	case (f.Type == "date") != dates:
		return fmt.Sprintf("vTiger field %q and Outlook property %q must both be dates or both not", name, r.Outlook)
	}
	return ""
}
