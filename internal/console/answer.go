package console

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"contactbridge/internal/client"
)

// ask takes what a call of the client gives. Its error is a *client.Problem where the API refused.
func ask[A client.Answer](a A, err error) (A, error) {
	if err != nil {
		return a, err
	}
	return a, client.Refused(a)
}

// final are the kinds of problems that no other entry in the form could mend.
var final = []string{"not-signed-in", "admin-only", "not-found", "cross-origin", "method-not-allowed", "internal"}

// mendable gives the problem of an error that the person can do something about where they are; nil for any other.
func mendable(err error) *client.Problem {
	var p *client.Problem
	if errors.As(err, &p) && !slices.Contains(final, p.Kind) {
		return p
	}
	return nil
}

// wrong refuses a form here, before the API is asked: what it says belongs beside a field.
func wrong(field, key string, args ...any) error {
	location, sentence := "body."+field, say(key, args...)
	return &client.Problem{
		Status: http.StatusUnprocessableEntity, Kind: "invalid", Detail: sentence,
		Errors: &[]client.Flaw{{Location: &location, Message: sentence}},
	}
}

// jsonBody is a body for the calls …WithBody of the client, which can say null; the others leave it out.
func jsonBody(body map[string]any) (contentType string, sent io.Reader, err error) {
	raw, err := json.Marshal(body)
	return "application/json", bytes.NewReader(raw), err
}

// orNull is a text, or null where it is empty.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// text is a text that may be none.
func text(t *string) string {
	if t == nil {
		return ""
	}
	return *t
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// checked tells whether a checkbox was on.
func (v *visit) checked(name string) bool { return v.posted(name) == "true" }

// numbers reads whole numbers of the posted form.
func (v *visit) numbers(names ...string) (map[string]int64, error) {
	all := map[string]int64{}
	for _, name := range names {
		n, err := strconv.ParseInt(strings.TrimSpace(v.posted(name)), 10, 64)
		if err != nil {
			return nil, wrong(name, "form.number")
		}
		all[name] = n
	}
	return all, nil
}
