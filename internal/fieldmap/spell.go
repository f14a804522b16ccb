package fieldmap

import (
	"strings"

	"contactbridge/internal/contact"
)

// Read gives the record's face of every mapped field. A fixed value is the source's face wherever the source holds anything.
func (m Mapping) Read(side contact.Side, values map[string]string) contact.Contact {
	c := contact.Contact{}
	for _, r := range m {
		if v := r.read(side, values); strings.TrimSpace(v) != "" {
			c[r.Field()] = v
		}
	}
	if len(c) == 0 {
		return c
	}
	for _, r := range m {
		if r.is(Fixed) && len(r.names(side)) == 0 {
			c[r.Field()] = r.Transform.Value
		}
	}
	return c
}

// read gives the face of what the row's fields hold.
func (r Row) read(side contact.Side, values map[string]string) string {
	names := r.names(side)
	if len(names) < 2 || !r.is(Join) && !r.is(First) {
		return readSlots(names, values)
	}
	held := make([]string, len(names))
	for i, name := range names {
		held[i] = values[name]
	}
	if r.is(Join) {
		return r.Transform.joined(held)
	}
	for _, v := range held {
		if strings.TrimSpace(v) != "" {
			return v
		}
	}
	return ""
}

// readSlots joins what several fields hold, in their order; one field's text is left as it is.
func readSlots(fields []string, values map[string]string) string {
	if len(fields) == 1 {
		return values[fields[0]]
	}
	var members []string
	for _, f := range fields {
		if v := strings.TrimSpace(values[f]); v != "" {
			members = append(members, v)
		}
	}
	return strings.Join(members, "\n")
}

// Write spells changed fields for a side: only native fields that then differ from before (nil for an insert), an empty
// value clearing. Fields outside the mapping are never named.
func (m Mapping) Write(side contact.Side, changes contact.Contact, before map[string]string) map[string]string {
	out := map[string]string{}
	for _, r := range m {
		v, changed := changes[r.Field()]
		if !changed {
			continue
		}
		for name, value := range r.write(side, v, before) {
			if before[name] != value {
				out[name] = value
			}
		}
	}
	return out
}

// write spells one value for a side's fields. Where the first of several is read, nothing is written.
func (r Row) write(side contact.Side, v string, before map[string]string) map[string]string {
	names := r.names(side)
	switch {
	case len(names) > 1 && r.is(First):
		return nil
	case len(names) > 1 && r.is(Join):
		return r.inParts(names, v, before)
	}
	return writeSlots(names, v, before)
}

// writeSlots spreads a set over fields: a member keeps the field that holds it now, new ones take free fields in order.
func writeSlots(fields []string, v string, before map[string]string) map[string]string {
	if len(fields) == 1 {
		return map[string]string{fields[0]: v}
	}
	native, left := map[string]string{}, contact.Lines(v)
	for _, f := range fields {
		native[f] = ""
		for i, member := range left {
			if before[f] != "" && strings.TrimSpace(before[f]) == member {
				native[f], left = before[f], append(append([]string{}, left[:i]...), left[i+1:]...)
				break
			}
		}
	}
	for _, f := range fields {
		if native[f] == "" && len(left) > 0 {
			native[f], left = left[0], left[1:]
		}
	}
	return native
}
