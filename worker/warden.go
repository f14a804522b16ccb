package worker

import (
	"context"
	"log/slog"
	"time"

	"contactbridge/internal/people"
)

// Warden reads vTiger's users again every five minutes, so that whoever is disabled there, or is no admin any more, is so
// here too. While vTiger does not answer nothing changes. Besides it forgets old failures to sign in.
func Warden(roll people.Roll, log *slog.Logger) Chore {
	return Chore{Name: "warden", Every: 5 * time.Minute, Log: log, Do: func(ctx context.Context) error {
		if err := roll.Ledger.PruneAttempts(ctx); err != nil {
			return err
		}
		return roll.Refresh(ctx)
	}}
}
