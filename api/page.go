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

const (
	pagePolicy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
	docsPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
)

// words is what a page says; Button makes it a form that posts to the page's own address.
type words struct {
	Title  string
	Lines  []string
	Wrong  string // what cannot work in what was entered
	Inputs []input
	Button string
	Next   *next
}

// next is where the person goes on, in the console.
type next struct{ Path, Text string }

// input is what a form asks for.
type input struct {
	Name, Label, Type, Value string
	Optional                 bool
}

// pageTemplate looks like the console, whose stylesheet it uses: both are served together.
var pageTemplate = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>{{.Title}} – Contact Bridge</title><link rel="stylesheet" href="/assets/console.css"><link rel="icon" href="/assets/icon.svg" type="image/svg+xml"></head>
<body class="narrow"><header class="top"><a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="28" height="28">Contact Bridge</a></header>
<main><h1>{{.Title}}</h1><div class="card">{{range .Lines}}<p>{{.}}</p>{{end}}{{if .Wrong}}<p class="notice bad" role="alert">{{.Wrong}}</p>{{end}}{{if .Button}}<form method="post">
{{- range .Inputs}}{{if eq .Type "checkbox"}}<div class="row"><label class="choice"><input name="{{.Name}}" type="checkbox" value="{{.Value}}"> {{.Label}}</label></div>
{{- else}}<div class="row"><label for="{{.Name}}">{{.Label}}</label><input id="{{.Name}}" name="{{.Name}}" type="{{.Type}}" value="{{.Value}}" autocomplete="off"{{if not .Optional}} required{{end}}></div>{{end}}{{end}}
<div class="actions"><button>{{.Button}}</button></div></form>{{end}}{{with .Next}}<p><a class="button" href="{{.Path}}">{{.Text}}</a></p>{{end}}</div></main></body></html>
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
	return show(p.Status, words{Title: p.Title, Lines: []string{p.Detail}, Next: &next{"/", "Go on in Contact Bridge"}})
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
