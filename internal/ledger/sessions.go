package ledger

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/uptrace/bun"
)

// session is one signed-in browser or script; the token itself is not kept.
type session struct {
	bun.BaseModel `bun:"table:sessions,alias:s"`

	Hash      []byte    `bun:"hash,pk"`
	UserID    string    `bun:"user_id"`
	ExpiresAt time.Time `bun:"expires_at"`
}

// hashToken is how tokens are kept: they are random, so a plain hash suffices.
func hashToken(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// StartSession keeps a token of a signed-in user until it expires, and forgets expired ones; ErrNotFound when the user is
// not active.
func (l *Ledger) StartSession(ctx context.Context, token, userID string, expires time.Time) error {
	return l.audited(ctx, "start a session", func(ctx context.Context, tx bun.Tx) error {
		if err := tx.NewSelect().Model((*User)(nil)).Column("id").Where("id = ? AND active", userID).For("SHARE").Scan(ctx, new(string)); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model((*session)(nil)).Where("expires_at < now()").Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&session{Hash: hashToken(token), UserID: userID, ExpiresAt: expires}).Exec(ctx)
		return err
	})
}

// SessionUser finds who a token stands for; ErrNotFound for an unknown or expired token and for a user who became inactive.
func (l *Ledger) SessionUser(ctx context.Context, token string) (User, error) {
	var u User
	err := l.db.NewSelect().Model(&u).Join("JOIN sessions s ON s.user_id = u.id").
		Where("s.hash = ? AND s.expires_at > now() AND u.active", hashToken(token)).Scan(ctx)
	return u, wrap("find the session", err)
}

// EndSession forgets a token.
func (l *Ledger) EndSession(ctx context.Context, token string) error {
	_, err := l.db.NewDelete().Model((*session)(nil)).Where("hash = ?", hashToken(token)).Exec(ctx)
	return wrap("end the session", err)
}

// device is a browser in which a user has signed in.
type device struct {
	bun.BaseModel `bun:"table:devices,alias:d"`

	Hash      []byte    `bun:"hash,pk"`
	UserID    string    `bun:"user_id"`
	ExpiresAt time.Time `bun:"expires_at"`
}

// mostDevices is how many browsers of a user are known; scripts that keep no cookies would add one at each sign-in.
const mostDevices = 20

// KnowDevice keeps the token by which a browser in which a user signed in is known again, and forgets expired ones and the
// user's oldest.
func (l *Ledger) KnowDevice(ctx context.Context, token, userID string, expires time.Time) error {
	return l.tx(ctx, "know a browser again", func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewDelete().Model((*device)(nil)).Where("expires_at < now()").Exec(ctx); err != nil {
			return err
		}
		row := device{Hash: hashToken(token), UserID: userID, ExpiresAt: expires}
		_, err := tx.NewInsert().Model(&row).On("CONFLICT (hash) DO UPDATE SET user_id = EXCLUDED.user_id, expires_at = EXCLUDED.expires_at").Exec(ctx)
		if err != nil {
			return err
		}
		latest := tx.NewSelect().Model((*device)(nil)).Column("hash").Where("user_id = ?", userID).Order("expires_at DESC").Limit(mostDevices)
		_, err = tx.NewDelete().Model((*device)(nil)).Where("user_id = ? AND hash NOT IN (?)", userID, latest).Exec(ctx)
		return err
	})
}
