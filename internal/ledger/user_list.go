package ledger

import (
	"context"
	"strings"
)

// UserState is how far a user of vTiger came.
type UserState string

// The states of a user, in the order in which the first that holds is shown.
const (
	UserInactive     UserState = "inactive"     // in vTiger
	UserNotAllowed   UserState = "notAllowed"   // no admin lets them sync
	UserNeedsSignIn  UserState = "needsSignIn"  // Microsoft no longer takes the sign-in of a connection
	UserNotConnected UserState = "notConnected" // no connection reaches a mailbox yet
	UserFailing      UserState = "failing"      // something else keeps a connection from syncing
	UserConnected    UserState = "connected"
)

// UserFilter narrows the list of users; zero values do not.
type UserFilter struct {
	Text    string // a part of the name, the user name or the e-mail address
	Name    string // the user name, in any case
	State   UserState
	Allowed bool   // whoever may sync, in whatever state
	After   string // only whoever stands below the user with this id
	Limit   int
}

// ListedUser is a user with what was done so far.
type ListedUser struct {
	User

	State       UserState
	Connections []Reach `bun:"reaches,type:jsonb"`
}

// Reach is a connection of a user and whether it reaches a mailbox.
type Reach struct {
	ID       string `json:"id"`
	Module   string `json:"module"`
	SignedIn bool   `json:"signedIn"`
}

// standings gives each user's state and connections. It reads no connection's own row: settings are long.
const standings = `SELECT u.*, coalesce(k.reaches, '[]') AS reaches, CASE WHEN NOT u.active THEN 'inactive' WHEN NOT u.allowed THEN 'notAllowed'
		WHEN k.dead THEN 'needsSignIn' WHEN NOT coalesce(k.reached, false) THEN 'notConnected' WHEN k.failing THEN 'failing' ELSE 'connected' END AS state
	FROM users u LEFT JOIN (
		SELECT r.user_id, bool_or(r.trouble = 'needs-sign-in') AS dead, bool_or(r.signed_in) AS reached, bool_or(r.trouble <> '') AS failing,
			jsonb_agg(jsonb_build_object('id', r.id, 'module', r.module, 'signedIn', r.signed_in AND r.trouble <> 'needs-sign-in') ORDER BY r.module) AS reaches
		FROM (SELECT c.id, c.user_id, c.module, c.trouble, s.connection_id IS NOT NULL AS signed_in
			FROM connections c LEFT JOIN credentials s ON s.connection_id = c.id) r GROUP BY r.user_id
	) k ON k.user_id = u.id`

// UserList lists users by user name.
func (l *Ledger) UserList(ctx context.Context, f UserFilter) ([]ListedUser, error) {
	all := selection{where: "TRUE"}
	if f.Text != "" {
		all = all.and("strpos(lower(concat_ws(' ', first_name, last_name, user_name, email)), lower(?)) > 0", strings.TrimSpace(f.Text))
	}
	if f.Name != "" {
		all = all.and("lower(user_name) = lower(?)", f.Name)
	}
	if f.State != "" {
		all = all.and("state = ?", f.State)
	}
	if f.Allowed {
		all = all.and("allowed AND active")
	}
	if f.After != "" {
		all = all.and("(user_name, id) > (SELECT a.user_name, a.id FROM users a WHERE a.id = ?)", f.After)
	}
	query, args := "SELECT * FROM ("+standings+") AS listed WHERE "+all.where+" ORDER BY user_name, id", all.args
	if f.Limit > 0 {
		query, args = query+" LIMIT ?", append(args, f.Limit)
	}
	var out []ListedUser
	return out, wrap("list the users", l.db.NewRaw(query, args...).Scan(ctx, &out))
}

// UserCount is how many users share role and state.
type UserCount struct {
	Role    string
	State   UserState
	Allowed bool
	N       int
}

// CountUsers counts all of them.
func (l *Ledger) CountUsers(ctx context.Context) ([]UserCount, error) {
	var out []UserCount
	err := l.db.NewRaw("SELECT role, state, allowed AND active AS allowed, count(*) AS n FROM ("+standings+") AS listed GROUP BY 1, 2, 3 ORDER BY 1, 2, 3").Scan(ctx, &out)
	return out, wrap("count the users", err)
}
