package graphsim

import (
	"encoding/json"
	"net/http"
	"strings"
)

// errorTime is how innerError writes its date: UTC without a zone.
const errorTime = "2006-01-02T15:04:05"

// refusal is an answer of Graph that is an error.
type refusal struct {
	status  int
	code    string
	message string
	header  http.Header
	inner   map[string]any // replaces date in innerError
	limit   bool           // too many values; its code is a switch
}

func refuse(status int, code, message string) *refusal {
	return &refusal{status: status, code: code, message: message}
}

func badRequest(message string) *refusal {
	return refuse(http.StatusBadRequest, "BadRequest", message)
}

func itemNotFound() *refusal {
	return refuse(http.StatusNotFound, "ErrorItemNotFound", "The specified object was not found in the store.")
}

func idMalformed() *refusal {
	return refuse(http.StatusBadRequest, "ErrorInvalidIdMalformed", "Id is malformed.")
}

func irresolvableConflict() *refusal {
	return refuse(http.StatusPreconditionFailed, "ErrorIrresolvableConflict",
		"The send or update operation could not be performed because the change key passed in the request does not "+
			"match the current change key for the item.")
}

func unauthorized(message string) *refusal {
	r := refuse(http.StatusUnauthorized, "InvalidAuthenticationToken", message)
	r.header = http.Header{"Www-Authenticate": {`Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"`}}
	return r
}

func accessDenied(message string) *refusal {
	return refuse(http.StatusForbidden, "ErrorAccessDenied", message)
}

// refuse renders the error shape of Graph.
func (s *Server) refuse(c *call, r *refusal) answer {
	inner := map[string]any{"date": s.now().UTC().Format(errorTime)}
	if r.inner != nil {
		inner = r.inner
	}
	inner["request-id"] = c.requestID
	inner["client-request-id"] = c.clientRequestID()
	a := jsonAnswer(r.status, map[string]any{
		"error": map[string]any{"code": r.code, "message": r.message, "innerError": inner},
	})
	for name, values := range r.header {
		a.header[name] = values
	}
	if !strings.HasPrefix(c.path, graphPrefix) {
		a.header.Set("Content-Type", "application/json; charset=utf-8")
	}
	return a
}

// answer is a response before it is written, so that it can also become a part of a $batch, be held or be lost.
type answer struct {
	status int
	header http.Header
	body   []byte
	drop   bool // the connection is cut instead
}

const graphJSON = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

func jsonAnswer(status int, value any) answer {
	// Every value rendered here is made of JSON types; encoding cannot fail.
	body, _ := json.Marshal(value)
	return answer{status: status, header: http.Header{"Content-Type": {graphJSON}}, body: body}
}

func (a answer) write(w http.ResponseWriter, _ *http.Request) {
	if a.drop {
		panic(http.ErrAbortHandler) // the documented way to cut the connection without an answer
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the client may be gone
}
