package ledger

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// ticket is a one-time sign-in link. Tokens and states are kept as hashes, the PKCE verifier sealed.
type ticket struct {
	bun.BaseModel `bun:"table:tickets,alias:t"`

	Hash         []byte     `bun:"hash,pk"`
	ConnectionID string     `bun:"connection_id"`
	ExpiresAt    time.Time  `bun:"expires_at"`
	State        []byte     `bun:"state,nullzero"`
	Verifier     []byte     `bun:"verifier,nullzero"`
	SpentAt      *time.Time `bun:"spent_at"`
	Invitation   bool       `bun:"invitation"`
}

// IssueTicket makes the token of a sign-in link valid until expires, and forgets links that expired a week ago.
func (l *Ledger) IssueTicket(ctx context.Context, token, connectionID string, expires time.Time) error {
	return l.audited(ctx, "issue a sign-in link", func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewDelete().Model((*ticket)(nil)).Where("expires_at < now() - interval '7 days'").Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&ticket{Hash: hashToken(token), ConnectionID: connectionID, ExpiresAt: expires}).Exec(ctx)
		return err
	})
}

// Invite makes the token of a sign-in link that is sent to somebody, valid until expires. An earlier invitation of the
// connection is no longer valid.
func (l *Ledger) Invite(ctx context.Context, token, connectionID string, expires time.Time) error {
	return l.audited(ctx, "make an invitation", func(ctx context.Context, tx bun.Tx) error {
		// Whoever invites at the same time waits for this, and replaces it.
		if err := tx.NewSelect().Model((*Connection)(nil)).Column("id").Where("id = ?", connectionID).For("UPDATE").Scan(ctx, new(string)); err != nil {
			return err
		}
		if err := withdraw(ctx, tx, connectionID); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&ticket{Hash: hashToken(token), ConnectionID: connectionID, ExpiresAt: expires, Invitation: true}).Exec(ctx)
		return err
	})
}

// withdraw ends the invitation of a connection.
func withdraw(ctx context.Context, tx bun.Tx, connectionID string) error {
	_, err := tx.NewDelete().Model((*ticket)(nil)).Where("connection_id = ? AND invitation AND spent_at IS NULL", connectionID).Exec(ctx)
	return err
}

// TicketConnection tells which connection an unspent, unexpired link is for; ErrNotFound. It changes nothing: mail
// scanners open links.
func (l *Ledger) TicketConnection(ctx context.Context, token string) (Connection, error) {
	var c Connection
	err := l.connections(&c).Join("JOIN tickets t ON t.connection_id = c.id").
		Where("t.hash = ? AND t.spent_at IS NULL AND t.expires_at > now()", hashToken(token)).Scan(ctx)
	return c, wrap("find the sign-in link", err)
}

// PressTicket binds a state and a PKCE verifier to the link whose button was pressed; pressing again replaces them.
func (l *Ledger) PressTicket(ctx context.Context, token, state, verifier string) error {
	sealed, err := l.seal.close("verifier", []byte(verifier))
	if err != nil {
		return err
	}
	res, err := l.db.NewUpdate().Model((*ticket)(nil)).Set("state = ?, verifier = ?", hashToken(state), sealed).
		Where("hash = ? AND spent_at IS NULL AND expires_at > now()", hashToken(token)).Exec(ctx)
	return wrap("press the sign-in link", one(res, err, ErrNotFound))
}

// Pressed gives the connection and the PKCE verifier that wait for a return with this state; ErrNotFound.
func (l *Ledger) Pressed(ctx context.Context, state string) (connectionID, verifier string, err error) {
	var t ticket
	err = l.db.NewSelect().Model(&t).Where("state = ? AND spent_at IS NULL AND expires_at > now()", hashToken(state)).Scan(ctx)
	if err != nil {
		return "", "", wrap("find the sign-in", err)
	}
	opened, err := l.seal.open("verifier", t.Verifier)
	return t.ConnectionID, string(opened), err
}

// SpendTicket ends the link with this state, and with it an invitation of its connection, which has what it is for;
// ErrNotFound when another return was faster.
func (l *Ledger) SpendTicket(ctx context.Context, state string) error {
	return l.tx(ctx, "spend the sign-in link", func(ctx context.Context, tx bun.Tx) error {
		var t ticket
		err := tx.NewUpdate().Model(&t).Set("spent_at = now(), verifier = NULL").
			Where("state = ? AND spent_at IS NULL AND expires_at > now()", hashToken(state)).Returning("connection_id").Scan(ctx)
		if err != nil {
			return err
		}
		return withdraw(ctx, tx, t.ConnectionID)
	})
}
