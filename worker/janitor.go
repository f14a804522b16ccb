package worker

import (
	"context"
	"log/slog"
	"time"

	"contactbridge/internal/ledger"
)

// pruneMost bounds what one statement of the janitor looks at, so that none holds rows or the disk for long.
const pruneMost = 1000

// Janitor deletes, once an hour, the lines of the log and the runs that are older than keep, lines of the
// audit log older than that and a year, old previews and days, and what a
// sync that was at work during an erasure left.
func Janitor(l *ledger.Ledger, keep time.Duration, log *slog.Logger) Chore {
	return Chore{Name: "janitor", Every: time.Hour, Log: log, Do: func(ctx context.Context) error {
		before := time.Now().Add(-keep)
		for _, prune := range []func(context.Context, time.Time, int64, int) (int64, int, error){l.PruneOperations, l.PruneRuns} {
			if err := pruneAll(ctx, before, prune); err != nil {
				return err
			}
		}
		if err := l.PruneDays(ctx, before); err != nil {
			return err
		}
		if err := l.PruneAlerts(ctx, before); err != nil {
			return err
		}
		if err := l.PruneAudit(ctx, before); err != nil {
			return err
		}
		if err := l.PrunePreviews(ctx); err != nil {
			return err
		}
		return l.PruneLeftovers(ctx)
	}}
}

func pruneAll(ctx context.Context, before time.Time, prune func(context.Context, time.Time, int64, int) (int64, int, error)) error {
	for after := int64(0); ; {
		next, _, err := prune(ctx, before, after, pruneMost)
		if err != nil || next == 0 {
			return err
		}
		after = next
	}
}
