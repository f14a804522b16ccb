package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

// spec is the document as it is served, with a validator of its own that shares nothing with huma's.
type spec struct {
	calls    []specCall
	schemas  map[string]any
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema
}

// specCall is one call of the document.
type specCall struct {
	method, path, id string
	parameters       []specParameter
	body             map[string]any // its schema; nil without a body
	example          any
	responses        map[string]specResponse
}

type specParameter struct {
	Name, In string
	Required bool
	Schema   map[string]any
	Example  any
}

type specResponse struct {
	Content map[string]any
}

func readSpec(t testing.TB, r *rig) *spec {
	raw := caller{r, ""}.do("GET", "/openapi.json", nil).raw
	var document struct {
		Paths map[string]map[string]struct {
			OperationID string
			Parameters  []specParameter
			RequestBody struct {
				Content map[string]struct {
					Schema  map[string]any
					Example any
				}
			}
			Responses map[string]specResponse
		}
		Components struct{ Schemas map[string]any }
	}
	require.NoError(t, json.Unmarshal([]byte(raw), &document))
	whole, err := jsonschema.UnmarshalJSON(strings.NewReader(raw))
	require.NoError(t, err)
	s := &spec{schemas: document.Components.Schemas, compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
	s.compiler.AssertFormat()
	require.NoError(t, s.compiler.AddResource("mem:///openapi.json", whole))
	for _, path := range slices.Sorted(maps.Keys(document.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(document.Paths[path])) {
			d := document.Paths[path][method]
			media := d.RequestBody.Content["application/json"]
			s.calls = append(s.calls, specCall{strings.ToUpper(method), path, d.OperationID, d.Parameters, media.Schema, media.Example, d.Responses})
		}
	}
	return s
}

// fault says what is wrong with an answer to a call; empty when the document allows it.
func (s *spec) fault(c specCall, a reply) string {
	answer, documented := c.responses[fmt.Sprint(a.status)]
	if !documented {
		return "the status is not documented"
	}
	if len(answer.Content) == 0 {
		if a.raw != "" {
			return "a body is not documented"
		}
		return ""
	}
	mediaType, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil || answer.Content[mediaType] == nil {
		return "the type " + a.header.Get("Content-Type") + " is not documented"
	}
	if !strings.HasSuffix(mediaType, "json") {
		return ""
	}
	escape := strings.NewReplacer("~", "~0", "/", "~1").Replace
	at := fmt.Sprintf("mem:///openapi.json#/paths/%s/%s/responses/%d/content/%s/schema", escape(c.path), strings.ToLower(c.method), a.status, escape(mediaType))
	schema := s.compiled[at]
	if schema == nil {
		if schema, err = s.compiler.Compile(strings.NewReplacer("{", "%7B", "}", "%7D", "+", "%2B").Replace(at)); err != nil {
			return "its schema is none: " + err.Error()
		}
		s.compiled[at] = schema
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(a.raw))
	if err == nil {
		err = schema.Validate(value)
	}
	if err != nil {
		return "it is not as documented: " + err.Error()
	}
	return ""
}
