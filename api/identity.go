package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"contactbridge/internal/ledger"
)

// who says for whom a call is.
type who string

const (
	anybody who = "anybody"
	signed  who = "signed in"
	admins  who = "admins"
)

const sessionCookie = "contactbridge_session"

type userKey struct{}

// caller is the signed-in user of a request.
func caller(ctx context.Context) ledger.User {
	u, _ := ctx.Value(userKey{}).(ledger.User)
	return u
}

// identify finds the caller and refuses those for whom a call is not.
func (s *Server) identify(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		need, _ := ctx.Operation().Metadata["who"].(who)
		if need == anybody {
			next(ctx)
			return
		}
		u, err := s.Ledger.SessionUser(ctx.Context(), token(ctx))
		switch {
		case isNotFound(err):
			refuse(api, ctx, problem(Unauthenticated, "Sign in first: POST "+base+"/session."))
		case err != nil:
			p, _ := s.translate(err).(*Problem)
			refuse(api, ctx, p)
		case need == admins && !u.Admin:
			refuse(api, ctx, problem(Forbidden, "Only a vTiger administrator may do this."))
		default:
			next(huma.WithValue(ctx, userKey{}, u))
		}
	}
}

// refuse answers a problem from a middleware.
func refuse(api huma.API, ctx huma.Context, p *Problem) {
	ctx.SetHeader("Content-Type", "application/problem+json")
	ctx.SetStatus(p.Status)
	_ = api.Marshal(ctx.BodyWriter(), "application/json", p)
}

// token is the bearer token, else the session cookie's.
func token(ctx huma.Context) string {
	if bearer, found := strings.CutPrefix(ctx.Header("Authorization"), "Bearer "); found {
		return bearer
	}
	if cookie, err := huma.ReadCookie(ctx, sessionCookie); err == nil {
		return cookie.Value
	}
	return ""
}

// call is one operation of the API.
type call struct {
	method, path, summary string
	who                   who
	status                int
	errors                []int
}

// register adds a call whose errors are translated once, here.
func register[I, O any](s *Server, api huma.API, c call, handle func(context.Context, *I) (*O, error)) {
	op := huma.Operation{
		OperationID: id(c.method, c.path), Method: c.method, Path: base + c.path, Summary: c.summary, DefaultStatus: c.status,
		Tags: []string{strings.SplitN(strings.TrimPrefix(c.path, "/"), "/", 2)[0]}, Metadata: map[string]any{"who": c.who},
		Errors: append([]int{http.StatusUnprocessableEntity}, c.errors...),
	}
	if c.who != anybody {
		op.Security = []map[string][]string{{"bearer": {}}, {"cookie": {}}}
		op.Errors = append(op.Errors, http.StatusUnauthorized)
		op.Description = map[who]string{signed: "For every signed-in user.", admins: "For admins."}[c.who]
	}
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		return out, s.translate(err)
	})
}

// id names an operation by method and path.
func id(method, path string) string {
	clean := strings.NewReplacer("/", "-", "{", "", "}", "").Replace(path)
	return strings.ToLower(method) + clean
}

// none is the input or output of a call without one.
type none struct{}

// own gives a connection that the caller may see: the own one, or any for an admin. Another user's does not exist.
func (s *Server) own(ctx context.Context, id string) (ledger.Connection, error) {
	c, err := s.Ledger.Connection(ctx, id)
	if err != nil {
		return c, err
	}
	if u := caller(ctx); c.UserID != u.ID && !u.Admin {
		return ledger.Connection{}, ledger.ErrNotFound
	}
	return c, nil
}

// usable gives a connection that may be worked with: its user must be allowed to sync.
func (s *Server) usable(ctx context.Context, id string) (ledger.Connection, error) {
	c, err := s.own(ctx, id)
	if err != nil {
		return c, err
	}
	u, err := s.Ledger.User(ctx, c.UserID)
	if err != nil {
		return c, err
	}
	return c, allowed(u)
}

// allowed refuses a user whom no admin lets sync.
func allowed(u ledger.User) error {
	if !u.Allowed {
		return problem(Forbidden, "An admin has not allowed "+u.UserName+" to sync.")
	}
	return nil
}
