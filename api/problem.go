package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// problem is the body of every error (RFC 9457).
type problem struct {
	Type   string `json:"type" example:"urn:contactbridge:problem:invalid" doc:"The kind as a URN"`
	Title  string `json:"title" doc:"What the kind means; the same at every occurrence"`
	Status int    `json:"status" doc:"The HTTP status"`
	Detail string `json:"detail" doc:"What is wrong this time and what to do, as a sentence"`
	Kind   kind   `json:"kind" example:"invalid" doc:"The kind, for programs; it never changes"`
	Errors []flaw `json:"errors,omitempty" doc:"The places in the request that cannot work"`
	// Missing is what has to be done before, in that order.
	Missing []string `json:"missing,omitempty" doc:"The steps that have to be done first, in their order: microsoft, signIn, folder, mapping, preview"`

	header http.Header
}

// flaw is one thing wrong with one place of a request. It never repeats the value, which may be a secret.
type flaw struct {
	Location string `json:"location,omitempty" example:"body.mapping[3]" doc:"Where it is"`
	Message  string `json:"message" doc:"What is wrong with it"`
}

// refuse makes a problem of a kind.
func refuse(k kind, detail string, flaws ...flaw) *problem {
	m := meanings[k]
	p := &problem{
		Type: "urn:contactbridge:problem:" + string(k), Title: m.title, Status: m.status, Detail: detail, Kind: k, Errors: flaws,
		header: http.Header{},
	}
	if m.status == http.StatusUnauthorized {
		p.header.Set("WWW-Authenticate", `Bearer realm="contactbridge"`)
	}
	return p
}

// refuseField refuses a request because of one place in it.
func refuseField(location, message string) *problem {
	return refuse(invalid, message, flaw{Location: location, Message: message})
}

// Error gives kind and sentence.
func (p *problem) Error() string { return string(p.Kind) + ": " + p.Detail }

// GetStatus is how huma learns the status.
func (p *problem) GetStatus() int { return p.Status }

// GetHeaders is how huma learns the headers.
func (p *problem) GetHeaders() http.Header { return p.header }

// ContentType is how huma learns the media type.
func (p *problem) ContentType(string) string { return problemType }

const problemType = "application/problem+json"

// write answers outside of huma.
func (p *problem) write(w http.ResponseWriter) {
	for name, values := range p.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	// A client that hung up needs no answer.
	_ = json.NewEncoder(w).Encode(p)
}

// huma has one hook for the whole program by which it makes errors. Lists of ours are empty rather than null.
func init() { huma.NewError, huma.DefaultArrayNullable = asProblem, false }

// details are the sentences for what huma refuses by itself.
var details = map[kind]string{
	badRequest:     "The body of the request is missing or is not valid JSON.",
	requestTimeout: "The body of the request did not arrive in time.",
	tooLarge:       fmt.Sprintf("The body of the request is larger than %d bytes.", maxBody),
	noJSON:         "Send the body as application/json.",
	invalid:        "Some of the request cannot be used; errors names the places.",
}

// asProblem words what huma refuses. A problem that is already one passes; texts of other errors and values, which huma
// would repeat, stay behind.
func asProblem(status int, _ string, errs ...error) huma.StatusError {
	k := ofStatus(status)
	p := refuse(k, details[k])
	if p.Detail == "" {
		p.Detail = p.Title + "."
	}
	for _, err := range errs {
		var ready *problem
		if errors.As(err, &ready) {
			return ready
		}
		var known huma.ErrorDetailer
		if errors.As(err, &known) {
			d := known.ErrorDetail()
			p.Errors = append(p.Errors, flaw{Location: d.Location, Message: d.Message})
		}
	}
	return p
}
