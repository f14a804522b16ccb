package cli

import (
	"errors"
	"fmt"
	"strings"

	"contactbridge/internal/client"
)

// tries are the commands that help with a kind of problem.
var tries = map[string]string{
	"not-signed-in": "contactbridge login", "needs-sign-in": "contactbridge connect --wait", "needs-folder": "contactbridge connect --folder NAME",
	"needs-preview": "contactbridge preview", "preview-outdated": "contactbridge preview",
}

// complain prints an error: as its document for programs, else as a sentence and, if one helps, a command.
func (c *call) complain(err error) {
	var f *Failure
	var p *client.Problem
	isFailure, isProblem := errors.As(err, &f), errors.As(err, &p)
	if c.json() {
		if isProblem {
			printJSON(c.Err, p)
			return
		}
		if !isFailure {
			f = &Failure{Kind: "failed", Sentence: err.Error()}
		}
		printJSON(c.Err, f)
		return
	}
	sentence, try := err.Error(), ""
	switch {
	case isFailure:
		try = f.Try
	case isProblem:
		sentence, try = strings.TrimSuffix(sentence, p.Error())+sentenceOf(p), tries[p.Kind]
	}
	fmt.Fprintf(c.Err, "contactbridge: %s\n", clean(sentence))
	if try != "" {
		fmt.Fprintf(c.Err, "try: %s\n", clean(try))
	}
}

// sentenceOf says what is wrong and where.
func sentenceOf(p *client.Problem) string {
	if p.Kind == "not-signed-in" {
		return "You are not signed in, or the sign-in has expired."
	}
	if p.Errors == nil || len(*p.Errors) == 0 {
		return p.Detail
	}
	var flaws []string
	for _, f := range *p.Errors {
		flaw := f.Message
		if f.Location != nil {
			flaw = strings.TrimPrefix(*f.Location, "body.") + ": " + flaw
		}
		flaws = append(flaws, flaw)
	}
	return strings.Join(flaws, "; ")
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
