package vtiger

import "contactbridge/internal/contact"

// The codes of vTiger's errors that mean something to us.
const (
	codeDenied      = "ACCESS_DENIED"
	codeInternal    = "INTERNAL_SERVER_ERROR"
	codeSyntax      = "QUERY_SYNTAX_ERROR"
	codeCredentials = "INVALID_USER_CREDENTIALS"
	codeToken       = "INVALID_AUTH_TOKEN"
	codeMandatory   = "MANDATORY_FIELDS_MISSING"
	codeReference   = "REFERENCE_INVALID"
	codeID          = "INVALID_ID_ATTRIBUTE"
	codeDuplicate   = "0"    // the number 0
	codePassword    = "1210" // of the Mobile module: a number
)

// sessionCodes say that the session has ended: log in again and repeat. A session that PHP collected gives the first,
// one whose parameter got lost the last.
var sessionCodes = map[string]bool{
	"INVALID_SESSIONID":       true,
	"SESSION_EXPIRED":         true,
	"SESSION_LEFT_IDLE":       true,
	"AUTHENTICATION_REQUIRED": true,
}

// The two messages that tell, under one code, a record that is not there from one that is not visible.
const (
	messageNoRecord   = "Permission to perform the operation is denied"
	messageNotVisible = "Permission to read given object is denied"
)

// failure is the error of a read that vTiger answered with a code.
func failure(doing string, a answer) error {
	e := &contact.Error{Kind: contact.Unavailable, Doing: doing, Code: a.code, Sentence: "vTiger failed to answer."}
	switch a.code {
	case codeDenied:
		e.Kind, e.Sentence = contact.NeedsAdmin, "vTiger does not let the integration account do this: check its rights and the module."
	case codeSyntax, codeID:
		e.Kind, e.Sentence = contact.Bug, ""
	}
	return e
}
