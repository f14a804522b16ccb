package outlook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	abs "github.com/microsoft/kiota-abstractions-go"

	"contactbridge/internal/contact"
)

// maxAnswer bounds what is read of one answer; a page of 200 contacts stays far below it.
const maxAnswer = 64 << 20

// answer is what Graph said to one request or one part of a batch. Status 0: nothing was said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) ok() bool { return a.status >= 200 && a.status < 300 }

// send performs one request.
func (c *Client) send(ctx context.Context, doing string, info *abs.RequestInformation) (answer, error) {
	return c.sendCounted(ctx, doing, 1, 1, info)
}

// sendCounted performs one request that needs so many of the mailbox's slots and counts as so many requests. Any answer is
// an answer; an error means that none came, and has Refused set when the request never left. A 401 renews the token and
// repeats once: what Graph refuses to authenticate it does not perform.
func (c *Client) sendCounted(ctx context.Context, doing string, slots int64, requests int, info *abs.RequestInformation) (answer, error) {
	done, err := c.pace.begin(ctx, doing, slots, requests)
	if err != nil {
		return answer{}, err
	}
	defer done()
	a, err := c.signedIn(ctx, doing, info)
	c.pace.heed(ctx, a)
	c.clock.hear(a.header.Get("Date"), time.Now())
	return a, err
}

func (c *Client) signedIn(ctx context.Context, doing string, info *abs.RequestInformation) (answer, error) {
	a, token, err := c.attempt(ctx, doing, info)
	if err != nil || a.status != http.StatusUnauthorized {
		return a, err
	}
	if _, err := c.tokens.renewed(ctx, token, challenge(a.header)); err != nil {
		return answer{}, neverLeft(err)
	}
	info.Headers.Remove("Authorization")
	a, _, err = c.attempt(ctx, doing, info)
	return a, err
}

// attempt also gives the token it used.
func (c *Client) attempt(ctx context.Context, doing string, info *abs.RequestInformation) (answer, string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	native, err := c.adapter.ConvertToNativeRequest(ctx, info)
	if err != nil {
		return answer{}, "", neverLeft(asError(doing, err))
	}
	req, ok := native.(*http.Request)
	if !ok {
		return answer{}, "", neverLeft(bug(doing, errors.New("the SDK made no HTTP request")))
	}
	withBody(req, info.Content)
	var connected atomic.Bool
	req = req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	}))
	res, err := c.http.Do(req)
	if err != nil {
		err := unreachable(doing, "Microsoft Graph could not be reached or did not answer in time.", err)
		if !connected.Load() {
			return answer{}, "", neverLeft(err)
		}
		return answer{}, "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return answer{}, "", unreachable(doing, "The answer of Microsoft Graph broke off.", err)
	}
	token := strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer ")
	return answer{status: res.StatusCode, header: res.Header, body: body}, token, nil
}

// withBody tells the length, which the SDK leaves out. GetBody lets net/http move to a fresh connection when the pooled
// one turns out closed before a byte was written; a POST of which something was written it does not repeat.
func withBody(req *http.Request, content []byte) {
	if len(content) == 0 {
		return
	}
	req.ContentLength = int64(len(content))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
}

// read performs one GET and decodes its answer. Graph's refusals become errors.
func (c *Client) read(ctx context.Context, doing string, info *abs.RequestInformation, into any) error {
	a, err := c.send(ctx, doing, info)
	if err != nil {
		return err
	}
	return a.decode(doing, into)
}

func (a answer) decode(doing string, into any) error {
	if !a.ok() {
		return graphError(doing, a)
	}
	if err := json.Unmarshal(a.body, into); err != nil {
		return notJSON(doing)
	}
	return nil
}

// immutable asks for ids that survive a move within the mailbox. Graph forgets the wish from page to page and from part
// to part, so every request carries it.
func immutable(more ...string) *abs.RequestHeaders {
	h := abs.NewRequestHeaders()
	h.Add("Prefer", `IdType="ImmutableId"`)
	for _, prefer := range more {
		h.Add("Prefer", prefer)
	}
	return h
}

// follow makes the request for a link that Graph gave for the next page.
func (c *Client) follow(doing, link string, more ...string) (*abs.RequestInformation, error) {
	u, err := url.Parse(link)
	if err != nil || !sameOrigin(u, c.base) {
		return nil, neverLeft(foreignAddress(doing))
	}
	info := abs.NewRequestInformation()
	info.Method = abs.GET
	info.Headers = immutable(more...)
	info.Headers.TryAdd("Accept", "application/json")
	info.SetUri(*u)
	return info, nil
}

// ready refuses a Client whose Config cannot work.
func (c *Client) ready() error {
	if c.invalid == nil {
		return nil
	}
	return neverLeft(c.invalid)
}

// asError keeps an *Error and wraps anything else, which can only be ours.
func asError(doing string, err error) error {
	var known *contact.Error
	if errors.As(err, &known) {
		return known
	}
	return bug(doing, err)
}
