package worker_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"contactbridge/internal/contact"
)

// sentence is one form that a line of a story may have. In its form {who} is a person, {side} vTiger or Outlook, {name} a
// contact's name in the story, {n} a number, {fields} pairs like title=CEO, {word} one word, {text} the fewest that will do, and
// {rest} all that is left.
type sentence struct {
	form string
	do   func(s *story, x said) error
}

// said gives what stood in a sentence's gaps, by the gap's kind and in order.
type said struct {
	who         []*actor
	names       []string
	side        contact.Side
	n           int
	fields      []pair
	text, other string
}

// language is every sentence that stories are told in, by the pattern of its form.
var language = sync.OnceValue(func() []spoken {
	var all []spoken
	for _, part := range [][]sentence{havings, deeds, settings, syncs, troubles, facts, questions} {
		for _, known := range part {
			all = append(all, spoken{pattern(known.form), known.do})
		}
	}
	return all
})

type spoken struct {
	form *regexp.Regexp
	do   func(s *story, x said) error
}

var gaps = map[string]string{
	"{who}": `(?P<who>Alice|Bob|Ada)`, "{side}": `(?P<side>vTiger|Outlook)`, "{name}": `(?P<name>[A-Z][\w'-]*)`, "{n}": `(?P<n>\d+)`,
	"{fields}": `(?P<fields>.+)`, "{text}": `(?P<text>.+?)`, "{word}": `(?P<text>[\w.+-]+)`,
	"{contacts}": `contacts?`, "{questions}": `questions?`, "{rest}": `(?P<text>.+)`,
}

var gap = regexp.MustCompile(`\\\{(\w+)\\\}`)

// pattern turns a form into an expression; runs of spaces are one.
func pattern(form string) *regexp.Regexp {
	n := 0
	quoted := gap.ReplaceAllStringFunc(regexp.QuoteMeta(form), func(g string) string {
		n++ // no two groups of an expression may have the same name
		return strings.Replace(gaps["{"+g[2:len(g)-2]+"}"], ">", strconv.Itoa(n)+">", 1)
	})
	return regexp.MustCompile("^" + strings.ReplaceAll(quoted, " ", `\s+`) + "$")
}

// say plays one line.
func (s *story) say(text string) error {
	for _, known := range language() {
		found := known.form.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		heard, err := s.hear(known.form.SubexpNames(), found)
		if err != nil {
			return err
		}
		return known.do(s, heard)
	}
	return fmt.Errorf("no sentence of the stories has this form")
}

// hear reads what stands in the gaps.
func (s *story) hear(kinds, found []string) (out said, err error) {
	for i, kind := range kinds {
		switch value := found[i]; strings.TrimRight(kind, "0123456789") {
		case "who":
			out.who = append(out.who, s.actors[value])
		case "name":
			out.names = append(out.names, value)
		case "side":
			out.side = contact.Outlook
			if value == "vTiger" {
				out.side = contact.VTiger
			}
		case "n":
			out.n, err = strconv.Atoi(value)
		case "fields":
			out.fields, err = readPairs(value)
		case "text":
			if out.text == "" {
				out.text = value
			} else {
				out.other = value
			}
		}
		if err != nil {
			return out, err
		}
	}
	return out, nil
}
