package ledger

import (
	"context"
	"crypto/sha256"
	"strings"
	"time"

	"github.com/uptrace/bun"
)

// User is a vTiger user as last listed.
type User struct {
	bun.BaseModel `bun:"table:users,alias:u"`

	ID        string    `bun:"id,pk"`
	UserName  string    `bun:"user_name"`
	FirstName string    `bun:"first_name"`
	LastName  string    `bun:"last_name"`
	Email     string    `bun:"email"`
	TimeZone  string    `bun:"time_zone"` // of the tz database
	Role      string    `bun:"role"`      // vTiger's id of it; empty when it was not told
	Admin     bool      `bun:"admin"`
	Active    bool      `bun:"active"`
	Allowed   bool      `bun:"allowed"` // an admin lets this user sync
	SeenAt    time.Time `bun:"seen_at"`
}

// Title is what people call the user: the full name, else the user name.
func (u User) Title() string {
	if name := strings.TrimSpace(u.FirstName + " " + u.LastName); name != "" {
		return name
	}
	return u.UserName
}

// SaveUsers stores what vTiger says of its users; our own decision about them stays.
func (l *Ledger) SaveUsers(ctx context.Context, users []User) error {
	return l.tx(ctx, "store vTiger's users", func(ctx context.Context, tx bun.Tx) error { return saveUsers(ctx, tx, users) })
}

func saveUsers(ctx context.Context, tx bun.Tx, users []User) error {
	if len(users) == 0 {
		return nil
	}
	for i := range users {
		users[i].SeenAt = time.Now()
	}
	_, err := tx.NewInsert().Model(&users).On("CONFLICT (id) DO UPDATE").
		Set("user_name = EXCLUDED.user_name, first_name = EXCLUDED.first_name, last_name = EXCLUDED.last_name").
		Set("role = CASE WHEN EXCLUDED.role = '' THEN u.role ELSE EXCLUDED.role END").
		Set("time_zone = CASE WHEN EXCLUDED.time_zone = '' THEN u.time_zone ELSE EXCLUDED.time_zone END").
		Set("email = EXCLUDED.email, admin = EXCLUDED.admin, active = EXCLUDED.active, seen_at = EXCLUDED.seen_at").
		Exec(ctx)
	return err
}

// Users lists everybody by user name.
func (l *Ledger) Users(ctx context.Context) ([]User, error) {
	var users []User
	return users, wrap("list the users", l.db.NewSelect().Model(&users).Order("user_name").Scan(ctx))
}

// User finds one; ErrNotFound.
func (l *Ledger) User(ctx context.Context, id string) (User, error) {
	var u User
	return u, wrap("find the user", l.db.NewSelect().Model(&u).Where("id = ?", id).Scan(ctx))
}

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

// StartSession keeps a token of a signed-in user until it expires, and forgets expired ones.
func (l *Ledger) StartSession(ctx context.Context, token, userID string, expires time.Time) error {
	return l.tx(ctx, "start a session", func(ctx context.Context, tx bun.Tx) error {
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
