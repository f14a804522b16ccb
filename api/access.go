package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"contactbridge/internal/ledger"
)

// access is who may make a call.
type access int

// From everybody to the few.
const (
	anybody  access = iota
	signedIn        // whoever vTiger knows
	syncing         // users whom an admin allows to sync, and admins
	admins
)

// statuses are what a call can answer because of its access.
func (a access) statuses() []int {
	switch a {
	case anybody:
		return nil
	case signedIn:
		return []int{http.StatusUnauthorized}
	}
	return []int{http.StatusUnauthorized, http.StatusForbidden}
}

// check refuses a signed-in person.
func (a access) check(u ledger.User) error {
	switch {
	case a == admins && !u.Admin:
		return refuse(adminOnly, "Only administrators of vTiger may do this.")
	case a == syncing && !u.Allowed && !u.Admin:
		return refuse(notAllowed, "An administrator must allow you to sync first.")
	}
	return nil
}

type (
	personKey struct{}
	tokenKey  struct{}
)

// person is who makes the call; the zero User in calls for everybody.
func person(ctx context.Context) ledger.User {
	u, _ := ctx.Value(personKey{}).(ledger.User)
	return u
}

// admit finds who makes a call and refuses those who may not.
func (s *Server) admit(api huma.API, who access, doing string) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		u, err := s.caller(c)
		if err == nil {
			err = who.check(u)
		}
		if err != nil {
			p := s.failure(c.Context(), doing, err)
			for name := range p.header {
				c.SetHeader(name, p.header.Get(name))
			}
			// huma reports what it cannot write.
			_ = huma.WriteErr(api, c, p.Status, p.Detail, p)
			return
		}
		next(huma.WithValue(huma.WithValue(c, personKey{}, u), tokenKey{}, sessionToken(c)))
	}
}

// caller finds the user behind a request's token.
func (s *Server) caller(c huma.Context) (ledger.User, error) {
	token := sessionToken(c)
	if token == "" {
		return ledger.User{}, refuse(notSignedIn, "Sign in with POST /api/v1/session first.")
	}
	u, err := s.Ledger.SessionUser(c.Context(), token)
	if errors.Is(err, ledger.ErrNotFound) {
		return u, refuse(notSignedIn, "The sign-in is unknown or has expired; sign in again.")
	}
	return u, err
}

// sessionToken reads the bearer header, else the cookie.
func sessionToken(c huma.Context) string {
	if scheme, token, found := strings.Cut(c.Header("Authorization"), " "); found && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	cookie, err := huma.ReadCookie(c, sessionCookie)
	if err != nil {
		return ""
	}
	return cookie.Value
}
