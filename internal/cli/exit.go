package cli

import (
	"errors"
	"fmt"
	"net/http"

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
