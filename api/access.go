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

// statuses are what a call can answer because of its access. A token that may only read is refused anything else.
func (a access) statuses(method string) []int {
	switch {
	case a == anybody:
		return nil
	case a == signedIn && method == http.MethodGet:
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

type identityKey struct{}

// identity is who makes a call, and by what.
type identity struct {
	user  ledger.User
	token *ledger.Token // nil for a sign-in
	shown credential
}

// credential is the text that stands for somebody.
type credential struct {
	text   string
	bearer bool // not the cookie, which carries sign-ins only
}

// calling is who makes the call; the zero identity in calls for everybody.
func calling(ctx context.Context) identity {
	c, _ := ctx.Value(identityKey{}).(identity)
	return c
}

// person is who makes the call; the zero User in calls for everybody.
func person(ctx context.Context) ledger.User { return calling(ctx).user }

// tokenOf is the API token with which the call is made; nil for a sign-in.
func tokenOf(ctx context.Context) *ledger.Token { return calling(ctx).token }

// ensureSession refuses an API token: what it may not do itself it must not do through another one.
func ensureSession(ctx context.Context) error {
	if tokenOf(ctx) != nil {
		return refuse(needsSession, "An API token may not do this; sign in with POST /api/v1/session.")
	}
	return nil
}

// admit finds who makes a call and refuses those who may not.
func (s *Server) admit(api huma.API, who access, doing string) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		by, err := s.caller(c)
		if err == nil && by.token != nil && !by.token.Writes && c.Method() != http.MethodGet {
			err = refuse(readOnly, "This API token may only read.")
		}
		if err == nil {
			err = who.check(by.user)
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
		next(huma.WithValue(c, identityKey{}, by))
	}
}

// caller finds who makes a request.
func (s *Server) caller(c huma.Context) (identity, error) {
	return s.identify(c.Context(), credentialOf(c))
}

// identify finds whom a credential stands for now.
func (s *Server) identify(ctx context.Context, shown credential) (by identity, err error) {
	by.shown = shown
	sentence := "The sign-in is unknown or has expired; sign in again."
	switch {
	case shown.bearer && strings.HasPrefix(shown.text, tokenPrefix):
		var t ledger.Token
		by.user, t, err = s.Ledger.TokenUser(ctx, shown.text)
		by.token, sentence = &t, "The API token is unknown, was revoked or has expired."
	case shown.text != "":
		by.user, err = s.Ledger.SessionUser(ctx, shown.text)
	default:
		return by, refuse(notSignedIn, "Sign in with POST /api/v1/session first.")
	}
	if errors.Is(err, ledger.ErrNotFound) {
		err = refuse(notSignedIn, sentence)
	}
	return by, err
}

// still gives a context of the same caller as they are now, for a call that lasts; an error when they may not go on.
func (s *Server) still(ctx context.Context, who access) (context.Context, error) {
	by, err := s.identify(ctx, calling(ctx).shown)
	if err == nil {
		err = who.check(by.user)
	}
	return context.WithValue(ctx, identityKey{}, by), err
}

// credentialOf reads the bearer header, else the cookie.
func credentialOf(c huma.Context) credential {
	if scheme, token, found := strings.Cut(c.Header("Authorization"), " "); found && strings.EqualFold(scheme, "Bearer") {
		return credential{strings.TrimSpace(token), true}
	}
	cookie, err := huma.ReadCookie(c, sessionCookie)
	if err != nil {
		return credential{}
	}
	return credential{text: cookie.Value}
}
