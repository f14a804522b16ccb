package api

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// Kind tells programs what is wrong; it is the end of a problem's type.
type Kind string

// The kinds of problems.
const (
	Unauthenticated  Kind = "unauthenticated"
	Forbidden        Kind = "forbidden"
	NotFound         Kind = "not-found"
	MethodNotAllowed Kind = "method-not-allowed"
	Conflict         Kind = "conflict"
	LostRace         Kind = "lost-race"
	Invalid          Kind = "invalid"
	TooLarge         Kind = "too-large"
	Step1Missing     Kind = "step-1-missing"
	NeedsSignIn      Kind = "needs-sign-in"
	NeedsFolder      Kind = "needs-folder"
	NeedsAdmin       Kind = "needs-admin"
	Unavailable      Kind = "unavailable"
	Throttled        Kind = "throttled"
	Internal         Kind = "internal"
)

// statuses is the one table from kinds to HTTP.
var statuses = map[Kind]int{
	Unauthenticated: 401, Forbidden: 403, NotFound: 404, MethodNotAllowed: 405, Conflict: 409, LostRace: 412, Invalid: 422,
	TooLarge: 413, Step1Missing: 409, NeedsSignIn: 409, NeedsFolder: 409, NeedsAdmin: 409, Unavailable: 503, Throttled: 503, Internal: 500,
}

// Problem is every error that the API answers, as RFC 9457 has it.
type Problem struct {
	huma.ErrorModel
	Kind Kind `json:"kind" doc:"What is wrong, for programs"`
}

// problem makes one; fields name what is wrong in the request.
func problem(kind Kind, detail string, fields ...*huma.ErrorDetail) *Problem {
	status := statuses[kind]
	return &Problem{Kind: kind, ErrorModel: huma.ErrorModel{
		Type: "urn:contactbridge:problem:" + string(kind), Title: http.StatusText(status), Status: status, Detail: detail, Errors: fields,
	}}
}

// wrong names one field of the request's body.
func wrong(field, message string) *huma.ErrorDetail {
	return &huma.ErrorDetail{Location: "body." + field, Message: message}
}

// invalid refuses one field.
func invalid(field, message string) error {
	return problem(Invalid, message, wrong(field, message))
}

func init() {
	// Huma's own refusals become problems too. The refused values are left out: one may be a secret.
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		p := problem(kindOf(status), message)
		p.Status, p.Title = status, http.StatusText(status)
		for _, err := range errs {
			var detailer huma.ErrorDetailer
			if errors.As(err, &detailer) {
				d := *detailer.ErrorDetail()
				d.Value = nil
				p.Errors = append(p.Errors, &d)
			}
		}
		return p
	}
}

// kindOf gives the kind of a status that huma chose.
func kindOf(status int) Kind {
	switch {
	case status == http.StatusRequestEntityTooLarge:
		return TooLarge
	case status == http.StatusUnauthorized:
		return Unauthenticated
	case status >= 500:
		return Internal
	}
	return Invalid
}

// kinds translates a side's kinds.
var kinds = map[contact.Kind]Kind{
	contact.Throttled: Throttled, contact.Unavailable: Unavailable, contact.NeedsSignIn: NeedsSignIn, contact.NeedsAdmin: NeedsAdmin,
	contact.BadInput: Invalid, contact.BadRecord: Invalid,
}

// translate makes a problem of any error. What is not meant for people stays in the log.
func (s *Server) translate(err error) error {
	var p *Problem
	var side *contact.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		return p
	case errors.Is(err, ledger.ErrNotFound):
		return problem(NotFound, "There is no such thing, or it is not yours.")
	case errors.Is(err, ledger.ErrMoved):
		return problem(LostRace, "Somebody else changed it meanwhile; read it again.")
	case errors.As(err, &side) && kinds[side.Kind] != "":
		s.Log.Warn("a side refused", "error", err)
		return problem(kinds[side.Kind], contact.SentenceOf(err))
	}
	s.Log.Error("a request failed", "error", err)
	return problem(Internal, "An internal error occurred.")
}

func isNotFound(err error) bool { return errors.Is(err, ledger.ErrNotFound) }

// writeProblem answers outside of huma.
func writeProblem(c *gin.Context, p *Problem) {
	c.Header("Content-Type", "application/problem+json")
	c.Status(p.Status)
	_ = json.NewEncoder(c.Writer).Encode(p)
	c.Abort()
}
