package api

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// deepest ends the listing of fields of fields; no schema of ours is deeper.
const deepest = 4

// fieldsOf lists the fields of a schema, those of objects and lists inside it too, by dotted names.
func fieldsOf(o *huma.OpenAPI, s *huma.Schema) []readableField {
	var out []readableField
	var walk func(at string, s *huma.Schema, depth int)
	walk = func(at string, s *huma.Schema, depth int) {
		s = resolved(o, s)
		if s == nil || depth > deepest {
			return
		}
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
			p := s.Properties[name]
			out = append(out, readableField{
				Name: at + name, Type: typeOf(o, p), Description: describe(p), Required: slices.Contains(s.Required, name),
			})
			inner, mark := resolved(o, p), "."
			if inner != nil && inner.Items != nil {
				inner, mark = resolved(o, inner.Items), "[]."
			}
			walk(at+name+mark, inner, depth+1)
		}
	}
	walk("", s, 1)
	return out
}

// resolved follows a reference.
func resolved(o *huma.OpenAPI, s *huma.Schema) *huma.Schema {
	if s != nil && s.Ref != "" {
		return o.Components.Schemas.SchemaFromRef(s.Ref)
	}
	return s
}

// typeOf names a type for people.
func typeOf(o *huma.OpenAPI, s *huma.Schema) string {
	null := ""
	if s != nil && s.Nullable {
		null = " or null"
	}
	switch s = resolved(o, s); {
	case s == nil:
		return ""
	case s.Items != nil:
		return "list of " + cmp.Or(typeOf(o, s.Items), "values") + null
	case s.Format != "" && s.Type == huma.TypeString:
		return s.Format + null
	}
	return s.Type + null
}

// describe adds to the description what the schema allows.
func describe(s *huma.Schema) string {
	parts := []string{s.Description}
	if len(s.Enum) > 0 {
		values := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			values[i] = fmt.Sprint(v)
		}
		parts = append(parts, "One of "+strings.Join(values, ", "))
	}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), ". ")
}
