// Package vtiger speaks vTiger's web service: sessions, the lists of users, groups, modules and fields, the sign-in of
// people, and the contact.Book of one module.
//
// vTiger 8.x has no change feed that works, no transactions, no locking, and reports a database error as success with
// an empty list. What the package does about each stands where it does it.
package vtiger

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// requestTimeout is how long one request may take. vTiger goes on with a request whose client hung up.
const requestTimeout = 30 * time.Second

// Client speaks with one vTiger as one of its users, in the few sessions that its slots stand for: one request at a time
// in each (PHP locks a session), those of different slots at once. It logs in where a slot has no session, and again when
// vTiger has ended it. It may be used from many goroutines.
type Client struct {
	config  Config
	http    *http.Client
	timeout time.Duration
	again   time.Duration // the shortest wait before a refused login is tried again
	lock    LoginLock
	slots   Slots
	young   time.Duration // how recently changed records are not believed yet

	unanswered sync.WaitGroup // requests whose callers went away

	mu   sync.Mutex // guards what follows
	last *session   // the one whose clock was heard last; ended ones too

	astral       map[string]bool       // by module: whether it holds characters above U+FFFF
	descriptions map[string]remembered // by module
}

// LoginLock makes the logins of one vTiger user take turns: vTiger keeps one challenge a user, and a second one makes
// the first login fail as if the key were wrong.
type LoginLock func(ctx context.Context, username string) (unlock func(), err error)

// Option changes a Client.
type Option func(*Client)

// WithTimeout sets how long one request may take; 30 seconds otherwise.
func WithTimeout(d time.Duration) Option { return func(c *Client) { c.timeout = d } }

// WithTransport sets the HTTP transport.
func WithTransport(t http.RoundTripper) Option { return func(c *Client) { c.http.Transport = t } }

// WithYoung marks the records of a feed or a look-up that changed less than d before they were read: vTiger has no
// transactions, so they may be torn.
func WithYoung(d time.Duration) Option { return func(c *Client) { c.young = d } }

// WithLoginLock sets the lock under which each login runs. Otherwise the logins of one user at one address take turns
// within this process only.
func WithLoginLock(l LoginLock) Option { return func(c *Client) { c.lock = l } }

// WithSlots sets the sessions that the client may use, shared with whoever has the same slots. Otherwise it has Sessions
// of its own.
func WithSlots(s Slots) Option { return func(c *Client) { c.slots = s } }

// Dial prepares a client. It sends nothing.
func Dial(config Config, options ...Option) *Client {
	c := &Client{
		config: config,
		http: &http.Client{
			Transport: http.DefaultTransport,
			// A redirect would turn a POST into a GET and could carry a session to another host.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		timeout: requestTimeout,
		again:   200 * time.Millisecond,
		slots:   LocalSlots(Sessions),
	}
	c.lock = func(ctx context.Context, username string) (func(), error) {
		return lockLogin(ctx, config.Address()+"\n"+username)
	}
	for _, option := range options {
		option(c)
	}
	return c
}

// Settle waits until vTiger has answered the requests whose callers went away and their slots are given, or until ctx
// ends. It belongs before the end of whatever the slots stand on; a slot that is not given is missing until it expires.
func (c *Client) Settle(ctx context.Context) {
	settled := make(chan struct{})
	go func() {
		c.unanswered.Wait()
		close(settled)
	}()
	select {
	case <-settled:
	case <-ctx.Done():
	}
}
