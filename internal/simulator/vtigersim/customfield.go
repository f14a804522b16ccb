package vtigersim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// CustomField is a field that an administrator added to a module in the layout editor.
type CustomField struct {
	Name    string // "cf_901": the number differs per installation
	Label   string
	Type    string   // vTiger's name of the type: string, picklist, multipicklist, boolean, date, url, reference …
	Choices []string // of a picklist
	// RefersTo are the modules of a reference.
	RefersTo []string
}

// WithFields adds custom fields to a module, for every user. A module that is not simulated gets none.
func WithFields(module string, fields ...CustomField) Option {
	return func(s *Server) { s.custom[module] = append(s.custom[module], fields...) }
}

// describe is the field's part of the describe answer.
func (f CustomField) describe() ([]byte, error) {
	kind := map[string]any{"name": f.Type}
	if len(f.RefersTo) > 0 {
		kind["refersTo"] = f.RefersTo
	}
	if len(f.Choices) > 0 {
		values := make([]map[string]string, len(f.Choices))
		for i, choice := range f.Choices {
			values[i] = map[string]string{"label": choice, "value": choice}
		}
		kind["picklistValues"], kind["defaultValue"] = values, f.Choices[0]
	}
	return json.Marshal(map[string]any{
		"name": f.Name, "label": f.Label, "mandatory": false, "type": kind, "isunique": false, "nullable": true, "editable": true, "default": "",
	})
}

// with is the module with more fields. Its recordings and fields are ours to choose, so a wrong one panics as schema does.
func (m *module) with(fields []CustomField) *module {
	if len(fields) == 0 {
		return m
	}
	describes := [][]byte{m.admin, m.ordinary}
	for _, f := range fields {
		text, err := f.describe()
		if err != nil {
			panic(fmt.Sprintf("vtigersim: custom field %s: %v", f.Name, err))
		}
		for i := range describes {
			const head = `"fields":[`
			describes[i] = bytes.Replace(describes[i], []byte(head), slices.Concat([]byte(head), text, []byte(",")), 1)
		}
	}
	made, err := newModule(describes[0])
	if err != nil {
		panic(fmt.Sprintf("vtigersim: module %s with custom fields: %v", m.Name, err))
	}
	if m.ordinary != nil {
		made.ordinary = describes[1]
	}
	return made
}
