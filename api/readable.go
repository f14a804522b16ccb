package api

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// readableAPI is the OpenAPI document as the page shows it.
type readableAPI struct {
	Title, Version, Description string
	Groups                      []readableGroup
}

type readableGroup struct {
	Name  string
	Calls []readableCall
}

type readableCall struct {
	Method, Path, ID, Summary string
	Description               string
	Example                   string // of the body
	Locked                    bool
	Parameters                []readableField
	Body                      []readableField
	Answers                   []readableAnswer
}

type readableAnswer struct {
	Status, Description, Type string
	Fields                    []readableField
}

type readableField struct {
	Name, Where, Type, Description string
	Required                       bool
}

// readable groups the calls by tag.
func readable(o *huma.OpenAPI) readableAPI {
	out := readableAPI{Title: o.Info.Title, Version: o.Info.Version, Description: o.Info.Description}
	groups := map[string][]readableCall{}
	for path, item := range o.Paths {
		for method, op := range operations(item) {
			groups[op.Tags[0]] = append(groups[op.Tags[0]], call(o, method, path, op))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		slices.SortFunc(groups[name], func(a, b readableCall) int {
			return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method))
		})
		out.Groups = append(out.Groups, readableGroup{name, groups[name]})
	}
	return out
}

// operations gives the methods of a path that this API uses.
func operations(item *huma.PathItem) map[string]*huma.Operation {
	all := map[string]*huma.Operation{
		http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
	}
	maps.DeleteFunc(all, func(_ string, op *huma.Operation) bool { return op == nil })
	return all
}

func call(o *huma.OpenAPI, method, path string, op *huma.Operation) readableCall {
	out := readableCall{Method: method, Path: path, ID: op.OperationID, Summary: op.Summary, Description: op.Description, Locked: len(op.Security) > 0}
	for _, p := range op.Parameters {
		out.Parameters = append(out.Parameters, readableField{p.Name, p.In, typeOf(o, p.Schema), cmp.Or(p.Description, p.Schema.Description), p.Required})
	}
	if op.RequestBody != nil {
		for _, media := range op.RequestBody.Content {
			out.Body = fieldsOf(o, media.Schema)
			if raw, err := json.MarshalIndent(media.Example, "", "  "); err == nil { // else the page does without
				out.Example = string(raw)
			}
		}
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		answer := readableAnswer{Status: status, Description: op.Responses[status].Description}
		for mediaType, media := range op.Responses[status].Content {
			answer.Type = mediaType
			if mediaType != problemType {
				answer.Fields = fieldsOf(o, media.Schema)
			}
		}
		out.Answers = append(out.Answers, answer)
	}
	return out
}
