package api

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// bodies are examples of what people send, by operation, where one made of single fields would make no sense.
var bodies = map[string]map[string]any{
	"sign-in":   {"username": "alice", "password": "her password in vTiger"},
	"start-run": {"preview": true},
	"undo-run":  {"preview": true},
	"put-microsoft": {
		"clientId": "66666666-7777-8888-9999-000000000000", "clientSecret": "the secret's value", "tenantId": "contoso.example",
		"redirectUrl": "https://bridge.example/oauth/callback", "secretExpiresAt": "2027-01-31",
	},
	"put-settings": {
		"folderId": "Contacts", "direction": "both", "conflictPolicy": "vtiger", "deleteInOutlook": true, "deleteInVtiger": false, "batchSize": 500,
		"mapping": []any{
			map[string]any{"outlook": "givenName", "vtiger": []any{"firstname"}, "direction": "both"},
			map[string]any{"outlook": "surname", "vtiger": []any{"lastname"}, "direction": "both"},
		},
		"conditions": []any{
			map[string]any{"field": "leadsource", "operator": "is", "value": "Web Site"},
			map[string]any{"field": "mailingcity", "operator": "isNotEmpty"},
		},
	},
	"put-alerts": {"webhookUrl": "https://hooks.example/bridge", "adminAddress": "ada@contoso.example"},
}

const someID = "0b9e1a52-3c1d-4c7e-9a55-6f2f6f1f9d10"

// named are examples of values whose names say what they are.
var named = map[string]any{
	"connection": someID, "connectionId": someID, "run": someID, "apply": someID, "cursor": "bG9nOjE3Njk4NjA4MDAwMDAwMDA6NDI", "userId": "19x5",
	"If-Match": `"3"`, "Idempotency-Key": "sync-2026-01-31", "mailbox": "alice@contoso.example", "token": "MRS7LMOYTQSYKJ2CKFHNTWYE5H",
	"state": "MRS7LMOYTQSYKJ2CKFHNTWYE5H", stateCookie: "MRS7LMOYTQSYKJ2CKFHNTWYE5H", "code": "0.AXoAqz", "admin_consent": "True",
	"error": "access_denied", "error_description": "AADSTS65004: User declined to consent.", "module": "Contacts", "name": "Customers",
}

// exemplify gives every parameter and every body of the document an example, and says of every error which kinds it has.
func exemplify(o *huma.OpenAPI) {
	for path, item := range o.Paths {
		for _, op := range operations(item) {
			for _, p := range op.Parameters {
				p.Example = cmp.Or(p.Example, parameterExample(o, path, p))
			}
			if op.RequestBody != nil {
				for _, media := range op.RequestBody.Content {
					media.Example = bodyExample(o, op.OperationID, media.Schema)
				}
			}
			for status, answer := range op.Responses {
				sayKinds(status, answer)
			}
		}
	}
}

// parameterExample tells an id by the path that it stands in.
func parameterExample(o *huma.OpenAPI, path string, p *huma.Param) any {
	switch {
	case p.Name == "id" && strings.Contains(path, "/users/"):
		return "19x5"
	case p.Name == "id" && p.Schema.Type == huma.TypeString:
		return someID
	}
	return exampleOf(o, p.Name, p.Schema)
}

func bodyExample(o *huma.OpenAPI, id string, s *huma.Schema) any {
	if ready, found := bodies[id]; found {
		return ready
	}
	return exampleOf(o, "", s)
}

// exampleOf makes an example of a schema: of what an object requires, or of all that it may have if it requires nothing.
func exampleOf(o *huma.OpenAPI, name string, s *huma.Schema) any {
	s = resolved(o, s)
	known, found := named[name]
	switch {
	case s == nil:
		return nil
	case len(s.Examples) > 0:
		return s.Examples[0]
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Default != nil:
		return s.Default
	case found && s.Type == huma.TypeString:
		return known
	}
	switch s.Type {
	case huma.TypeObject:
		fields := s.Required
		if len(fields) == 0 {
			fields = slices.Sorted(maps.Keys(s.Properties))
		}
		out := map[string]any{}
		for _, field := range fields {
			out[field] = exampleOf(o, field, s.Properties[field])
		}
		return out
	case huma.TypeArray:
		return []any{exampleOf(o, strings.TrimSuffix(name, "s"), s.Items)}
	case huma.TypeBoolean:
		return true
	case huma.TypeInteger, huma.TypeNumber:
		if s.Minimum != nil {
			return max(1, int(*s.Minimum))
		}
		return 1
	}
	return textExample(s)
}

func textExample(s *huma.Schema) string {
	formats := map[string]string{
		"date-time": "2026-01-31T12:00:00Z", "date": "2026-01-31", "email": "marie.curie@customer.example", "uri": "https://bridge.example/",
		"password": "a secret",
	}
	text := cmp.Or(formats[s.Format], "text")
	if s.MaxLength != nil && len(text) > *s.MaxLength {
		return text[:*s.MaxLength]
	}
	return text
}

// sayKinds lists the kinds of problems that a status can be.
func sayKinds(status string, answer *huma.Response) {
	media := answer.Content[problemType]
	code, err := strconv.Atoi(status)
	if media == nil || err != nil {
		return
	}
	var kinds []string
	for k, m := range meanings {
		if m.status == code {
			kinds = append(kinds, string(k))
		}
	}
	slices.Sort(kinds)
	answer.Description = http.StatusText(code) + ". Kinds of problems with this status: " + strings.Join(kinds, ", ")
	if len(kinds) > 0 {
		media.Example = refuse(kind(kinds[0]), "What is wrong this time, as a sentence.")
	}
}
