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

	"contactbridge/internal/contact"
)

// requestTimeout is how long one request may take. vTiger goes on with a request whose client hung up.
const requestTimeout = 30 * time.Second

// Client is one session of one vTiger user. It signs in at the first call, sends one request at a time (PHP locks the
// session anyway), and signs in again when the session has ended. It may be used from many goroutines.
type Client struct {
	config  Config
	http    *http.Client
	timeout time.Duration
	pause   time.Duration // the shortest wait before a refused login is tried again
	lock    LoginLock
	young   time.Duration // how recently changed records are not believed yet

	turn chan struct{} // holds one token: whoever has it may send
	mu   sync.Mutex    // guards what follows
	here *session      // nil before the first sign-in and after the session ended
	last *session      // the latest session, for the clock; ended ones too
	many int           // sessions so far
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
		pause:   200 * time.Millisecond,
		turn:    make(chan struct{}, 1),
	}
	c.lock = func(ctx context.Context, username string) (func(), error) {
		return lockLogin(ctx, config.base()+"\n"+username)
	}
	for _, option := range options {
		option(c)
	}
	return c
}

// take waits for the client's turn.
func (c *Client) take(ctx context.Context, doing string) (release func(), err error) {
	select {
	case c.turn <- struct{}{}:
		return func() { <-c.turn }, nil
	case <-ctx.Done():
		return nil, &contact.Error{Kind: contact.Unavailable, Doing: doing, Refused: true, Err: ctx.Err()}
	}
}
