package ledger

import (
	"context"
	"slices"
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
	SeenAt    time.Time `bun:"seen_at"` // when vTiger was asked
}

// Title is what people call the user: the full name, else the user name.
func (u User) Title() string {
	if name := strings.TrimSpace(u.FirstName + " " + u.LastName); name != "" {
		return name
	}
	return u.UserName
}

// SaveUsers stores what vTiger says now of some of its users.
func (l *Ledger) SaveUsers(ctx context.Context, users []User) error {
	return l.tx(ctx, "store vTiger's users", func(ctx context.Context, tx bun.Tx) error { return saveUsers(ctx, tx, users) })
}

// saveUsers stores what vTiger says now.
func saveUsers(ctx context.Context, tx bun.Tx, users []User) error {
	var asked time.Time
	if err := tx.NewSelect().ColumnExpr("clock_timestamp()").Scan(ctx, &asked); err != nil {
		return err
	}
	return saveRoll(ctx, tx, asked, users, nil)
}

// SaveRoll stores what vTiger said of its users when it was asked at a moment of Clock, and that it no longer has those who are gone;
// our own decision about them stays. A later word that is stored already wins. Sessions, API tokens and known browsers of
// whoever is not active end, and the audit log tells who became active or an admin and who ceased to be.
func (l *Ledger) SaveRoll(ctx context.Context, asked time.Time, users []User, gone []string) error {
	return l.tx(ctx, "store vTiger's users", func(ctx context.Context, tx bun.Tx) error { return saveRoll(ctx, tx, asked, users, gone) })
}

func saveRoll(ctx context.Context, tx bun.Tx, asked time.Time, users []User, gone []string) error {
	said, held, err := spoken(ctx, tx, asked, users, gone)
	if err != nil || len(said) == 0 {
		return err
	}
	_, err = tx.NewInsert().Model(&said).On("CONFLICT (id) DO UPDATE").
		Set("user_name = EXCLUDED.user_name, first_name = EXCLUDED.first_name, last_name = EXCLUDED.last_name").
		Set("role = CASE WHEN EXCLUDED.role = '' THEN u.role ELSE EXCLUDED.role END").
		Set("time_zone = CASE WHEN EXCLUDED.time_zone = '' THEN u.time_zone ELSE EXCLUDED.time_zone END").
		Set("email = EXCLUDED.email, admin = EXCLUDED.admin, active = EXCLUDED.active, seen_at = EXCLUDED.seen_at").Exec(ctx)
	if err != nil {
		return err
	}
	if err := endAccess(ctx, tx, inactive(said)); err != nil {
		return err
	}
	return keepActs(ctx, tx, turns(held, said)...)
}

// spoken holds the rows of the users, which it gives, and tells what is to be stored: what is not older than what is known,
// and of those who are gone what was known, without rights.
func spoken(ctx context.Context, tx bun.Tx, asked time.Time, users []User, gone []string) (said []User, held map[string]User, err error) {
	ids := slices.Clone(gone)
	for _, u := range users {
		ids = append(ids, u.ID)
	}
	var rows []User
	if err := tx.NewSelect().Model(&rows).Where("id = ANY(?)", pgArray(ids)).Order("id").For("UPDATE").Scan(ctx); err != nil {
		return nil, nil, err
	}
	held = map[string]User{}
	for _, u := range rows {
		held[u.ID] = u
	}
	for _, id := range gone {
		if u, known := held[id]; known {
			u.Active, u.Admin = false, false
			users = append(slices.Clip(users), u)
		}
	}
	for _, u := range users {
		if !held[u.ID].SeenAt.After(asked) {
			u.SeenAt = asked
			said = append(said, u)
		}
	}
	return said, held, nil
}

func inactive(users []User) (ids []string) {
	for _, u := range users {
		if !u.Active {
			ids = append(ids, u.ID)
		}
	}
	return ids
}

// endAccess ends what lets somebody in as one of the users.
func endAccess(ctx context.Context, tx bun.Tx, ids []string) error {
	for _, model := range []any{(*session)(nil), (*Token)(nil), (*device)(nil)} {
		if _, err := tx.NewDelete().Model(model).Where("user_id = ANY(?)", pgArray(ids)).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// turns tells what changed about users who were known; vTiger did it, so nobody's name stands there.
func turns(held map[string]User, said []User) (acts []Act) {
	for _, u := range said {
		old, known := held[u.ID]
		for _, turn := range []struct {
			was, is      bool
			gained, lost string
		}{
			{old.Active, u.Active, "user-enabled", "user-disabled"},
			{old.Admin, u.Admin, "admin-gained", "admin-lost"},
		} {
			if known && turn.was != turn.is {
				action := turn.lost
				if turn.is {
					action = turn.gained
				}
				acts = append(acts, Act{Action: action, About: "users/" + u.ID})
			}
		}
	}
	return acts
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

// UserNamed finds the user whose name has a form, as spelled gives it; ErrNotFound.
func (l *Ledger) UserNamed(ctx context.Context, form string, spelled func(userName string) string) (User, error) {
	users, err := l.Users(ctx)
	for _, u := range users {
		if spelled(u.UserName) == form {
			return u, err
		}
	}
	if err == nil {
		err = wrap("find the user by name", ErrNotFound)
	}
	return User{}, err
}
