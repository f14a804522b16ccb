package worker

import (
	"context"
	"log/slog"
	"time"

	"contactbridge/internal/ledger"
)

// pruneMost bounds what one statement of the janitor looks at, so that none holds rows or the disk for long.
const pruneMost = 1000

// alertLife is how long an alert that nobody waits for is kept.
const alertLife = 90 * 24 * time.Hour

// Janitor deletes, once an hour, the lines of the log, the days and the runs that are older than keep, and lines of the audit
// log older than that and a year; none of these where keep is 0. And old alerts and previews, and what a sync that was at
// work during an erasure left, whatever keep is: nobody reads them any more.
func Janitor(l *ledger.Ledger, keep time.Duration, log *slog.Logger) Chore {
	return Chore{Name: "janitor", Every: time.Hour, Log: log, Do: func(ctx context.Context) error {
		if keep > 0 {
			if err := pruneLogs(ctx, l, time.Now().Add(-keep)); err != nil {
				return err
			}
		}
		if err := l.PruneAlerts(ctx, time.Now().Add(-alertLife)); err != nil {
			return err
		}
		if err := l.PrunePreviews(ctx); err != nil {
			return err
		}
		return l.PruneLeftovers(ctx)
	}}
}

func pruneLogs(ctx context.Context, l *ledger.Ledger, before time.Time) error {
	for _, prune := range []func(context.Context, time.Time, int64, int) (int64, int, error){l.PruneOperations, l.PruneRuns} {
		if err := pruneAll(ctx, before, prune); err != nil {
			return err
		}
	}
	if err := l.PruneDays(ctx, before); err != nil {
		return err
	}
	return l.PruneAudit(ctx, before)
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
