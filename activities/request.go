package activities

import (
	"context"
	"errors"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// RequestSync queues a run of the schedule, unless one waits already, and asks for the connection's workflow. The same key
// is the same run. A connection that is no more is not asked for.
func (a *Activities) RequestSync(ctx context.Context, connectionID, key string) error {
	c, err := a.Ledger.Connection(ctx, connectionID)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	if err != nil {
		return translate(ctx, err)
	}
	_, _, err = a.Ledger.ScheduleRun(ctx, c, key)
	if errors.Is(err, ledger.ErrNeedsPreview) || errors.Is(err, ledger.ErrNotAllowed) {
		return nil // nobody is to be waited for: the schedule is paused as soon as a worker looks
	}
	if err != nil {
		return translate(ctx, err)
	}
	if err := a.Request(ctx, connectionID); err != nil {
		return translate(ctx, &contact.Error{Kind: contact.Unavailable, Doing: "ask for a sync", Err: err})
	}
	return nil
}
