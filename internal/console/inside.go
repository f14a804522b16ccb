package console

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
)

// inside sends the client's calls to the API in this process as if the browser had made them: from its address, with its
// cookies. Which proxies are believed is thus decided in one place, the API.
type inside struct {
	api  http.Handler
	from *http.Request
}

// passed are the headers of the browser that its calls carry.
var passed = []string{"Cookie", "X-Forwarded-For", "User-Agent"}

// RoundTrip answers a call.
func (i inside) RoundTrip(q *http.Request) (*http.Response, error) {
	call := q.Clone(q.Context())
	call.RemoteAddr, call.Host, call.TLS, call.RequestURI = i.from.RemoteAddr, i.from.Host, i.from.TLS, q.URL.RequestURI()
	for _, name := range passed {
		if values := i.from.Header.Values(name); len(values) > 0 {
			call.Header[name] = values
		}
	}
	if call.Body == nil {
		call.Body = http.NoBody
	}
	defer call.Body.Close()
	w := &held{header: http.Header{}}
	i.api.ServeHTTP(w, call)
	return w.response(q), nil
}

// held is an answer that is kept until it is whole.
type held struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *held) Header() http.Header { return h.header }

func (h *held) WriteHeader(status int) {
	if h.status == 0 {
		h.status = status
	}
}

func (h *held) Write(p []byte) (int, error) {
	h.WriteHeader(http.StatusOK)
	return h.body.Write(p)
}

func (h *held) response(q *http.Request) *http.Response {
	h.WriteHeader(http.StatusOK)
	return &http.Response{
		Status: strconv.Itoa(h.status) + " " + http.StatusText(h.status), StatusCode: h.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h.header, Body: io.NopCloser(&h.body), ContentLength: int64(h.body.Len()), Request: q,
	}
}
