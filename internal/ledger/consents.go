package ledger

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// AwaitConsent notes the state of a request for an admin's consent at Microsoft, as a hash, and forgets expired ones.
func (l *Ledger) AwaitConsent(ctx context.Context, state string, expires time.Time) error {
	return l.audited(ctx, "note a request for consent", func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewRaw("DELETE FROM consents WHERE expires_at < now()").Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewRaw("INSERT INTO consents (state, expires_at) VALUES (?, ?)", hashToken(state), expires).Exec(ctx)
		return err
	})
}

// ConsentReturned ends the request with that state; ErrNotFound when it is unknown, ended or expired.
func (l *Ledger) ConsentReturned(ctx context.Context, state string) error {
	res, err := l.db.NewRaw("DELETE FROM consents WHERE state = ? AND expires_at > now()", hashToken(state)).Exec(ctx)
	return wrap("find the request for consent", one(res, err, ErrNotFound))
}
