package api

import (
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

// probes tell a supervisor whether the process lives and whether it can work.
func (s *Server) probes(router *gin.Engine) {
	router.GET("/healthz", func(c *gin.Context) { c.String(http.StatusOK, "alive\n") })
	router.GET("/readyz", func(c *gin.Context) {
		if err := s.Ledger.Ping(c.Request.Context()); err != nil {
			writeProblem(c, problem(Unavailable, "The database does not answer."))
			return
		}
		if err := s.Ready(c.Request.Context()); err != nil {
			writeProblem(c, problem(Unavailable, "Temporal does not answer."))
			return
		}
		c.String(http.StatusOK, "ready\n")
	})
}

// reference is the readable form of the OpenAPI document. It loads nothing from outside.
var reference = template.Must(template.New("docs").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}} API</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}h2{border-bottom:1px solid #ccc;margin-top:2em}
code{background:#f3f3f3;padding:.1em .3em}.m{display:inline-block;width:5em;font-weight:bold}details{margin:.4em 0}table{border-collapse:collapse;margin:.5em 0 .5em 2em}
td,th{border:1px solid #ddd;padding:.2em .6em;text-align:left;vertical-align:top}</style></head><body>
<h1>{{.Title}} API</h1><p>{{.Description}}</p><p>The whole document: <a href="/openapi.json">/openapi.json</a></p>
{{range .Groups}}<h2>{{.Name}}</h2>{{range .Calls}}<details><summary><span class="m">{{.Method}}</span><code>{{.Path}}</code> {{.Summary}}</summary>
<p>{{.Description}}</p>{{if .Fields}}<table><tr><th>field</th><th>where</th><th>type</th><th>meaning</th></tr>
{{range .Fields}}<tr><td><code>{{.Name}}</code></td><td>{{.Where}}</td><td>{{.Type}}</td><td>{{.Meaning}}</td></tr>{{end}}</table>{{end}}
<p>Answers: {{range .Answers}}<code>{{.}}</code> {{end}}</p></details>{{end}}{{end}}</body></html>
`))

type referenceField struct{ Name, Where, Type, Meaning string }

type referenceCall struct {
	Method, Path, Summary, Description string
	Fields                             []referenceField
	Answers                            []string
}

type referenceGroup struct {
	Name  string
	Calls []referenceCall
}

// docs renders the document for people.
func (s *Server) docs(c *gin.Context, doc *huma.OpenAPI) {
	groups := map[string][]referenceCall{}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		item := doc.Paths[path]
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "PUT": item.Put, "POST": item.Post, "DELETE": item.Delete} {
			if op == nil {
				continue
			}
			groups[op.Tags[0]] = append(groups[op.Tags[0]], referenceCall{
				Method: method, Path: path, Summary: op.Summary, Description: op.Description,
				Fields: fieldsOf(doc, op), Answers: slices.Sorted(maps.Keys(op.Responses)),
			})
		}
	}
	var list []referenceGroup
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		calls := groups[name]
		slices.SortFunc(calls, func(a, b referenceCall) int {
			if a.Path != b.Path {
				return strings.Compare(a.Path, b.Path)
			}
			return strings.Compare(a.Method, b.Method)
		})
		list = append(list, referenceGroup{name, calls})
	}
	c.Header("Content-Type", "text/html; charset=utf-8")
	c.Header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	c.Status(http.StatusOK)
	_ = reference.Execute(c.Writer, map[string]any{"Title": doc.Info.Title, "Description": doc.Info.Description, "Groups": list})
}

// fieldsOf lists an operation's parameters and the fields of its body.
func fieldsOf(doc *huma.OpenAPI, op *huma.Operation) []referenceField {
	var out []referenceField
	for _, p := range op.Parameters {
		out = append(out, referenceField{p.Name, p.In, p.Schema.Type, p.Description})
	}
	if op.RequestBody == nil {
		return out
	}
	for _, media := range op.RequestBody.Content {
		schema := media.Schema
		if schema.Ref != "" {
			schema = doc.Components.Schemas.SchemaFromRef(schema.Ref)
		}
		for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
			p := schema.Properties[name]
			out = append(out, referenceField{name, "body", p.Type, p.Description})
		}
	}
	return out
}
