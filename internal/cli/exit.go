package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"

	"contactbridge/internal/client"
)

// The exit codes, which scripts rely on.
const (
	Done        = iota
	Failed      // it was refused, or a run failed
	WrongUse    // the command line is wrong; nothing was asked
	NotAllowed  // nobody is signed in, or they may not do this
	NeedsPerson // a person has to do something first: sign a mailbox in, look at a preview, answer what is held
	NoAnswer    // the service, or one that it needs, does not answer
)

// Codes says what the exit codes mean.
const Codes = `exit codes
  0  done
  1  failed
  2  wrong use; nothing was asked
  3  not signed in, or not allowed
  4  needs something from a person: a preview, a sign-in, a missing step, an answer to what is held
  5  the service, or one that it needs, does not answer
`

// Exit is the error of a command about which everything was printed.
type Exit struct{ Code int }

// Error says with which code the program ends.
func (e *Exit) Error() string { return fmt.Sprintf("exit code %d", e.Code) }

// Failure is what went wrong on this side of the API.
type Failure struct {
	Code     int    `json:"-"`
	Kind     string `json:"kind"`
	Sentence string `json:"detail"`
	Try      string `json:"-"` // a command that helps
}

// Error gives the sentence.
func (f *Failure) Error() string { return f.Sentence }

// wrong says that the command line is wrong.
func wrong(format string, args ...any) error {
	return &Failure{Code: WrongUse, Kind: "wrong-use", Sentence: fmt.Sprintf(format, args...)}
}

// needs says that a person has to do something, and with which command.
func needs(try, format string, args ...any) error {
	return &Failure{Code: NeedsPerson, Kind: "needs-person", Sentence: fmt.Sprintf(format, args...), Try: try}
}

func failed(format string, args ...any) error {
	return &Failure{Code: Failed, Kind: "failed", Sentence: fmt.Sprintf(format, args...)}
}

// codes of the API's kinds of problems; others fail.
var codes = map[string]int{
	"step-1-missing": NeedsPerson, "needs-sign-in": NeedsPerson, "needs-folder": NeedsPerson, "needs-mapping": NeedsPerson,
	"needs-preview": NeedsPerson, "preview-outdated": NeedsPerson, "needs-admin": NeedsPerson,
}

// tries are the commands that help with a kind of problem.
var tries = map[string]string{
	"not-signed-in": "contactbridge login", "needs-sign-in": "contactbridge connect --wait", "needs-folder": "contactbridge connect --folder NAME",
	"needs-preview": "contactbridge preview", "preview-outdated": "contactbridge preview",
}

func codeOf(err error) int {
	var f *Failure
	var p *client.Problem
	switch {
	case errors.As(err, &f):
		return f.Code
	case !errors.As(err, &p):
		return Failed
	case codes[p.Kind] != 0:
		return codes[p.Kind]
	case p.Status == http.StatusUnauthorized || p.Status == http.StatusForbidden:
		return NotAllowed
	case p.Status == http.StatusServiceUnavailable:
		return NoAnswer
	}
	return Failed
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

// answer is what every call of the client gives.
type answer interface {
	client.Answer
	ContentType() string
}

// ask takes what a call of the client gives. Its error is a problem of the API, or says that nobody of ours answers.
func ask[A answer](a A, err error) (A, error) {
	if err != nil {
		return a, unreachable(err)
	}
	if a.StatusCode()/100 == 2 && a.StatusCode() != http.StatusNoContent && !strings.Contains(a.ContentType(), "json") {
		return a, &Failure{Code: NoAnswer, Kind: "no-answer", Sentence: "What answers at this address is not Contact Bridge."}
	}
	err = client.Refused(a)
	var p *client.Problem
	if err != nil && !errors.As(err, &p) {
		return a, &Failure{Code: NoAnswer, Kind: "no-answer", Sentence: upper(err.Error()) + "."}
	}
	return a, err
}

// unreachable words that no answer came, or none that can be read.
func unreachable(err error) error {
	if errors.Is(err, context.Canceled) {
		return &Failure{Code: Failed, Kind: "interrupted", Sentence: "Interrupted."}
	}
	where, why := "", err.Error()
	var u *url.Error
	if errors.As(err, &u) {
		if at, parsed := url.Parse(u.URL); parsed == nil {
			where = " at " + at.Scheme + "://" + at.Host
		}
		why = u.Err.Error()
		var op *net.OpError
		if errors.As(u.Err, &op) {
			why = op.Err.Error()
		}
		var system *os.SyscallError
		if errors.As(u.Err, &system) {
			why = system.Err.Error()
		}
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		why = "its answer is not JSON"
	}
	return &Failure{Code: NoAnswer, Kind: "no-answer", Sentence: fmt.Sprintf("The service%s does not answer: %s.", where, why)}
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
