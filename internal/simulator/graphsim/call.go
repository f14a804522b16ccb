package graphsim

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const (
	graphPrefix  = "/v1.0/"
	maxBodyBytes = 4 << 20 // Graph refuses larger requests
)

// call is a request that was read whole: one that came in, or a part of a $batch.
type call struct {
	ctx       context.Context
	method    string
	path      string // still escaped
	query     url.Values
	rawQuery  string
	header    http.Header
	body      []byte
	base      string // scheme and host the client sees
	requestID string
}

// readCall reads r, unpacking a gzip body. The call is never nil; with a refusal it has no body.
func readCall(r *http.Request) (*call, *refusal) {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	c := &call{
		ctx: r.Context(), method: r.Method, path: r.URL.EscapedPath(), rawQuery: r.URL.RawQuery, header: r.Header,
		base: scheme + "://" + r.Host, requestID: newGUID(),
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return c, badRequest("The query string is malformed.")
	}
	c.query = query
	body, refused := readBody(r)
	c.body = body
	return c, refused
}

func readBody(r *http.Request) ([]byte, *refusal) {
	var reader io.Reader = r.Body
	switch r.Header.Get("Content-Encoding") {
	case "", "identity":
	case "gzip":
		unpacked, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, badRequest("The gzip body cannot be unpacked.")
		}
		reader = unpacked
	default:
		return nil, refuse(http.StatusUnsupportedMediaType, "UnsupportedMediaType", "Content-Encoding is not supported.")
	}
	body, err := io.ReadAll(io.LimitReader(reader, maxBodyBytes+1))
	switch {
	case err != nil:
		return nil, badRequest("The request body cannot be read.")
	case len(body) > maxBodyBytes:
		return nil, refuse(http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "The request is too large.")
	}
	return body, nil
}

func (c *call) clientRequestID() string {
	if id := c.header.Get("client-request-id"); id != "" {
		return id
	}
	return c.requestID
}

// preferences joins all Prefer lines, names in lower case, values without quotes.
func (c *call) preferences() map[string]string {
	all := map[string]string{}
	for _, line := range c.header.Values("Prefer") {
		for part := range strings.SplitSeq(line, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			all[strings.ToLower(strings.TrimSpace(name))] = strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return all
}

// immutable tells whether this very request asked for immutable ids; nothing carries the wish to the next page.
func (c *call) immutable() bool {
	return strings.EqualFold(c.preferences()["idtype"], "ImmutableId")
}

// pageSize is odata.maxpagesize, or 0 without a usable one.
func (c *call) pageSize() int {
	n, err := strconv.Atoi(c.preferences()["odata.maxpagesize"])
	if err != nil || n < 1 {
		return 0
	}
	return n
}

// number reads a whole number from the query; absent is missing.
func (c *call) number(name string, missing, smallest, largest int) (int, *refusal) {
	text := c.query.Get(name)
	if text == "" {
		return missing, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < smallest || n > largest {
		return 0, refuse(http.StatusBadRequest, "RequestBroker--ParseUri",
			fmt.Sprintf("Invalid value for the %s query option found.", name))
	}
	return n, nil
}

// selected is the $select list, nil without one.
func (c *call) selected() []string {
	var names []string
	for name := range strings.SplitSeq(c.query.Get("$select"), ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func (c *call) graphURL(path string) string {
	return c.base + graphPrefix + path
}
