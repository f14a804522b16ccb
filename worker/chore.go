package worker

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"contactbridge/internal/ledger"
)

// Chore is work beside the workflows that one of all workers does at a time.
type Chore struct {
	Name  string        // of its lease
	Every time.Duration // from the end of one time to the beginning of the next
	Do    func(ctx context.Context) error
	Log   *slog.Logger
}

// choreLease is how long a chore waits for another worker's after the one that did it died.
const choreLease = time.Minute

// run does the chore again and again until ctx ends, whenever no other worker does.
func (c Chore) run(ctx context.Context, l *ledger.Ledger) {
	for {
		held, _, release, err := l.HoldLease(ctx, choreLease, "chore/"+c.Name)
		switch {
		case err == nil:
			c.repeat(held)
			release()
		case !errors.Is(err, ledger.ErrHeld) && ctx.Err() == nil:
			c.Log.Warn("a chore cannot begin", "chore", c.Name, "error", err.Error())
		}
		if !pause(ctx, min(c.Every, choreLease)) {
			return
		}
	}
}

// repeat does the chore under its lease. What fails is done again when its time comes.
func (c Chore) repeat(held context.Context) {
	for {
		if err := c.Do(held); err != nil && held.Err() == nil {
			c.Log.Warn("a chore failed", "chore", c.Name, "error", err.Error())
		}
		if !pause(held, c.Every) {
			return
		}
	}
}

// pause waits and tells whether ctx still lives.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
