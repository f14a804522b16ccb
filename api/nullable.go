package api

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// nullable lets the document say of objects that are always answered, but may be null, that they may be null. huma has no
// word for that.
func nullable(o *huma.OpenAPI) {
	for name, schema := range o.Components.Schemas.Map() {
		t := o.Components.Schemas.TypeFromRef("#/components/schemas/" + name)
		if t == nil || t.Kind() != reflect.Struct {
			continue
		}
		for _, f := range reflect.VisibleFields(t) {
			field, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			p := schema.Properties[field]
			if f.Type.Kind() == reflect.Pointer && p != nil && p.Ref != "" && slices.Contains(schema.Required, field) {
				schema.Properties[field] = &huma.Schema{Description: p.Description, AnyOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}}}
			}
		}
	}
}

// downgrade gives the document in the form of OpenAPI 3.0, which has another word for null than huma's translation knows.
func downgrade(o *huma.OpenAPI) ([]byte, error) {
	raw, err := o.Downgrade()
	if err != nil {
		return nil, err
	}
	var document any
	if err := json.Unmarshal(raw, &document); err != nil {
		return nil, err
	}
	nullableOld(document)
	return json.Marshal(document)
}

// nullableOld spells "this or null" as OpenAPI 3.0 does, everywhere below a value.
func nullableOld(value any) {
	switch v := value.(type) {
	case map[string]any:
		if either, is := v["anyOf"].([]any); is && len(either) == 2 {
			if second, _ := either[1].(map[string]any); second["type"] == "null" {
				delete(v, "anyOf")
				v["allOf"], v["nullable"] = either[:1], true
			}
		}
		for _, inner := range v {
			nullableOld(inner)
		}
	case []any:
		for _, inner := range v {
			nullableOld(inner)
		}
	}
}
