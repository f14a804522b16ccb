package console

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"contactbridge/internal/client"
)

// What a line shows before it is opened whole: a page stays light, whatever people write into contacts.
const (
	mostName   = 80 // characters
	mostValue  = 50
	mostDetail = 420 // bytes of fields and values
)

// logLine is a line of the log.
type logLine struct {
	client.OperationView

	When   moment
	Look   string // of what came of it
	Into   string // "in Outlook"
	Fields []logField
	Names  []string // of the fields, where their values are not shown
	More   int      // fields and texts that are cut
	Whole  bool     // nothing is cut
	Run    string   // where its run is shown
	Flow   string   // … in Temporal's Web UI
}

type logField struct {
	Name, Before, After, Lost string
	Conflict                  bool
}

// outcomeLooks are the looks of the badges, which say in words too what they mean.
var outcomeLooks = map[string]string{"done": "good", "failed": "bad", "held": "warn", "unclear": "busy"}

func (v *visit) logLine(o client.OperationView, whole string) logLine {
	l := logLine{OperationView: o, When: v.moment(o.Time), Look: outcomeLooks[o.Outcome], Whole: o.ID == whole}
	l.Run, l.Flow = v.runAt(o.Run), v.workflowAt(o.Connection)
	if o.Direction != nil {
		l.Into = word("log.direction", *o.Direction)
	}
	if l.Name = l.cut(o.Name, mostName); strings.TrimSpace(l.Name) == "" {
		l.Name = say("log.nameless")
	}
	room := mostDetail
	for _, name := range slices.Sorted(maps.Keys(o.Fields)) {
		f := o.Fields[name]
		if f.Before == nil && f.After == nil {
			l.Names = append(l.Names, spaced(name))
			continue
		}
		row := logField{spaced(name), l.cut(text(f.Before), mostValue), l.cut(text(f.After), mostValue), l.cut(text(f.Lost), mostValue), f.Conflict != nil && *f.Conflict}
		if room -= len(row.Name) + len(row.Before) + len(row.After) + len(row.Lost) + 60; room < 0 && !l.Whole && len(l.Fields) > 0 {
			l.More++
			continue
		}
		l.Fields = append(l.Fields, row)
	}
	return l
}

// cut shortens a text of a line that is not shown whole, and counts that.
func (l *logLine) cut(s string, most int) string {
	if l.Whole || utf8.RuneCountInString(s) <= most {
		return s
	}
	l.More++
	return string([]rune(s)[:most]) + "…"
}

// runAt is the page of a run; where there is none, its lines of the log.
func (v *visit) runAt(id string) string {
	if slices.ContainsFunc(v.console.pages, func(p *page) bool { return p.path == "/runs/:id" }) {
		return "/runs/" + id
	}
	return logPath + "?run=" + id
}

// spaced is the name of a field of Outlook as people read it: "Job title" for jobTitle.
func spaced(name string) string {
	var out strings.Builder
	for i, r := range name {
		switch {
		case i == 0:
			r = unicode.ToUpper(r)
		case unicode.IsUpper(r):
			out.WriteByte(' ')
			r = unicode.ToLower(r)
		}
		out.WriteRune(r)
	}
	return cmp.Or(out.String(), name)
}

// logChoices are the values of the filters with choices.
var logChoices = map[string][]string{
	"action":    {"insert", "update", "delete", "link", "skip", "conflict", "error"},
	"outcome":   {"done", "held", "unclear", "failed", "skipped", "discarded", "undone"},
	"direction": {"toOutlook", "toVtiger"},
}

// Pick gives a filter its choices, the first of which is none.
func (p logPage) Pick(f field) field {
	options := []option{{Text: say("log.any")}}
	for _, value := range logChoices[f.Name] {
		options = append(options, option{Value: value, Text: word("log."+f.Name, value)})
	}
	return f.From(options)
}
