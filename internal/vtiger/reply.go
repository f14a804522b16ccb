package vtiger

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
)

// errNotAReply says that a body holds no vTiger reply.
var errNotAReply = errors.New("not a vTiger reply")

// noCode stands for an error without a code, or with one that could be a text.
const noCode = "NO_CODE"

// codeForm is what a code looks like. Codes get into errors and logs, so nothing else counts as one.
var codeForm = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,60}$`)

// answer is a decoded reply: a result, or a code and message. The message stays in this package, since it may quote data.
type answer struct {
	result  json.RawMessage
	code    string // empty on success
	message string
	session string // the name of the session that gave it
}

// decode reads a reply. It copes with PHP warnings before the JSON, raw control characters inside strings, and codes
// that are numbers (0 for a duplicate, 1210 for a wrong password).
func decode(body []byte) (answer, error) {
	var reply struct {
		Success *bool           `json:"success"`
		Result  json.RawMessage `json:"result"`
		Error   struct {
			Message json.RawMessage `json:"message"`
			Code    json.RawMessage `json:"code"`
		} `json:"error"`
	}
	start := bytes.IndexByte(body, '{')
	if at := bytes.Index(body, []byte(`{"success"`)); at >= 0 {
		start = at
	}
	if start < 0 {
		return answer{}, errNotAReply
	}
	// Only the first value counts: PHP notices may follow it too.
	if err := json.NewDecoder(bytes.NewReader(makeValid(body[start:]))).Decode(&reply); err != nil || reply.Success == nil {
		return answer{}, errNotAReply
	}
	if *reply.Success {
		if len(reply.Result) == 0 {
			return answer{}, errNotAReply
		}
		return answer{result: reply.Result}, nil
	}
	code, _ := scalar(reply.Error.Code)
	message, _ := scalar(reply.Error.Message)
	if !codeForm.MatchString(code) {
		code = noCode
	}
	return answer{code: code, message: message}, nil
}

// The codes that tell what a body is that holds no vTiger reply.
const (
	codeNotJSON   = "not-json"
	codeWebPage   = "web-page"
	codeOtherJSON = "other-json"
	codeNoBody    = "no-body"
)

// strange tells what a body is that decode refused.
func strange(body []byte) string {
	body = bytes.ToLower(bytes.TrimSpace(body))
	switch {
	case len(body) == 0:
		return codeNoBody
	case json.Valid(body):
		return codeOtherJSON
	case bytes.HasPrefix(body, []byte("<")) && bytes.Contains(body, []byte("<html")):
		return codeWebPage
	}
	return codeNotJSON
}

// scalar reads a JSON string, number, boolean or null as text, without the control characters that a field can hold in
// vTiger but no database column or Graph property of ours. false for anything else.
func scalar(raw json.RawMessage) (string, bool) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return "", true
	}
	switch raw[0] {
	case '{', '[':
		return "", false
	case '"':
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return "", false
		}
		return strings.Map(dropControl, s), true
	}
	switch s := string(raw); s {
	case "null":
		return "", true
	case "true":
		return "1", true
	case "false":
		return "0", true
	default:
		return s, true
	}
}

func dropControl(r rune) rune {
	if r < 0x20 && r != '\t' && r != '\n' && r != '\r' {
		return -1
	}
	return r
}
