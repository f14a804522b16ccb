package api

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode"

	"contactbridge/internal/ledger"
)

const (
	tokensPath = prefix + "/tokens"
	// tokenPrefix tells API tokens from sign-ins, and lets scanners find one that got into a repository.
	tokenPrefix = "cb_"
)

// TokenView is an API token as its user sees it.
type TokenView struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Access    string     `json:"access" enum:"read,write" doc:"read makes GET calls only; both do what their user may do at the moment"`
	CreatedAt time.Time  `json:"createdAt"`
	ExpiresAt time.Time  `json:"expiresAt"`
	UsedAt    *time.Time `json:"usedAt" doc:"When it was last used, to the minute; null: never"`
}

func viewToken(t ledger.Token) TokenView {
	v := TokenView{ID: t.ID, Name: t.Name, Access: "read", CreatedAt: t.CreatedAt.UTC(), ExpiresAt: t.ExpiresAt.UTC(), UsedAt: utc(t.UsedAt)}
	if t.Writes {
		v.Access = "write"
	}
	return v
}

type tokensOutput struct {
	Body struct {
		Tokens []TokenView `json:"tokens" doc:"Oldest first; an expired one stays for thirty days"`
	}
}

type createTokenInput struct {
	Body struct {
		Name   string `json:"name" minLength:"1" maxLength:"100" doc:"What it is for"`
		Access string `json:"access" enum:"read,write" doc:"read makes GET calls only"`
		Days   int    `json:"days,omitempty" minimum:"1" maximum:"365" default:"90" doc:"After how many days it expires"`
	}
}

type createdTokenOutput struct {
	Location string `header:"Location"`
	Body     struct {
		TokenView
		Token string `json:"token" doc:"For the header Authorization: Bearer; it is shown this once"`
	}
}

type tokenInput struct {
	ID string `path:"id" maxLength:"64" doc:"The token"`
}

func (s *Server) tokenRoutes(r routes) {
	const tag = "Session"
	add(r, signedIn, on(http.MethodGet, tokensPath, tag, "list-tokens", "List your API tokens"), s.listTokens)
	create := on(http.MethodPost, tokensPath, tag, "create-token", "Make an API token for a program; an API token cannot", http.StatusConflict, http.StatusServiceUnavailable)
	create.DefaultStatus = http.StatusCreated
	add(r, signedIn, create, s.createToken)
	add(r, signedIn, on(http.MethodDelete, tokensPath+"/{id}", tag, "revoke-token", "End an API token at once", http.StatusNotFound), s.revokeToken)
}

func (s *Server) listTokens(ctx context.Context, _ *struct{}) (*tokensOutput, error) {
	held, err := s.Ledger.Tokens(ctx, person(ctx).ID)
	out := &tokensOutput{}
	out.Body.Tokens = make([]TokenView, len(held))
	for i, t := range held {
		out.Body.Tokens[i] = viewToken(t)
	}
	return out, err
}

// createToken asks vTiger first: a token outlives the sign-in, and while vTiger is silent nobody gains anything.
func (s *Server) createToken(ctx context.Context, in *createTokenInput) (*createdTokenOutput, error) {
	name := strings.TrimSpace(in.Body.Name)
	if name == "" {
		return nil, refuseField("body.name", "Say what the token is for.")
	}
	if strings.ContainsFunc(name, unicode.IsControl) {
		return nil, refuseField("body.name", "A name has no control characters.")
	}
	if err := ensureSession(ctx); err != nil {
		return nil, err
	}
	if _, err := s.confirmed(ctx); err != nil {
		return nil, err
	}
	token, writes := tokenPrefix+rand.Text(), in.Body.Access == "write"
	expires := time.Now().AddDate(0, 0, in.Body.Days).UTC().Truncate(time.Second)
	act(ctx).Due = true
	note(ctx, "name", name)
	note(ctx, "access", in.Body.Access)
	note(ctx, "expiresAt", expires)
	t, err := s.Ledger.CreateToken(ctx, ledger.Token{UserID: person(ctx).ID, Name: name, Writes: writes, ExpiresAt: expires}, token)
	if errors.Is(err, ledger.ErrConflict) {
		return nil, refuse(conflict, "You have a hundred API tokens; revoke one first.")
	}
	if err != nil {
		return nil, err
	}
	out := &createdTokenOutput{Location: tokensPath + "/" + t.ID}
	out.Body.TokenView, out.Body.Token = viewToken(t), token
	return out, nil
}

func (s *Server) revokeToken(ctx context.Context, in *tokenInput) (*struct{}, error) {
	t, err := s.Ledger.Token(ctx, person(ctx).ID, in.ID)
	if err != nil {
		return nil, err
	}
	act(ctx).Due = true
	note(ctx, "name", t.Name)
	return nil, s.Ledger.RevokeToken(ctx, t.UserID, t.ID)
}
