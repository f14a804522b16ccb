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
