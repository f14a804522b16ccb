package vtiger

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"contactbridge/internal/contact"
)

// maxReply bounds a reply: a page of a hundred records with descriptions of a megabyte each.
const maxReply = 128 << 20

// errConnection stands for causes whose text may quote what the server sent.
var errConnection = errors.New("the connection failed")

// question is one operation asked of vTiger. vTiger reads an operation's parameters from the query string only or from
// the form only, so each operation has its verb.
type question struct {
	doing string
	verb  string
	at    string // the address
	form  url.Values
}

func (q question) request(ctx context.Context) (*http.Request, error) {
	if q.verb == http.MethodGet {
		return http.NewRequestWithContext(ctx, q.verb, q.at+"?"+q.form.Encode(), nil)
	}
	r, err := http.NewRequestWithContext(ctx, q.verb, q.at, strings.NewReader(q.form.Encode()))
	if err == nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r, err
}

// send performs one HTTP exchange and gives body and headers of a reply with status 200. Its errors tell by Refused whether the
// request may have been carried out. They hold neither address nor body: the address of a query holds the session and
// contact data.
func (c *Client) send(ctx context.Context, q question) ([]byte, http.Header, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var left atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { left.Store(true) }})
	request, err := q.request(ctx)
	if err != nil {
		return nil, nil, &contact.Error{
			Kind: contact.NeedsAdmin, Doing: q.doing, Refused: true,
			Sentence: "The address of vTiger cannot be used: check it.",
		}
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, nil, unreachable(q.doing, err, !left.Load())
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, nil, turnedAway(q.doing, response)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxReply+1))
	if err != nil {
		return nil, nil, unreachable(q.doing, err, false)
	}
	if len(body) > maxReply {
		return nil, nil, rubbish(q.doing)
	}
	return body, response.Header, nil
}

func unreachable(doing string, err error, refused bool) error {
	return &contact.Error{
		Kind: contact.Unavailable, Doing: doing, Refused: refused, Err: cause(err),
		Sentence: "vTiger cannot be reached or does not answer in time.",
	}
}

// cause keeps the causes whose text is known to be harmless.
func cause(err error) error {
	var dns *net.DNSError
	var op *net.OpError
	var cert *tls.CertificateVerificationError
	switch {
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	case errors.As(err, &dns):
		return dns
	case errors.As(err, &cert):
		return cert
	case errors.As(err, &op):
		return op
	}
	return errConnection
}

// turnedAway is the error of a status other than 200. vTiger itself answers 200 or, when PHP failed, 500 with an empty
// body; a 3xx or 4xx comes from a web server or proxy before it and means that vTiger did nothing.
func turnedAway(doing string, r *http.Response) error {
	e := &contact.Error{
		Kind: contact.Unavailable, Doing: doing, Code: strconv.Itoa(r.StatusCode),
		Sentence: "vTiger failed to answer.", RetryAfter: retryAfter(r.Header.Get("Retry-After"), time.Now()),
	}
	if r.StatusCode >= 500 {
		return e
	}
	e.Refused = true
	switch r.StatusCode {
	case http.StatusTooManyRequests:
		return slowDown(doing, pauseOf(r.Header, time.Now()))
	case http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong:
		e.Kind, e.Sentence = contact.BadRecord, "The web server before vTiger finds the request too long."
	case http.StatusRequestTimeout:
	default:
		e.Kind, e.Sentence = contact.NeedsAdmin, "This address does not answer as vTiger does: check it, and whether a proxy or redirect stands before it."
	}
	return e
}

// retryAfter reads seconds or an HTTP date; what cannot be read is zero.
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseFloat(header, 64); err == nil && seconds > 0 && seconds < 1e6 {
		return time.Duration(seconds * float64(time.Second))
	}
	if at, err := http.ParseTime(header); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

// rubbish is the error of a reply that is no vTiger reply. vTiger answers some writes so after it has stored them.
func rubbish(doing string) *contact.Error {
	return &contact.Error{
		Kind: contact.Unavailable, Doing: doing, Code: codeNotJSON,
		Sentence: "vTiger answered something that is not its own form of reply.",
	}
}
