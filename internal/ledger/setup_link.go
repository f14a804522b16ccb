package ledger

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// setupLink is the one-time link of the first run. The token itself is not kept.
type setupLink struct {
	bun.BaseModel `bun:"table:setup_links,alias:sl"`

	Sole      bool      `bun:"sole,pk"`
	Hash      []byte    `bun:"hash"`
	ExpiresAt time.Time `bun:"expires_at"`
}

// IssueSetupLink makes the token of a set-up link valid until expires. The link before it no longer works.
func (l *Ledger) IssueSetupLink(ctx context.Context, token string, expires time.Time) error {
	_, err := l.db.NewInsert().Model(&setupLink{Sole: true, Hash: hashToken(token), ExpiresAt: expires}).On("CONFLICT (sole) DO UPDATE").
		Set("hash = EXCLUDED.hash, expires_at = EXCLUDED.expires_at").Exec(ctx)
	return wrap("issue a set-up link", err)
}

// SetupLink looks for a set-up link that can be used; ErrNotFound. It changes nothing: mail scanners open links.
func (l *Ledger) SetupLink(ctx context.Context, token string) error {
	there, err := l.db.NewSelect().Model((*setupLink)(nil)).Where("hash = ? AND expires_at > now()", hashToken(token)).Exists(ctx)
	if err == nil && !there {
		err = ErrNotFound
	}
	return wrap("find the set-up link", err)
}

// spendSetupLink ends the link; ErrNotFound when somebody else was faster.
func spendSetupLink(ctx context.Context, tx bun.Tx, token string) error {
	res, err := tx.NewDelete().Model((*setupLink)(nil)).Where("hash = ? AND expires_at > now()", hashToken(token)).Exec(ctx)
	return one(res, err, ErrNotFound)
}
