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
	Mine  []client.ConnectionView
	Of    string // for admins: the other user whose ways these are
	Admin bool
	Form  *form // of a new connection

	Panel *panel
}

// modules are what a connection can be of. The API knows which of them a vTiger has, and says it at the field.
var modules = []string{"Contacts", "Leads", "Accounts", "Vendors"}

func showStep2(v *visit) (any, error) {
	if id := v.Query("connection"); id != "" {
		return nil, elsewhere(step2At(id))
	}
	of := v.me.ID
	if user := v.Query("user") + v.posted("userId"); user != "" {
		of = user
	}
	held, err := ask(v.api.ListConnectionsWithResponse(v.Request.Context(), &client.ListConnectionsParams{User: &of}))
	if err != nil {
		return nil, err
	}
	p := step2Page{Mine: held.JSON200.Connections, Admin: v.me.Admin}
	if len(p.Mine) == 1 && v.typed == nil && v.Query("all") == "" {
		return nil, elsewhere(step2At(p.Mine[0].ID))
	}
	if of != v.me.ID {
		p.Of, err = v.userName(of, p.Mine)
	}
	p.Form = v.form("", url.Values{"module": {v.free(p.Mine)}, "userId": {of}})
	return p, err
}

// userName is what another user is called; the address of the page says it too, which is believed where vTiger's users say
// the same.
func (v *visit) userName(id string, theirs []client.ConnectionView) (string, error) {
	if len(theirs) > 0 {
		return theirs[0].UserName, nil
	}
	stored, who := true, v.Query("who")
	held, err := ask(v.api.ListUsersWithResponse(v.Request.Context(), &client.ListUsersParams{Stored: &stored, Name: &who}))
	if err != nil || who == "" || len(held.JSON200.Users) != 1 || held.JSON200.Users[0].ID != id {
		return id, err
	}
	return who, nil
}

// step2At is the address of a connection's step 2.
func step2At(id string) string { return step2Path + "/" + url.PathEscape(id) }

// free is the first module for which there is no connection yet.
func (v *visit) free(mine []client.ConnectionView) string {
	for _, m := range modules {
		if !slices.ContainsFunc(mine, func(c client.ConnectionView) bool { return c.Module == m }) {
			return m
		}
	}
	return modules[0]
}

// byText sorts options by what people read.
func byText(all []option) []option {
	slices.SortFunc(all, func(a, b option) int { return strings.Compare(strings.ToLower(a.Text), strings.ToLower(b.Text)) })
	return all
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
