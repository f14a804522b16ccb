package api

import (
	"context"
	"net/http"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// listTimeout is how long a list waits for vTiger before the stored one is shown.
const listTimeout = 10 * time.Second

// UserView is a user of vTiger.
type UserView struct {
	ID        string `json:"id" doc:"vTiger's id" example:"19x5"`
	UserName  string `json:"userName"`
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
	Email     string `json:"email"`
	Admin     bool   `json:"admin" doc:"An administrator of vTiger, and so of Contact Bridge"`
	Active    bool   `json:"active"`
	Role      string `json:"role" example:"H5" doc:"vTiger's id of the role; empty when it was not told"`
	Allowed   bool   `json:"allowed" doc:"An admin lets this user sync"`
	TimeZone  string `json:"timeZone" example:"Europe/Paris" doc:"The user's in vTiger, of the tz database; empty when it was not told"`
}

func viewUser(u ledger.User) UserView {
	return UserView{u.ID, u.UserName, u.FirstName, u.LastName, u.Email, u.Admin, u.Active, u.Role, u.Allowed, u.TimeZone}
}

// listedUser is a user as an administrator sees who still has something to do.
type listedUser struct {
	State       ledger.UserState `json:"state" enum:"inactive,notAllowed,needsSignIn,notConnected,failing,connected" doc:"How far the user came: notConnected, nobody signed in with a mailbox yet; needsSignIn, Microsoft no longer takes the sign-in; failing, something else keeps a connection from syncing"`
	Connections []userConnection `json:"connections" doc:"Empty: the user has not begun yet"`

	UserView
}

type userConnection struct {
	ID       string   `json:"id"`
	Module   string   `json:"module"`
	SignedIn bool     `json:"signedIn" doc:"It reaches a mailbox"`
	LastRun  *userRun `json:"lastRun" doc:"null before the first, and with stored"`
}

type userRun struct {
	ID      string     `json:"id"`
	State   string     `json:"state" enum:"queued,running,done,failed,cancelled"`
	EndedAt *time.Time `json:"endedAt"`
}

type usersInput struct {
	Stored bool   `query:"stored" doc:"Show what is stored, which is read from vTiger every five minutes, without asking vTiger now"`
	Text   string `query:"text" maxLength:"200" doc:"A part of the name, the user name or the e-mail address"`
	Name   string `query:"name" maxLength:"255" doc:"Only the user with this user name"`
	State  string `query:"state" enum:"allowed,inactive,notAllowed,needsSignIn,notConnected,failing,connected" doc:"Only users in this state; allowed: all who may sync"`
	Cursor string `query:"cursor" maxLength:"200" doc:"The field next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" doc:"Most users of the page; all when absent"`
}

type usersOutput struct {
	Body struct {
		Users   []listedUser `json:"users" doc:"By user name"`
		Next    string       `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
		Counts  []userCount  `json:"counts" doc:"How many there are in all"`
		Current bool         `json:"current" doc:"False: vTiger was not asked or did not answer, and this is the list of last time"`
		Notice  string       `json:"notice,omitempty" doc:"Why the list is not current"`
	}
}

type userCount struct {
	Role    string           `json:"role" doc:"vTiger's id of the role; empty when it was not told"`
	State   ledger.UserState `json:"state" enum:"inactive,notAllowed,needsSignIn,notConnected,failing,connected"`
	Allowed bool             `json:"allowed" doc:"They may sync"`
	Users   int              `json:"users"`
}

type accessInput struct {
	ID   string `path:"id" maxLength:"64" doc:"vTiger's id of the user"`
	Body struct {
		Allowed bool `json:"allowed"`
	}
}

type userOutput struct{ Body UserView }

func (s *Server) userRoutes(r routes) {
	const tag = "Users"
	add(r, admins, on(http.MethodGet, prefix+"/users", tag, "list-users", "List vTiger's users"), s.listUsers)
	add(r, admins, on(http.MethodPut, prefix+"/users/{id}/access", tag, "set-access", "Decide whether a user may sync",
		http.StatusNotFound, http.StatusServiceUnavailable), s.setAccess)
	add(r, admins, on(http.MethodPut, prefix+"/users/access", tag, "set-access-for-all",
		"Decide for several users together whether they may sync: for all of them, or for none if one is unknown", http.StatusServiceUnavailable), s.setAccessForAll)
}

// listUsers reads the list from vTiger, and shows the stored one when vTiger does not give it or is not to be asked.
func (s *Server) listUsers(ctx context.Context, in *usersInput) (*usersOutput, error) {
	f, err := userFilter(in)
	if err != nil {
		return nil, err
	}
	out := &usersOutput{}
	if !in.Stored {
		switch err := s.refreshUsers(ctx); {
		case err == nil:
			out.Body.Current = true
		case contact.KindOf(err) == contact.Bug:
			return nil, err
		default:
			out.Body.Notice = contact.SentenceOf(err)
		}
	}
	users, err := s.Ledger.UserList(ctx, f)
	if err != nil {
		return nil, err
	}
	if in.Limit > 0 && len(users) > in.Limit {
		users = users[:in.Limit]
		out.Body.Next = encodeUser(users[in.Limit-1].ID)
	}
	if out.Body.Counts, err = s.countUsers(ctx); err != nil {
		return nil, err
	}
	runs := map[string]ledger.Run{}
	if !in.Stored {
		if runs, err = s.Ledger.LastRuns(ctx, ""); err != nil {
			return nil, err
		}
	}
	out.Body.Users = make([]listedUser, len(users))
	for i, u := range users {
		out.Body.Users[i] = listedUser{State: u.State, Connections: reaches(u, runs), UserView: viewUser(u.User)}
	}
	return out, nil
}

func userFilter(in *usersInput) (f ledger.UserFilter, err error) {
	f = ledger.UserFilter{Text: in.Text, Name: in.Name, State: ledger.UserState(in.State)}
	if in.State == "allowed" {
		f.State, f.Allowed = "", true
	}
	if in.Limit > 0 {
		f.Limit = in.Limit + 1
	}
	f.After, err = decodeUser(in.Cursor)
	return f, err
}

func (s *Server) countUsers(ctx context.Context) ([]userCount, error) {
	counts, err := s.Ledger.CountUsers(ctx)
	out := make([]userCount, len(counts))
	for i, c := range counts {
		out[i] = userCount{c.Role, c.State, c.Allowed, c.N}
	}
	return out, err
}

// reaches sums up how far a user came.
func reaches(u ledger.ListedUser, runs map[string]ledger.Run) []userConnection {
	out := make([]userConnection, len(u.Connections))
	for i, c := range u.Connections {
		out[i] = userConnection{ID: c.ID, Module: c.Module, SignedIn: c.SignedIn}
		if r, ran := runs[c.ID]; ran {
			out[i].LastRun = &userRun{r.ID, string(r.State), utc(r.EndedAt)}
		}
	}
	return out
}

func (s *Server) refreshUsers(ctx context.Context) error {
	asking, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	return s.roll().Refresh(asking)
}

// setAccess takes leave away at once; to give it, vTiger must say that the caller still is an administrator.
func (s *Server) setAccess(ctx context.Context, in *accessInput) (*userOutput, error) {
	if err := s.ensureMayAllow(ctx, in.Body.Allowed); err != nil {
		return nil, err
	}
	note(ctx, "allowed", in.Body.Allowed)
	if err := s.Ledger.Allow(ctx, in.ID, in.Body.Allowed); err != nil {
		return nil, err
	}
	u, err := s.Ledger.User(ctx, in.ID)
	return &userOutput{viewUser(u)}, err
}

// ensureMayAllow refuses to give leave while vTiger does not say that the caller is an administrator still.
func (s *Server) ensureMayAllow(ctx context.Context, allowed bool) error {
	if !allowed {
		return nil
	}
	u, err := s.confirmed(ctx)
	if err == nil {
		err = admins.check(u)
	}
	return err
}
