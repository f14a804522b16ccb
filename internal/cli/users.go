package cli

import (
	"context"
	"encoding/json"
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
	list, err := ask(c.api.ListUsersWithResponse(ctx))
	if err != nil {
		return err
	}
	if c.json() {
		return c.document(list.Body)
	}
	rows := [][]string{{"USER", "NAME", "E-MAIL", "ADMIN", "MAY SYNC"}}
	for _, u := range list.JSON200.Users {
		sync := word(u.Allowed)
		if !u.Active {
			sync = "inactive in vTiger"
		}
		rows = append(rows, []string{u.UserName, strings.TrimSpace(u.FirstName + " " + u.LastName), u.Email, word(u.Admin), sync})
	}
	c.table(rows)
	if list.JSON200.Notice != nil {
		c.say("This list is of last time: %s", *list.JSON200.Notice)
	}
	return nil
}

// setAccess finds everybody before it changes anybody.
func setAccess(ctx context.Context, c *call, allowed bool) error {
	if err := c.open(); err != nil {
		return err
	}
	list, err := ask(c.api.ListUsersWithResponse(ctx))
	if err != nil {
		return err
	}
	chosen := make([]client.UserView, len(c.args))
	for i, name := range c.args {
		at := slices.IndexFunc(list.JSON200.Users, func(u client.UserView) bool { return u.UserName == name || u.ID == name })
		if at < 0 {
			return failed("vTiger has no user %q; nothing was changed.", name)
		}
		chosen[i] = list.JSON200.Users[at]
	}
	answers := []json.RawMessage{}
	for _, u := range chosen {
		a, err := ask(c.api.SetAccessWithResponse(ctx, u.ID, client.AccessInputBody{Allowed: allowed}))
		if err != nil {
			return err
		}
		answers = append(answers, a.Body)
		if !c.json() {
			c.say("%s %s.", fullName(*a.JSON200), map[bool]string{true: "may sync now", false: "may no longer sync"}[allowed])
		}
	}
	if c.json() {
		return c.parts(map[string]json.RawMessage{"users": join(answers)})
	}
	return nil
}

// join makes one list of answers.
func join(answers []json.RawMessage) json.RawMessage {
	raw, err := json.Marshal(answers)
	if err != nil {
		panic(err) // each was JSON when it came
	}
	return raw
}

func word(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
