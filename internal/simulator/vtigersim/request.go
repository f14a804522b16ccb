package vtigersim

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

const (
	maxURL  = 8 << 10 // nginx's default; a longer request line is 414
	maxBody = 8 << 20 // PHP's default post_max_size
)

// request is what PHP makes of an HTTP request.
type request struct {
	get, post map[string]string
	gone      <-chan struct{} // closed when the client hangs up
}

func readRequest(r *http.Request) request {
	q := request{get: parseForm(r.URL.RawQuery), post: map[string]string{}, gone: r.Context().Done()}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Method != http.MethodPost {
		return q
	}
	switch kind {
	case "application/x-www-form-urlencoded":
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
		if err == nil {
			q.post = parseForm(string(body))
		}
	case "multipart/form-data":
		if r.ParseMultipartForm(maxBody) == nil {
			for name, values := range r.MultipartForm.Value {
				q.post[name] = values[len(values)-1]
			}
		}
	}
	return q
}

// either reads a parameter that PHP takes from the body or the URL, body first.
func (q request) either(name string) string {
	if value, ok := q.post[name]; ok {
		return value
	}
	return q.get[name]
}

// parseForm decodes a form as PHP does: the last of equal names wins, a bare
// semicolon is data (net/url would drop the pair), broken escapes stay as sent.
func parseForm(text string) map[string]string {
	values := map[string]string{}
	for pair := range strings.SplitSeq(text, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if name != "" {
			values[unescape(name)] = unescape(value)
		}
	}
	return values
}

func unescape(text string) string {
	plain, err := url.QueryUnescape(text)
	if err != nil {
		return text
	}
	return plain
}
