package outlook

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

// offset is how far Graph's clock runs ahead of ours, as the header Date of its latest answer told.
type offset struct{ heard atomic.Pointer[time.Duration] }

// hear takes a time that an answer carried; what is no time tells nothing.
func (o *offset) hear(date string, now time.Time) {
	if at, err := http.ParseTime(date); err == nil {
		ahead := at.Sub(now.Round(0))
		o.heard.Store(&ahead)
	}
}

// Ahead is how far Graph's clock was last seen to run ahead of ours, to about a second; negative when it is behind. Who heard
// nothing of Graph yet asks it for the mailbox's folder; zero when that answer tells no time.
func (c *Client) Ahead(ctx context.Context) (time.Duration, error) {
	if c.clock.heard.Load() == nil {
		if _, err := c.Folder(ctx, DefaultFolder); err != nil {
			return 0, err
		}
	}
	if ahead := c.clock.heard.Load(); ahead != nil {
		return *ahead, nil
	}
	return 0, nil
}
