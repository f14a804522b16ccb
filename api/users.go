package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"contactbridge/internal/ledger"
)

type people struct {
	Body struct {
		Users []Person `json:"users"`
		Stale bool     `json:"stale" doc:"vTiger did not answer: this is the list as last read"`
	}
}

type access struct {
	ID   string `path:"id" doc:"vTiger user id" example:"19x5"`
	Body struct {
		Allowed bool `json:"allowed" doc:"Whether this user may sync"`
	}
}

// users are the calls by which admins decide who may sync.
func (s *Server) users(api huma.API) {
	register(s, api, call{http.MethodGet, "/users", "List vTiger's users", admins, http.StatusOK, []int{403}}, s.listUsers)
	register(s, api, call{http.MethodPut, "/users/{id}/access", "Allow a user to sync, or not", admins, http.StatusOK, []int{403, 404}}, s.setAccess)
}

func (s *Server) listUsers(ctx context.Context, _ *none) (*people, error) {
	out := &people{}
	found, err := s.VTiger.Users(ctx)
	if err != nil {
		s.Log.Warn("vTiger's users cannot be listed", "error", err)
		out.Body.Stale = true
	}
	fresh := make([]ledger.User, len(found))
	for i, u := range found {
		fresh[i] = userOf(u)
	}
	if err := s.Ledger.SaveUsers(ctx, fresh); err != nil {
		return nil, err
	}
	users, err := s.Ledger.Users(ctx)
	out.Body.Users = make([]Person, len(users))
	for i, u := range users {
		out.Body.Users[i] = personOf(u)
	}
	return out, err
}

func (s *Server) setAccess(ctx context.Context, in *access) (*person, error) {
	if err := s.Ledger.Allow(ctx, in.ID, in.Body.Allowed); err != nil {
		return nil, err
	}
	u, err := s.Ledger.User(ctx, in.ID)
	return &person{personOf(u)}, err
}
