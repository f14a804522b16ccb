package ledger

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Token is an API token of a user. What it may do is what its user may do when it is used.
type Token struct {
	bun.BaseModel `bun:"table:tokens,alias:t"`

	ID        string     `bun:"id,pk"`
	Hash      []byte     `bun:"hash"`
	UserID    string     `bun:"user_id"`
	Name      string     `bun:"name"`
	Writes    bool       `bun:"writes"` // false: it may only read
	CreatedAt time.Time  `bun:"created_at"`
	ExpiresAt time.Time  `bun:"expires_at"`
	UsedAt    *time.Time `bun:"used_at"` // to the minute; nil: never
}

// MostTokens is how many tokens a user may have.
const MostTokens = 100

// expiredKept is how long an expired token stays in its user's list.
const expiredKept = 30 * 24 * time.Hour

// CreateToken keeps a token of an active user until t.ExpiresAt, and forgets those that expired long ago. ErrNotFound when
// the user is not active; ErrConflict when there are MostTokens already.
func (l *Ledger) CreateToken(ctx context.Context, t Token, token string) (Token, error) {
	t.ID, t.Hash, t.CreatedAt, t.UsedAt = uuid.NewString(), hashToken(token), time.Now().UTC(), nil
	return t, l.audited(ctx, "create an API token", func(ctx context.Context, tx bun.Tx) error {
		// The user's row is held, so that of several calls at once each counts the tokens of the others.
		if err := tx.NewSelect().Model((*User)(nil)).Column("id").Where("id = ? AND active", t.UserID).For("UPDATE").Scan(ctx, new(string)); err != nil {
			return err
		}
		_, err := tx.NewDelete().Model((*Token)(nil)).Where("user_id = ? AND expires_at < ?", t.UserID, time.Now().Add(-expiredKept)).Exec(ctx)
		if err != nil {
			return err
		}
		held, err := tx.NewSelect().Model((*Token)(nil)).Where("user_id = ?", t.UserID).Count(ctx)
		if err == nil && held >= MostTokens {
			err = ErrConflict
		}
		if err == nil {
			_, err = tx.NewInsert().Model(&t).Exec(ctx)
		}
		return err
	})
}

// Tokens lists a user's tokens, expired ones included, oldest first.
func (l *Ledger) Tokens(ctx context.Context, userID string) ([]Token, error) {
	var out []Token
	return out, wrap("list the API tokens", l.db.NewSelect().Model(&out).Where("user_id = ?", userID).Order("created_at", "id").Scan(ctx))
}

// Token finds a user's token; ErrNotFound, also for another user's.
func (l *Ledger) Token(ctx context.Context, userID, id string) (Token, error) {
	const doing = "find the API token"
	var t Token
	if _, err := uuid.Parse(id); err != nil {
		return t, wrap(doing, ErrNotFound)
	}
	return t, wrap(doing, l.db.NewSelect().Model(&t).Where("id = ? AND user_id = ?", id, userID).Scan(ctx))
}

// RevokeToken ends a token at once; ErrNotFound.
func (l *Ledger) RevokeToken(ctx context.Context, userID, id string) error {
	return l.audited(ctx, "revoke the API token", func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewDelete().Model((*Token)(nil)).Where("id = ? AND user_id = ?", id, userID).Exec(ctx)
		return one(res, err, ErrNotFound)
	})
}

// TokenUser finds whom a token stands for, and notes that it was used; ErrNotFound for an unknown or expired token and for
// a user who is not active.
func (l *Ledger) TokenUser(ctx context.Context, token string) (User, Token, error) {
	const doing = "find the API token"
	var t Token
	var u User
	if err := l.db.NewSelect().Model(&t).Where("hash = ? AND expires_at > now()", hashToken(token)).Scan(ctx); err != nil {
		return u, t, wrap(doing, err)
	}
	if err := l.db.NewSelect().Model(&u).Where("id = ? AND active", t.UserID).Scan(ctx); err != nil {
		return u, t, wrap(doing, err)
	}
	if t.UsedAt != nil && time.Since(*t.UsedAt) < time.Minute {
		return u, t, nil
	}
	_, err := l.db.NewUpdate().Model((*Token)(nil)).Set("used_at = now()").
		Where("id = ? AND (used_at IS NULL OR used_at < now() - interval '1 minute')", t.ID).Exec(ctx)
	return u, t, wrap("note the use of an API token", err)
}
