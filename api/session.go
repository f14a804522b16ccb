package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/vtiger"
)

// sessionFor is how long a sign-in lasts.
const sessionFor = 12 * time.Hour

// Person is a vTiger user as the API shows one.
type Person struct {
	ID       string `json:"id" example:"19x5"`
	UserName string `json:"userName" example:"alice"`
	Name     string `json:"name" example:"Alice Example"`
	Email    string `json:"email"`
	Admin    bool   `json:"admin"`
	Active   bool   `json:"active" doc:"vTiger lets this user sign in"`
	Allowed  bool   `json:"allowed" doc:"An admin lets this user sync"`
}

func personOf(u ledger.User) Person {
	return Person{
		ID: u.ID, UserName: u.UserName, Name: contact.NormalText(u.FirstName + " " + u.LastName), Email: u.Email,
		Admin: u.Admin, Active: u.Active, Allowed: u.Allowed,
	}
}

// userOf is a vTiger user as the ledger keeps one.
func userOf(u vtiger.User) ledger.User {
	return ledger.User{ID: u.ID, UserName: u.UserName, FirstName: u.FirstName, LastName: u.LastName, Email: u.Email, Admin: u.Admin, Active: u.Active}
}

type credentials struct {
	Body struct {
		UserName  string `json:"username" minLength:"1" doc:"vTiger user name"`
		Password  string `json:"password,omitempty" doc:"vTiger password; or accessKey"`
		AccessKey string `json:"accessKey,omitempty" doc:"Access key from My Preferences in vTiger; or password"`
	}
}

type session struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      struct {
		Token   string    `json:"token" doc:"Send it as Authorization: Bearer …"`
		Expires time.Time `json:"expires"`
		User    Person    `json:"user"`
	}
}

type person struct{ Body Person }

type sessionEnd struct {
	Authorization string `header:"Authorization"`
	Cookie        string `cookie:"contactbridge_session"`
}

type cookieGone struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

// sessions are the calls by which people sign in and out.
func (s *Server) sessions(api huma.API) {
	register(s, api, call{http.MethodPost, "/session", "Sign in with a vTiger user", anybody, http.StatusCreated, []int{401, 503}}, s.signIn)
	register(s, api, call{http.MethodDelete, "/session", "Sign out", signed, http.StatusNoContent, nil}, s.signOut)
	register(s, api, call{http.MethodGet, "/me", "Who is signed in", signed, http.StatusOK, nil}, func(ctx context.Context, _ *none) (*person, error) {
		return &person{personOf(caller(ctx))}, nil
	})
}

// signIn lets vTiger check who it is.
func (s *Server) signIn(ctx context.Context, in *credentials) (*session, error) {
	if (in.Body.Password == "") == (in.Body.AccessKey == "") {
		return nil, invalid("password", "Give either password or accessKey.")
	}
	found, err := s.VTiger.SignIn(ctx, in.Body.UserName, in.Body.Password, in.Body.AccessKey)
	if contact.KindOf(err) == contact.NeedsSignIn {
		return nil, problem(Unauthenticated, contact.SentenceOf(err))
	}
	if err != nil {
		return nil, err
	}
	if err := s.Ledger.SaveUsers(ctx, []ledger.User{userOf(found)}); err != nil {
		return nil, err
	}
	user, err := s.Ledger.User(ctx, found.ID)
	if err != nil {
		return nil, err
	}
	out := &session{}
	out.Body.Token, out.Body.Expires, out.Body.User = rand.Text()+rand.Text(), time.Now().Add(sessionFor).UTC(), personOf(user)
	out.SetCookie = s.cookie(sessionCookie, out.Body.Token, "/", out.Body.Expires)
	return out, s.Ledger.StartSession(ctx, out.Body.Token, user.ID, out.Body.Expires)
}

func (s *Server) signOut(ctx context.Context, in *sessionEnd) (*cookieGone, error) {
	token := in.Cookie
	if len(in.Authorization) > len("Bearer ") {
		token = in.Authorization[len("Bearer "):]
	}
	return &cookieGone{s.cookie(sessionCookie, "", "/", time.Unix(1, 0))}, s.Ledger.EndSession(ctx, token)
}

// cookie is one that scripts cannot read and other sites cannot send along with posts.
func (s *Server) cookie(name, value, path string, expires time.Time) http.Cookie {
	return http.Cookie{Name: name, Value: value, Path: path, Expires: expires, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.secure()}
}
