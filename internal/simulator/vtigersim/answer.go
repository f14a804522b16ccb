package vtigersim

import (
	"bytes"
	"errors"
	"maps"
	"net/http"
	"strconv"
)

// answer is a whole HTTP reply.
type answer struct {
	status      int
	contentType string
	body        []byte
	refused     bool // anything but a success
	extra       http.Header
}

// refusal is vTiger's error reply, which comes with HTTP 200. Code is a string
// but for duplicates and the Mobile module, which use integers.
type refusal struct {
	code    any
	message string
}

func (r *refusal) Error() string { return r.message }

// Errors that have no JSON form.
var (
	// errFatal is an uncaught PHP error.
	errFatal = errors.New("HTTP 500 with an empty body")
	// errRestricted answers restrictedText: a record was stored for an owner that
	// does not exist.
	errRestricted = errors.New("restricted file")
)

// Refusals of vTiger 8.3.0, codes and texts as recorded.
var (
	errDenied         = &refusal{"ACCESS_DENIED", "Permission to perform the operation is denied"}
	errDeniedID       = &refusal{"ACCESS_DENIED", "Permission to perform the operation is denied for id"}
	errDeniedName     = &refusal{"ACCESS_DENIED", "Permission to perform the operation is denied for name"}
	errDeniedQuery    = &refusal{"ACCESS_DENIED", "Permission to perform the operation is denied for query"}
	errDeniedObject   = &refusal{"ACCESS_DENIED", "Permission to read given object is denied"}
	errNoUserName     = &refusal{"ACCESS_DENIED", "No username given"}
	errUnknownUser    = &refusal{"ACCESS_DENIED", "username does not exists"}
	errBadToken       = &refusal{"INVALID_AUTH_TOKEN", "Specified token is invalid or expired"}
	errBadCredentials = &refusal{"INVALID_USER_CREDENTIALS", "Invalid username or password"}
	errBadSession     = &refusal{"INVALID_SESSIONID", "Session Identifier provided is Invalid"}
	errNoSession      = &refusal{"AUTHENTICATION_REQUIRED", "Authencation required"}
	errInternal       = &refusal{"INTERNAL_SERVER_ERROR", "Unknown Error while processing request"}
	errBadID          = &refusal{"INVALID_ID_ATTRIBUTE", "Id specified is incorrect"}
	errDuplicate      = &refusal{0, "Duplicate(s) detected!"}
)

const (
	jsonType = "application/json"
	htmlType = "text/html; charset=UTF-8"

	restrictedText = "Sorry! Attempt to access restricted file."
	phpWarning     = "<br />\n<b>Warning</b>:  Undefined array key \"HTTP_REFERER\" in <b>webservice.php</b> on line <b>32</b><br />\n"
)

// reply renders what an operation returned.
func reply(result any, err error) answer {
	var no *refusal
	switch {
	case err == nil:
		return jsonAnswer(object{{"success", true}, {"result", result}}, false)
	case errors.As(err, &no):
		return jsonAnswer(object{{"success", false}, {"error", object{{"message", no.message}, {"code", no.code}}}}, true)
	case errors.Is(err, errRestricted):
		return answer{status: http.StatusOK, contentType: htmlType, body: []byte(restrictedText), refused: true}
	default:
		return answer{status: http.StatusInternalServerError, contentType: htmlType, refused: true}
	}
}

func jsonAnswer(value any, refused bool) answer {
	var body bytes.Buffer
	encode(&body, value)
	return answer{status: http.StatusOK, contentType: jsonType, body: body.Bytes(), refused: refused}
}

func (a answer) write(w http.ResponseWriter) {
	header := w.Header()
	maps.Copy(header, a.extra)
	header.Set("Content-Type", a.contentType)
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the client may have gone; nothing is to be done about it
}
