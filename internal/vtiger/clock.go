package vtiger

import (
	"context"
	"time"

	"contactbridge/internal/contact"
)

// Now gives vTiger's clock, from our monotonic clock and the time measured at the latest login; it may be up to a second
// behind and is never ahead. A login of another process counts too; then it is as wrong as the two machines' clocks differ.
// It logs in when that never happened, and asks nothing otherwise.
func (c *Client) Now(ctx context.Context) (time.Time, error) {
	s, err := c.known(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return s.now(), nil
}

// Ahead is how far vTiger's clock runs ahead of ours, to about a second; negative when it is behind.
func (c *Client) Ahead(ctx context.Context) (time.Duration, error) {
	now, err := c.Now(ctx)
	return now.Sub(time.Now().Round(0)), err
}

// known gives the latest session, ended or not.
func (c *Client) known(ctx context.Context) (*session, error) {
	if last := c.latest(); last != nil {
		return last, nil
	}
	t, err := c.take(ctx, loggingIn)
	if err != nil {
		return nil, err
	}
	defer t.give()
	return t.open(ctx)
}

func (c *Client) latest() *session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}

// heard gives a session whose clock this process heard itself. Unlike Now it does ask when it has to: sessions outlive
// processes, and whoever corrected vTiger's clock and starts us again wants to know whether it is right.
func (c *Client) heard(ctx context.Context) (*session, error) {
	const doing = "read the clock of vTiger"
	if last := c.latest(); last != nil && last.heardHere {
		return last, nil
	}
	t, err := c.take(ctx, doing)
	if err != nil {
		return nil, err
	}
	defer t.give()
	s, err := t.open(ctx)
	if err != nil || s.heardHere {
		return s, err
	}
	unlock, err := c.lock(ctx, c.config.Username)
	if err != nil {
		return nil, &contact.Error{Kind: contact.Unavailable, Doing: doing, Refused: true, Err: err}
	}
	defer unlock()
	measured, _, code, err := t.challenge(ctx, doing, c.config.Username)
	if err != nil {
		return nil, err
	}
	if code != "" {
		return nil, refusedAccount(doing, code)
	}
	renewed := *s
	renewed.Server, renewed.Heard = measured.Server, measured.Heard
	t.keep(&renewed)
	return &renewed, nil
}
