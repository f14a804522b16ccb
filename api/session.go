package api

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

const (
	sessionCookie = "contactbridge_session"
	sessionLife   = 12 * time.Hour
)

type signInInput struct {
	Device string `cookie:"contactbridge_device" doc:"Known from an earlier sign-in: failures elsewhere then make nobody wait here"`
	Body   struct {
		Username  string `json:"username" minLength:"1" maxLength:"255" doc:"vTiger user name"`
		Password  string `json:"password,omitempty" maxLength:"1000" writeOnly:"true" doc:"The user's password in vTiger"`
		AccessKey string `json:"accessKey,omitempty" maxLength:"1000" writeOnly:"true" doc:"Or the access key from the user's preferences in vTiger"`
	}
}

type signInOutput struct {
	SetCookie []string `header:"Set-Cookie"`
	Body      struct {
		Token     string    `json:"token" doc:"For the header Authorization: Bearer"`
		ExpiresAt time.Time `json:"expiresAt"`
		User      UserView  `json:"user"`
	}
}

type meOutput struct {
	Body struct {
		UserView

		Step1Done bool `json:"step1Done" doc:"An administrator saved what step 1 needs: mailboxes can be connected"`
	}
}

func (s *Server) sessionRoutes(r routes) {
	const tag = "Session"
	add(r, anybody, on(http.MethodPost, prefix+"/session", tag, "sign-in",
		"Sign in with a vTiger user name and password or access key",
		http.StatusUnauthorized, http.StatusConflict, http.StatusTooManyRequests, http.StatusServiceUnavailable), s.signIn)
	add(r, signedIn, on(http.MethodDelete, prefix+"/session", tag, "sign-out", "Sign out"), s.signOut)
	add(r, signedIn, on(http.MethodGet, prefix+"/me", tag, "me", "Who is signed in"), s.me)
}

func (s *Server) me(ctx context.Context, _ *struct{}) (*meOutput, error) {
	out := &meOutput{}
	out.Body.UserView = viewUser(person(ctx))
	_, err := s.step1(ctx)
	var p *problem
	if errors.As(err, &p) && p.Kind == step1Missing {
		return out, nil
	}
	out.Body.Step1Done = err == nil
	return out, err
}

// signIn lets vTiger check the credentials, unless too many were wrong lately; nothing of them is kept.
func (s *Server) signIn(ctx context.Context, in *signInInput) (*signInOutput, error) {
	b := in.Body
	if b.Password == "" && b.AccessKey == "" {
		return nil, refuseField("body.password", "Give a password or an accessKey.")
	}
	a, err := s.beginAttempt(ctx, b.Username, in.Device)
	if err != nil {
		return nil, err
	}
	u, err := s.roll().SignIn(ctx, strings.TrimSpace(b.Username), b.Password, b.AccessKey)
	if err != nil {
		return nil, s.failedAttempt(ctx, a, err)
	}
	if err := s.Ledger.Succeeded(ctx, a); err != nil {
		return nil, err
	}
	done := act(ctx)
	done.Due, done.UserID, done.UserName = true, u.ID, u.UserName
	return s.startSession(ctx, u, a)
}

func (s *Server) startSession(ctx context.Context, u ledger.User, a *ledger.Attempt) (*signInOutput, error) {
	token, expires := rand.Text(), time.Now().Add(sessionLife).UTC().Truncate(time.Second)
	if err := s.Ledger.StartSession(ctx, token, u.ID, expires); err != nil {
		return nil, err
	}
	device, err := s.knowDevice(ctx, u, a)
	if err != nil {
		return nil, err
	}
	out := &signInOutput{SetCookie: []string{s.cookie(sessionCookie, token, "/", sessionLife), device}}
	out.Body.Token, out.Body.ExpiresAt, out.Body.User = token, expires, viewUser(u)
	return out, nil
}

// confirmed asks vTiger about the caller now. What gives anybody more than they have waits for its word.
func (s *Server) confirmed(ctx context.Context) (ledger.User, error) {
	asking, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	u, err := s.roll().Confirm(asking, person(ctx).ID)
	if contact.KindOf(err) == contact.NeedsSignIn {
		err = refuse(notSignedIn, contact.SentenceOf(err))
	}
	return u, err
}

type signOutOutput struct {
	SetCookie string `header:"Set-Cookie"`
}

func (s *Server) signOut(ctx context.Context, _ *struct{}) (*signOutOutput, error) {
	if err := ensureSession(ctx); err != nil {
		return nil, err
	}
	if err := s.Ledger.EndSession(ctx, calling(ctx).shown.text); err != nil {
		return nil, err
	}
	return &signOutOutput{s.cookie(sessionCookie, "", "/", 0)}, nil
}

// cookie spells a cookie that no script and no other site's form can use; a life of 0 removes it.
func (s *Server) cookie(name, value, path string, life time.Duration) string {
	c := http.Cookie{
		Name: name, Value: value, Path: path, MaxAge: int(life.Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: strings.HasPrefix(s.PublicURL, "https://"),
	}
	if life == 0 {
		c.MaxAge = -1
	}
	return c.String()
}
