package cli

import (
	"context"
	"slices"
	"strings"

	"contactbridge/internal/client"
)

var usersCommand = command{name: "users", does: "list vTiger's users and who may sync (administrators)", run: users}

var allowCommand = command{
	name: "users allow", takes: "NAME…", does: "let users sync (administrators)", least: 1, most: -1,
	run: func(ctx context.Context, c *call) error { return setAccess(ctx, c, true) },
}

var disallowCommand = command{
	name: "users disallow", takes: "NAME…", does: "let users no longer sync (administrators)", least: 1, most: -1,
	run: func(ctx context.Context, c *call) error { return setAccess(ctx, c, false) },
}

func users(ctx context.Context, c *call) error {
	if err := c.open(); err != nil {
		return err
	}
	list, err := ask(c.api.ListUsersWithResponse(ctx, nil))
	if err != nil {
		return err
	}
	if c.json() {
		return c.document(list.Body)
	}
	rows := [][]string{{"USER", "NAME", "E-MAIL", "ADMIN", "MAY SYNC", "CONNECTED"}}
	for _, u := range list.JSON200.Users {
		sync := word(u.Allowed)
		if !u.Active {
			sync = "inactive in vTiger"
		}
		rows = append(rows, []string{u.UserName, strings.TrimSpace(u.FirstName + " " + u.LastName), u.Email, word(u.Admin), sync, connected(u)})
	}
	c.table(rows)
	if list.JSON200.Notice != nil {
		c.say("This list is of last time: %s", *list.JSON200.Notice)
	}
	return nil
}

// setAccess changes everybody, or nobody if one is unknown.
func setAccess(ctx context.Context, c *call, allowed bool) error {
	if err := c.open(); err != nil {
		return err
	}
	ids, err := c.userIDs(ctx, c.args)
	if err != nil {
		return err
	}
	a, err := ask(c.api.SetAccessForAllWithResponse(ctx, client.AccessForAllBody{Allowed: allowed, UserIds: &ids}))
	if err != nil {
		return err
	}
	if c.json() {
		return c.document(a.Body)
	}
	for _, u := range a.JSON200.Users {
		c.say("%s %s.", fullName(u), map[bool]string{true: "may sync now", false: "may no longer sync"}[allowed])
	}
	return nil
}

// userIDs finds the vTiger users whom an admin names.
func (c *call) userIDs(ctx context.Context, names []string) ([]string, error) {
	list, err := ask(c.api.ListUsersWithResponse(ctx, nil))
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(names))
	for i, name := range names {
		at := slices.IndexFunc(list.JSON200.Users, func(u client.ListedUser) bool { return u.UserName == name || u.ID == name })
		if at < 0 {
			return nil, failed("vTiger has no user %q; nothing was changed.", name)
		}
		ids[i] = list.JSON200.Users[at].ID
	}
	return ids, nil
}

func word(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// connected names the modules for which the user reaches a mailbox.
func connected(u client.ListedUser) string {
	var modules []string
	for _, c := range u.Connections {
		if c.SignedIn {
			modules = append(modules, c.Module)
		}
	}
	if len(modules) == 0 {
		return "not yet"
	}
	return strings.Join(modules, ", ")
}
