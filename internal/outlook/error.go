package outlook

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"contactbridge/internal/contact"
)

// unreachable is a failure without an answer. The address is dropped from the cause: it may hold cursors and stamps.
func unreachable(doing, sentence string, err error) *contact.Error {
	var at *url.Error
	if errors.As(err, &at) {
		err = at.Err
	}
	return &contact.Error{Kind: contact.Unavailable, Doing: doing, Sentence: sentence, Err: err}
}

func bug(doing string, err error) *contact.Error {
	return &contact.Error{Kind: contact.Bug, Doing: doing, Err: err}
}

func notJSON(doing string) *contact.Error {
	return &contact.Error{
		Kind: contact.Unavailable, Doing: doing, Sentence: "Microsoft Graph gave an answer that is not understood.",
	}
}

func foreignAddress(doing string) *contact.Error {
	return &contact.Error{
		Kind: contact.NeedsAdmin, Doing: doing,
		Sentence: "A stored position belongs to another address than the configured Microsoft Graph; " +
			"correct the address or observe the mailbox again.",
	}
}

// neverLeft marks an error after which nothing can have happened.
func neverLeft(err error) error {
	var known *contact.Error
	if !errors.As(err, &known) {
		return err
	}
	marked := *known
	marked.Refused = true
	return &marked
}

// refused tells whether err says that the request never left.
func refused(err error) bool {
	var known *contact.Error
	return errors.As(err, &known) && known.Refused
}

// mailboxCodes say that the mailbox, not the item, is missing: Graph alternates between them for accounts without a licence.
var mailboxCodes = []string{
	"mailboxnotenabledforrestapi", "resourcenotfound", "request_resourcenotfound", "errorinvaliduser",
	"errornonexistentmailbox",
}

var quotaCodes = []string{"errorquotaexceeded", "quotalimitreached"}

var folderGoneCodes = []string{"errorsyncfoldernotfound", "errorfoldernotfound", "errorparentfoldernotfound"}

// graphError translates a refusal by status and code; Graph's message is never copied, since it quotes contents.
func graphError(doing string, a answer) *contact.Error {
	code := a.code()
	kind, sentence := judge(a.status, strings.ToLower(code))
	if a.status == http.StatusForbidden && a.policyRefuses() {
		sentence = policySentence
	}
	e := &contact.Error{Kind: kind, Doing: doing, Sentence: sentence, Code: code}
	if kind == contact.Throttled || kind == contact.Unavailable {
		e.RetryAfter = retryAfter(a.header)
	}
	return e
}

func judge(status int, code string) (contact.Kind, string) {
	switch {
	case status == http.StatusInsufficientStorage || slices.Contains(quotaCodes, code):
		return contact.NeedsAdmin, "The mailbox is full; make room in it or ask an admin for more."
	case slices.Contains(folderGoneCodes, code):
		return contact.BadInput, folderGone
	case status == http.StatusNotFound && slices.Contains(mailboxCodes, code):
		return contact.NeedsAdmin, "The account has no mailbox that Microsoft Graph can reach; an admin must check its licence."
	case status == http.StatusUnauthorized:
		return contact.NeedsSignIn, "Microsoft no longer accepts the sign-in; sign in again."
	case status == http.StatusForbidden:
		return contact.NeedsAdmin, "Microsoft forbids access to these contacts; an admin must check the app's permissions and policies."
	case status == http.StatusTooManyRequests, status == 509:
		return contact.Throttled, "Microsoft Graph asks to slow down."
	case status >= 500, status == http.StatusRequestTimeout, status == http.StatusGone, status < 400:
		return contact.Unavailable, "Microsoft Graph is out of order at the moment."
	case status == http.StatusNotFound:
		return contact.BadInput, "Outlook does not have it any more."
	case status == http.StatusConflict, status == http.StatusPreconditionFailed, status == http.StatusFailedDependency:
		return contact.Unavailable, "The contact was being changed by someone else."
	}
	return contact.Bug, "Microsoft Graph refuses the request."
}

const folderGone = "The Outlook folder no longer exists; choose another one."

// code is the deepest error code of an answer; empty when it has none that looks like one.
func (a answer) code() string {
	type inner struct {
		Code  string          `json:"code"`
		Inner json.RawMessage `json:"innerError"`
	}
	var body struct {
		Error inner `json:"error"`
	}
	if json.Unmarshal(a.body, &body) != nil {
		return ""
	}
	code, next := plainCode(body.Error.Code), body.Error.Inner
	for len(next) > 0 {
		var deeper inner
		if json.Unmarshal(next, &deeper) != nil {
			break
		}
		// Throttling repeats its status there, which says less than the code above it.
		if c := plainCode(deeper.Code); c != "" && strings.Trim(c, "0123456789") != "" {
			code = c
		}
		next = deeper.Inner
	}
	return code
}

var codeForm = regexp.MustCompile(`^[A-Za-z0-9_.\-]{1,64}$`)

// plainCode keeps what looks like a code and drops everything else, which might be text about a person.
func plainCode(s string) string {
	if codeForm.MatchString(s) {
		return s
	}
	return ""
}

// codeOf finds the side's own code of an error; empty when it has none.
func codeOf(err error) string {
	var known *contact.Error
	if errors.As(err, &known) {
		return known.Code
	}
	return ""
}
