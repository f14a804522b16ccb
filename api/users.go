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
	Connections []userConnection `json:"connections" doc:"Empty: the user has not begun yet"`

	UserView
}

type userConnection struct {
	ID       string   `json:"id"`
	Module   string   `json:"module"`
	SignedIn bool     `json:"signedIn" doc:"It reaches a mailbox"`
	LastRun  *userRun `json:"lastRun" doc:"null before the first"`
}

type userRun struct {
	ID      string     `json:"id"`
	State   string     `json:"state" enum:"queued,running,done,failed,cancelled"`
	EndedAt *time.Time `json:"endedAt"`
}

type usersOutput struct {
	Body struct {
		Users   []listedUser `json:"users"`
		Current bool         `json:"current" doc:"False: vTiger did not answer, and this is the list of last time"`
		Notice  string       `json:"notice,omitempty" doc:"Why the list is not current"`
	}
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

// listUsers reads the list from vTiger, and shows the stored one when vTiger does not give it.
func (s *Server) listUsers(ctx context.Context, _ *struct{}) (*usersOutput, error) {
	out := &usersOutput{}
	switch err := s.refreshUsers(ctx); {
	case err == nil:
		out.Body.Current = true
	case contact.KindOf(err) == contact.Bug:
		return nil, err
	default:
		out.Body.Notice = contact.SentenceOf(err)
	}
	users, err := s.Ledger.Users(ctx)
	if err != nil {
		return nil, err
	}
	connections, err := s.connectionsByUser(ctx)
	out.Body.Users = make([]listedUser, len(users))
	for i, u := range users {
		out.Body.Users[i] = listedUser{Connections: listed(connections[u.ID]), UserView: viewUser(u)}
	}
	return out, err
}

// connectionsByUser sums up how far everybody came.
func (s *Server) connectionsByUser(ctx context.Context) (map[string][]userConnection, error) {
	list, err := s.Ledger.Connections(ctx, "")
	if err != nil {
		return nil, err
	}
	runs, err := s.Ledger.LastRuns(ctx, "")
	out := map[string][]userConnection{}
	for _, c := range list {
		v := userConnection{ID: c.ID, Module: c.Module, SignedIn: isSignedIn(c)}
		if r, ran := runs[c.ID]; ran {
			v.LastRun = &userRun{r.ID, string(r.State), utc(r.EndedAt)}
		}
		out[c.UserID] = append(out[c.UserID], v)
	}
	return out, err
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
