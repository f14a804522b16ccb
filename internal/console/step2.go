package console

import (
	"net/url"
	"slices"
	"strings"

	"contactbridge/internal/client"
)

const step2Path = "/step2"

// step2 leads to a connection: to the person's only one at once, else by a list, with a form for a new one.
var step2 = page{
	name: "step2", path: step2Path, who: signedIn, after1: true, show: showStep2,
	acts: map[string]func(*visit) error{"": createConnection},
}

// step2Of is step 2 of one connection: its mailbox and its settings.
var step2Of = page{
	name: "step2", path: step2Path + "/:connection", who: signedIn, after1: true, show: showStep2Of,
	acts: map[string]func(*visit) error{
		"": saveStep2, "rows": changeRows, "reset": resetMapping,
		"sign-in": signInMailbox, "revoke": revokeMailbox, "assign": assignMailbox, "end": endConnection,
	},
}

// step2Page shows the ways to connections or, if one was chosen, that one.
type step2Page struct {
	Mine   []client.ConnectionView
	Others []option // for admins: everybody else's
	Form   *form    // of a new connection
	Users  []option // for admins: whom it can be for

	Panel *panel
}

// modules are what a connection can be of. The API knows which of them a vTiger has, and says it at the field.
var modules = []string{"Contacts", "Leads", "Accounts", "Vendors"}

func showStep2(v *visit) (any, error) {
	if id := v.Query("connection"); id != "" {
		return nil, elsewhere(step2At(id))
	}
	held, err := ask(v.api.ListConnectionsWithResponse(v.Request.Context()))
	if err != nil {
		return nil, err
	}
	var p step2Page
	p.Mine = belonging(held.JSON200.Connections, v.me.ID)
	of := v.me.ID
	if user := v.Query("user"); user != "" {
		of = user
	}
	if only := belonging(held.JSON200.Connections, of); len(only) == 1 && v.typed == nil && v.Query("all") == "" {
		return nil, elsewhere(step2At(only[0].ID))
	}
	p.Form = v.form("", url.Values{"module": {v.free(p.Mine)}, "userId": {of}})
	if v.me.Admin {
		p.Others = v.othersOf(held.JSON200.Connections)
		p.Users, err = v.users()
	}
	return p, err
}

// step2At is the address of a connection's step 2.
func step2At(id string) string { return step2Path + "/" + url.PathEscape(id) }

// belonging are the connections of one user.
func belonging(list []client.ConnectionView, user string) []client.ConnectionView {
	return slices.DeleteFunc(slices.Clone(list), func(c client.ConnectionView) bool { return c.UserID != user })
}

// free is the first module for which there is no connection yet.
func (v *visit) free(mine []client.ConnectionView) string {
	for _, m := range modules {
		if !slices.ContainsFunc(mine, func(c client.ConnectionView) bool { return c.Module == m }) {
			return m
		}
	}
	return modules[0]
}

// othersOf are everybody else's connections, by name.
func (v *visit) othersOf(list []client.ConnectionView) (all []option) {
	for _, c := range list {
		if c.UserID != v.me.ID {
			all = append(all, option{Value: c.ID, Text: say("step2.of", word("step2.module", c.Module), c.UserName)})
		}
	}
	return byText(all)
}

// byText sorts options by what people read.
func byText(all []option) []option {
	slices.SortFunc(all, func(a, b option) int { return strings.Compare(strings.ToLower(a.Text), strings.ToLower(b.Text)) })
	return all
}

// users are whom an admin may make a connection for: those who may sync, the admin first.
func (v *visit) users() ([]option, error) {
	stored, may := true, client.ListUsersParamsState("allowed")
	held, err := ask(v.api.ListUsersWithResponse(v.Request.Context(), &client.ListUsersParams{Stored: &stored, State: &may}))
	if err != nil {
		return nil, err
	}
	all := []option{{Value: v.me.ID, Text: say("step2.me", v.me.UserName)}}
	for _, u := range held.JSON200.Users {
		if u.ID != v.me.ID && u.Allowed && u.Active {
			all = append(all, option{Value: u.ID, Text: u.UserName})
		}
	}
	byText(all[1:])
	return all, nil
}

func createConnection(v *visit) error {
	body := client.ConnectInputBody{Module: v.posted("module")}
	if user := v.posted("userId"); user != "" {
		body.UserID = &user
	}
	a, err := ask(v.api.CreateConnectionWithResponse(v.Request.Context(), body))
	if err != nil {
		return err
	}
	to := step2At(a.JSON201.ID)
	return v.doneAt(to, "step2.created")
}
