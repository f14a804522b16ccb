package console

import (
	"net/url"
	"slices"
	"strings"

	"contactbridge/internal/client"
)

// typed is a posted form that could not be used.
type typed struct {
	act     string
	values  url.Values
	problem *client.Problem
}

// form is what a form shows: what is stored or, after a refusal, what was typed and what is wrong with it. A field has the
// name of its place in the body of the API's call, so that what the API refuses stands beside it.
type form struct {
	Action string // where it is posted to
	ETag   string // of what it was made from; empty: it is not asked for

	texts  string
	values url.Values
	wrong  map[string]string // by field; nil: nothing
	fixed  map[string]string // why it cannot be changed here, by field
	notes  []string
}

// form makes the form of one of the page's acts. stored are the values of its fields.
func (v *visit) form(act string, stored url.Values) *form {
	f := &form{Action: v.action(act), texts: v.page.name, values: stored, fixed: map[string]string{}}
	if v.typed != nil && v.typed.act == act {
		f.values = v.typed.values
		f.refused(v.typed.problem)
	}
	return f
}

// action is where one of the page's forms is posted to, with the parameters of this visit.
func (v *visit) action(act string) string {
	path := v.page.at(act)
	for _, p := range v.Params {
		path = strings.Replace(path, ":"+p.Key, url.PathEscape(p.Value), 1)
	}
	return path
}

// refused sorts what a problem says to the fields. What belongs to no field is said above the form.
func (f *form) refused(p *client.Problem) {
	f.wrong = map[string]string{}
	if p.Errors == nil || len(*p.Errors) == 0 {
		f.notes = []string{p.Detail}
		return
	}
	for _, each := range *p.Errors {
		name := ""
		if each.Location != nil {
			name = strings.TrimPrefix(*each.Location, "body.")
		}
		if _, here := f.values[name]; !here {
			f.notes = append(f.notes, each.Message)
		}
		f.wrong[name] = strings.TrimSpace(f.wrong[name] + " " + each.Message)
	}
}

// Wrong are the sentences above the form; empty: nothing is wrong.
func (f *form) Wrong() []string {
	if f.wrong != nil && len(f.notes) == 0 {
		return []string{say("form.wrong")}
	}
	return f.notes
}

// Wrongs tells whether something is wrong with one of the fields.
func (f *form) Wrongs(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return f.wrong[name] != "" })
}

// Locked says why a field cannot be changed here.
func (f *form) Locked(name, why string) { f.fixed[name] = why }

// Set gives a field a value, whatever was typed.
func (f *form) Set(name, value string) { f.values.Set(name, value) }

// Value is what a field holds.
func (f *form) Value(name string) string { return f.values.Get(name) }

// Field is a field whose label is the page's text of its name, with the text name.help below, if there is one.
func (f *form) Field(name string) field { return f.Named(name, f.texts+"."+name) }

// Named is a field with a label of another key.
func (f *form) Named(name, key string) field {
	x := field{Name: name, Label: say(key), Value: f.values.Get(name), Values: f.values[name], Wrong: f.wrong[name], Fixed: f.fixed[name], Type: "text"}
	if catalogue.has(key + ".help") {
		x.Help = key + ".help"
	}
	return x
}

// field is what one field shows. Its methods give changed copies, for templates.
type field struct {
	Name, Label, Value, Wrong, Fixed, Type string

	Help     string // the key of its text
	Values   []string
	Optional bool
	Stored   bool // a secret is stored, which is never shown
	Options  []option
	Auto     string // what browsers may fill in
}

// option is a choice of a select or of radio buttons.
type option struct {
	Value, Text string
	Chosen      bool
}

// ID is the element's.
func (x field) ID() string { return "field-" + x.Name }

// Described are the ids of what explains the field.
func (x field) Described() string {
	var ids []string
	for suffix, there := range map[string]bool{"-help": x.Help != "", "-wrong": x.Wrong != "", "-fixed": x.Fixed != ""} {
		if there {
			ids = append(ids, x.ID()+suffix)
		}
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// Checked tells whether a checkbox is on.
func (x field) Checked() bool { return x.Value == "true" }

// As makes it an input of another type.
func (x field) As(kind string) field { x.Type = kind; return x }

// May lets it be empty.
func (x field) May() field { x.Optional = true; return x }

// Kept says whether a secret is stored.
func (x field) Kept(stored bool) field { x.Stored = stored; return x }

// Fill says what browsers may fill in.
func (x field) Fill(auto string) field { x.Auto = auto; return x }

// Of gives it choices: values whose texts have the keys key.value.
func (x field) Of(key string, values ...string) field {
	for _, value := range values {
		x.Options = append(x.Options, option{Value: value, Text: say(key + "." + value)})
	}
	return x.From(x.Options)
}

// From gives it choices.
func (x field) From(options []option) field {
	x.Options = slices.Clone(options)
	for i := range x.Options {
		x.Options[i].Chosen = slices.Contains(x.Values, x.Options[i].Value)
	}
	return x
}
