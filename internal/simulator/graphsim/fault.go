package graphsim

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Fault is a wrong answer. With a Code its body is an error of Graph; without one it is Body as it stands, which may
// be empty. For the operation token an AADSTS number makes it an error of the sign-in service.
type Fault struct {
	Status  int
	Code    string
	Message string
	Header  http.Header
	Body    string
	AADSTS  int
	// AfterCommit executes the request first: the write happened, and its answer is lost.
	AfterCommit bool
	// Drop cuts the connection instead of answering.
	Drop bool
	// User narrows the fault to one mailbox, by UPN, mail address or object id; "" is every mailbox.
	User string
}

// Throttled is a 429; retryAfter is in seconds and may be fractional, "" leaves the header out.
func Throttled(retryAfter string) Fault {
	f := Fault{
		Status: http.StatusTooManyRequests, Code: "ApplicationThrottled",
		Message: "Application is over its MailboxConcurrency limit.", Header: http.Header{},
	}
	if retryAfter != "" {
		f.Header.Set("Retry-After", retryAfter)
	}
	return f
}

// Blank is an answer with that status and no body at all.
func Blank(status int) Fault { return Fault{Status: status} }

// Page is an answer with that status and an HTML page, as a proxy in front of the service gives.
func Page(status int) Fault {
	return Fault{
		Status: status, Header: http.Header{"Content-Type": {"text/html"}},
		Body: "<html><head><title>" + http.StatusText(status) + "</title></head><body><h1>" +
			http.StatusText(status) + "</h1></body></html>",
	}
}

// GatewayTimeout is a 504 in the error shape of Graph.
func GatewayTimeout() Fault { return Fault{Status: http.StatusGatewayTimeout, Code: "UnknownError"} }

// InternalError is the 500 of Exchange.
func InternalError() Fault {
	r := internalError()
	return Fault{Status: r.status, Code: r.code, Message: r.message}
}

// Conflict is the 412 that the real service gives now and then, even without If-Match.
func Conflict() Fault {
	r := irresolvableConflict()
	return Fault{Status: r.status, Code: r.code, Message: r.message}
}

// ClaimsChallenge is the 401 of continuous access evaluation; claims is the JSON the client has to pass to sign-in.
func ClaimsChallenge(claims string) Fault {
	return Fault{
		Status: http.StatusUnauthorized, Code: "InvalidAuthenticationToken",
		Message: "Continuous access evaluation resulted in challenge with result: InteractionRequired.",
		Header: http.Header{"Www-Authenticate": {
			`Bearer realm="", error="insufficient_claims", claims="` + base64.StdEncoding.EncodeToString([]byte(claims)) + `"`,
		}},
	}
}

// SignInError is an answer of the token endpoint with that AADSTS number.
func SignInError(aadsts int) Fault { return Fault{AADSTS: aadsts} }

// Committed is f after the request was executed.
func (f Fault) Committed() Fault {
	f.AfterCommit = true
	return f
}

// faults holds what is to go wrong. The oldest rule that matches a request is used up first.
type faults struct {
	mu    sync.Mutex
	rules []*rule
	holds []*holdRule
}

type rule struct {
	op    string
	left  int
	fault Fault
	later *postponed // nil: never executed after a plain fault
}

// Fail makes the next n requests of that operation end with f; op is a name of [Server.Counts], or "*" for every
// operation. Parts of a $batch are met under their own names.
func (s *Server) Fail(op string, n int, f Fault) {
	s.faults.add(&rule{op: op, left: n, fault: f})
}

// Heal forgets all faults that did not happen yet.
func (s *Server) Heal() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.rules = nil
}

func (f *faults) add(r *rule) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = append(f.rules, r)
}

// take uses up one rule for the request; owner is nil where no mailbox is concerned.
func (f *faults) take(op string, owner *account) *rule {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.rules {
		if r.left > 0 && (r.op == op || r.op == "*") && r.fault.concerns(owner) {
			r.left--
			f.rules = slices.DeleteFunc(f.rules, func(r *rule) bool { return r.left == 0 })
			return r
		}
	}
	return nil
}

func (f Fault) concerns(owner *account) bool {
	if f.User == "" {
		return true
	}
	return owner != nil && slices.ContainsFunc([]string{owner.UPN, owner.Mail, owner.id}, func(name string) bool {
		return strings.EqualFold(name, f.User)
	})
}

// disturb executes a request, or lets it fail as ordered.
func (s *Server) disturb(c *call, op string, owner *account, do func() answer) answer {
	r := s.faults.take(op, owner)
	switch {
	case r == nil:
		return do()
	case r.later != nil:
		r.later.keep(func() { do() })
	case r.fault.AfterCommit:
		do()
	}
	return s.faultAnswer(c, r.fault)
}

func (s *Server) faultAnswer(c *call, f Fault) answer {
	var a answer
	switch {
	case f.AADSTS != 0:
		return s.signInAnswer(c, aadsts(f.AADSTS))
	case f.Code != "":
		a = s.refuse(c, refuse(f.Status, f.Code, f.Message))
	default:
		a = answer{status: f.Status, header: http.Header{}, body: []byte(f.Body)}
	}
	for name, values := range f.Header {
		a.header[http.CanonicalHeaderKey(name)] = slices.Clone(values)
	}
	a.drop = f.Drop
	return a
}
