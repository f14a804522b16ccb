package console

import (
	"net/http"
	"net/url"
	"strings"

	"contactbridge/internal/client"
)

const usersPath = "/users"

// usersAtOnce is how many users a page lists.
const usersAtOnce = 100

// users is who may sync, and how far everybody came.
var users = page{
	name: "users", path: usersPath, who: admins, show: showUsers,
	acts: map[string]func(*visit) error{"allow": allowUsers, "together": allowTogether, "invite": inviteUser, "refresh": refreshUsers},
}

type usersPage struct {
	Filter *form
	States []option
	Rows   []userRow
	All    int64  // users in all
	Back   string // the query of this page

	First, Next string // addresses of other pages of the list

	Bulk       *form
	Together   *form // nil: not asked for
	Roles      []option
	Groups     []option
	NoGroups   string // why there are none
	Invite     *form
	Invitation *invitation // just made
}

type userRow struct {
	client.ListedUser

	Title  string
	Look   string
	Reach  string // the modules
	Setup  bool   // step 2 can be done for the user
	Invite string // what the button sends; empty: there is no button
	Again  bool   // the user was connected before
}

// stateLooks are the looks of the badges, which say in words too what they mean.
var stateLooks = map[client.ListedUserState]string{"connected": "good", "notConnected": "warn", "needsSignIn": "bad", "failing": "bad"}

func showUsers(v *visit) (any, error) {
	q := v.Request.URL.Query()
	if v.Request.Method == http.MethodPost {
		q = backOf(v)
	}
	p := usersPage{Filter: v.form("filter", url.Values{"text": {q.Get("text")}, "state": {q.Get("state")}})}
	p.Bulk, p.Invite = v.form("allow", url.Values{"id": nil}), v.form("invite", url.Values{"invited": nil})
	stored, limit := true, int64(usersAtOnce)
	asked := &client.ListUsersParams{Stored: &stored, Limit: &limit, Text: given(q, "text"), Cursor: given(q, "cursor"), State: as[client.ListUsersParamsState](p.Filter, "state")}
	a, err := ask(v.api.ListUsersWithResponse(v.Request.Context(), asked))
	if err := p.Filter.heeds(err, "query.", false); err != nil || a == nil || p.Filter.wrong != nil {
		return p, err
	}
	if p.count(a.JSON200.Counts); p.All <= 1 && asked.Stored != nil && v.typed == nil { // nobody read vTiger's list yet
		asked.Stored = nil
		if a, err = ask(v.api.ListUsersWithResponse(v.Request.Context(), asked)); err != nil {
			return nil, err
		}
		p.count(a.JSON200.Counts)
	}
	for _, u := range a.JSON200.Users {
		p.Rows = append(p.Rows, rowOf(u, v.me.Step1Done))
	}
	p.Back = strings.TrimPrefix(queryOf(q), "?")
	if q.Get("cursor") != "" {
		p.First = turned(q, "")
	}
	if next := text(a.JSON200.Next); next != "" {
		p.Next = turned(q, next)
	}
	if q.Get("together") != "" {
		p.together(v, a.JSON200.Counts)
	}
	return p, nil
}

// count says beside each filter how many it leaves.
func (p *usersPage) count(counts []client.UserCount) {
	n := map[string]int64{}
	p.All = 0
	for _, c := range counts {
		n[string(c.State)], p.All = n[string(c.State)]+c.Users, p.All+c.Users
		if c.Allowed {
			n["allowed"] += c.Users
		}
	}
	p.States = []option{{Text: say("users.state.all", p.All)}}
	for _, state := range []string{"allowed", "notAllowed", "notConnected", "needsSignIn", "failing", "connected", "inactive"} {
		p.States = append(p.States, option{Value: state, Text: word("users.filter", state) + " (" + decimal(n[state]) + ")"})
	}
}

func rowOf(u client.ListedUser, step1 bool) userRow {
	r := userRow{ListedUser: u, Title: strings.TrimSpace(u.FirstName + " " + u.LastName), Look: stateLooks[u.State]}
	if r.Title == "" {
		r.Title = u.UserName
	}
	var reached []string
	first := ""
	for _, c := range u.Connections {
		if c.SignedIn {
			reached = append(reached, c.Module)
		} else if first == "" {
			first = c.ID
		}
	}
	r.Reach = strings.Join(reached, ", ")
	r.Setup = step1 && u.Allowed && u.Active
	if r.Setup && (first != "" || len(u.Connections) == 0) {
		r.Invite, r.Again = u.ID+" "+first+" "+u.UserName, u.State == "needsSignIn"
	}
	return r
}

// backOf is the query of the page that a form was on.
func backOf(v *visit) url.Values {
	q, err := url.ParseQuery(v.posted("back"))
	if err != nil {
		return url.Values{}
	}
	return q
}

// allowUsers decides for all chosen users in one call.
func allowUsers(v *visit) error {
	ids := v.Request.PostForm["id"]
	if len(ids) == 0 {
		return wrong("id", "users.nobody")
	}
	return v.allow(client.AccessForAllBody{Allowed: v.posted("allowed") == "true", UserIds: &ids})
}

// allow changes all or nothing, and says how many that were.
func (v *visit) allow(body client.AccessForAllBody) error {
	a, err := ask(v.api.SetAccessForAllWithResponse(v.Request.Context(), body))
	if err != nil {
		return err
	}
	told := counted("users.disallowed", len(a.JSON200.Changed))
	if body.Allowed {
		told = counted("users.allowed", len(a.JSON200.Changed))
	}
	v.flash("good", told)
	return elsewhere(usersPath + queryOf(backOf(v)))
}

// refreshUsers asks vTiger for its users now.
func refreshUsers(v *visit) error {
	one := int64(1)
	a, err := ask(v.api.ListUsersWithResponse(v.Request.Context(), &client.ListUsersParams{Limit: &one}))
	if err != nil {
		return err
	}
	if notice := text(a.JSON200.Notice); notice != "" {
		v.flash("warn", notice)
	} else {
		v.flash("good", say("users.refreshed"))
	}
	return elsewhere(usersPath + queryOf(backOf(v)))
}
