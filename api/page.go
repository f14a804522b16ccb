package api

import (
	"bytes"
	"html/template"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// page is an HTML answer. Nothing on it comes from elsewhere, nobody may frame it, and its address, which may hold a
// token, is not told to other sites. (The policy is not "no-referrer": browsers would then send a form without its origin.)
type page struct {
	Status      int
	ContentType string   `header:"Content-Type"`
	Cache       string   `header:"Cache-Control"`
	Policy      string   `header:"Content-Security-Policy"`
	Referrer    string   `header:"Referrer-Policy"`
	Location    string   `header:"Location"`
	SetCookie   []string `header:"Set-Cookie"`
	Body        []byte
}

const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"

// words is what a page says; Button makes it a form that posts to the page's own address.
type words struct {
	Title  string
	Lines  []string
	Wrong  string // what cannot work in what was entered
	Inputs []input
	Button string
	Link   link // where to go on; zero: nowhere
}

// link leads to a page of the console.
type link struct{ To, Text string }

// input is what a form asks for.
type input struct {
	Name, Label, Type, Value string
	Optional                 bool
}

var pageTemplate = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}} – Contact Bridge</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;background:#f3f4f6;color:#111}main{max-width:32rem;margin:4rem auto;padding:2rem;background:#fff;border-radius:.5rem}
input{font:inherit;padding:.4rem}input:not([type=checkbox]){width:100%;box-sizing:border-box}
button{font:inherit;padding:.6rem 1.4rem;border:0;border-radius:.3rem;background:#0b5cad;color:#fff;cursor:pointer}</style></head>
<body><main><h1>{{.Title}}</h1>{{range .Lines}}<p>{{.}}</p>{{end}}{{if .Wrong}}<p role="alert"><strong>{{.Wrong}}</strong></p>{{end}}{{if .Button}}<form method="post">
{{- range .Inputs}}<p><label>{{.Label}}<br><input name="{{.Name}}" type="{{.Type}}" value="{{.Value}}" autocomplete="off"{{if not .Optional}} required{{end}}></label></p>{{end}}<button>{{.Button}}</button></form>{{end}}{{with .Link.To}}<p><a href="{{.}}">{{$.Link.Text}}</a></p>{{end}}</main></body></html>
`))

// show makes a page.
func show(status int, w words) (*page, error) {
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, w); err != nil {
		return nil, err
	}
	policy := pagePolicy
	if len(w.Inputs) > 0 { // what is typed here stays here; the other forms lead on to Microsoft
		policy += "; form-action 'self'"
	}
	return &page{
		Status: status, ContentType: "text/html; charset=utf-8", Cache: "no-store", Policy: policy, Referrer: "same-origin", Body: out.Bytes(),
	}, nil
}

// apologize makes a page of a problem.
func apologize(p *problem) (*page, error) {
	return show(p.Status, words{Title: p.Title, Lines: []string{p.Detail}})
}

// onPage begins the description of a call that answers with a page.
func onPage(method, path, id, summary string, statuses ...int) huma.Operation {
	op := on(method, path, "Sign-in pages", id, summary)
	op.DefaultStatus, op.Responses = statuses[0], map[string]*huma.Response{}
	for _, status := range statuses {
		op.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: "A page for people", Content: map[string]*huma.MediaType{"text/html": {Schema: &huma.Schema{Type: huma.TypeString}}},
		}
	}
	return op
}
