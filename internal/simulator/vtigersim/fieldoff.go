package vtigersim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// SetFieldOff removes a field from a module in the layout editor, or puts it back: nothing describes it or answers with
// it, a query that names it is denied, and what is sent of it is ignored, as with every unknown name. What records hold
// in it stays in the database. That a removed field is like an unknown one is read in vTiger's source, not recorded.
func (s *Server) SetFieldOff(module, field string, off bool) error {
	if t := s.tables[module]; t == nil || t.module.at(field) < 0 {
		return fmt.Errorf("take a field off: module %q has no field %q", module, field)
	}
	s.switches.set(func(w *switches) {
		held := slices.DeleteFunc(slices.Clone(w.fieldsOff[module]), func(name string) bool { return name == field })
		if off {
			held = append(held, field)
		}
		if w.fieldsOff == nil {
			w.fieldsOff = map[string][]string{}
		}
		w.fieldsOff[module] = held
	})
	return nil
}

func (w *switches) offFields(module string) []string {
	return read(w, func() []string { return w.fieldsOff[module] })
}

// used is the module as it is used now.
func (s *Server) used(m *module) *module { return m.without(s.switches.offFields(m.Name)) }

// without is the module as it is used while fields are off. The positions of the others stay, for records are stored by
// them; a field that is off has no name.
func (m *module) without(off []string) *module {
	if len(off) == 0 {
		return m
	}
	less := *m
	less.Fields, less.position = slices.Clone(m.Fields), maps.Clone(m.position)
	for _, name := range off {
		less.Fields[m.at(name)] = field{}
		delete(less.position, name)
	}
	less.admin, less.ordinary = undescribed(m.admin, off), undescribed(m.ordinary, off)
	return &less
}

// undescribed is a describe answer without some fields.
func undescribed(describe json.RawMessage, off []string) json.RawMessage {
	if describe == nil {
		return nil
	}
	var whole map[string]json.RawMessage
	var fields []map[string]any
	err := json.Unmarshal(describe, &whole)
	if err == nil {
		err = json.Unmarshal(whole["fields"], &fields)
	}
	fields = slices.DeleteFunc(fields, func(f map[string]any) bool {
		return slices.ContainsFunc(off, func(name string) bool { return f["name"] == name })
	})
	if err == nil {
		whole["fields"], err = json.Marshal(fields)
	}
	text, failed := json.Marshal(whole)
	if err != nil || failed != nil {
		panic(fmt.Sprintf("vtigersim: module without %v: %v, %v", off, err, failed)) // what was read once can be read again
	}
	return text
}
