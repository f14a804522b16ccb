package api

import (
	"context"
	"net/http"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/vtiger"
)

// listTimeout is how long a list waits for vTiger before the stored one is shown.
const listTimeout = 10 * time.Second

type userView struct {
	ID        string `json:"id" doc:"vTiger's id" example:"19x5"`
	UserName  string `json:"userName"`
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
	Email     string `json:"email"`
	Admin     bool   `json:"admin" doc:"An administrator of vTiger, and so of Contact Bridge"`
	Active    bool   `json:"active"`
	Allowed   bool   `json:"allowed" doc:"An admin lets this user sync"`
}

func viewUser(u ledger.User) userView {
	return userView{u.ID, u.UserName, u.FirstName, u.LastName, u.Email, u.Admin, u.Active, u.Allowed}
}

func storedUser(u vtiger.User) ledger.User {
	return ledger.User{
		ID: u.ID, UserName: u.UserName, FirstName: u.FirstName, LastName: u.LastName, Email: u.Email, Admin: u.Admin, Active: u.Active,
		TimeZone: u.TimeZone,
	}
}

type usersOutput struct {
	Body struct {
		Users   []userView `json:"users"`
		Current bool       `json:"current" doc:"False: vTiger did not answer, and this is the list of last time"`
		Notice  string     `json:"notice,omitempty" doc:"Why the list is not current"`
	}
}

type accessInput struct {
	ID   string `path:"id" maxLength:"64" doc:"vTiger's id of the user"`
	Body struct {
		Allowed bool `json:"allowed"`
	}
}

type userOutput struct{ Body userView }

func (s *Server) userRoutes(r routes) {
	const tag = "Users"
	add(r, admins, on(http.MethodGet, prefix+"/users", tag, "list-users", "List vTiger's users"), s.listUsers)
	add(r, admins, on(http.MethodPut, prefix+"/users/{id}/access", tag, "set-access", "Decide whether a user may sync",
		http.StatusNotFound), s.setAccess)
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
	out.Body.Users = make([]userView, len(users))
	for i, u := range users {
		out.Body.Users[i] = viewUser(u)
	}
	return out, err
}

func (s *Server) refreshUsers(ctx context.Context) error {
	asking, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	listed, err := s.VTiger.Users(asking)
	if err != nil {
		return err
	}
	users := make([]ledger.User, len(listed))
	for i, u := range listed {
		users[i] = storedUser(u)
	}
	return s.Ledger.SaveUsers(ctx, users)
}

func (s *Server) setAccess(ctx context.Context, in *accessInput) (*userOutput, error) {
	if err := s.Ledger.Allow(ctx, in.ID, in.Body.Allowed); err != nil {
		return nil, err
	}
	u, err := s.Ledger.User(ctx, in.ID)
	return &userOutput{viewUser(u)}, err
}
