package fieldmap

import (
	"strings"

	"contactbridge/internal/contact"
)

// Read gives the record's face of every mapped field.
func (m Mapping) Read(side contact.Side, values map[string]string) contact.Contact {
	c := contact.Contact{}
	for _, r := range m {
		v := values[r.Outlook]
		if side == contact.VTiger {
			v = readSlots(r.VTiger, values)
		}
		if strings.TrimSpace(v) != "" {
			c[r.Field()] = v
		}
	}
	return c
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
		native := map[string]string{r.Outlook: v}
		if side == contact.VTiger {
			native = writeSlots(r.VTiger, v, before)
		}
		for name, value := range native {
			if before[name] != value {
				out[name] = value
			}
		}
	}
	return out
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
