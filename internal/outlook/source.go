package outlook

import (
	"context"
	"errors"
	"time"

	"golang.org/x/oauth2"

	"contactbridge/internal/contact"
)

// Source gives access tokens for one account. It may be used by many at once; one refresh is at work at a time.
type Source struct {
	fetch func(ctx context.Context, claims string) (*oauth2.Token, error)

	turn    chan struct{} // holds one token; a mutex that a context can leave
	refresh string        // of NewSource only
	access  string
	claims  string // what Graph demanded of the next access token
	renewAt time.Time
}

// Turn gives use the account's newest refresh token, alone among all processes, and keeps the one that use gives back
// before it returns. Its errors that are no *contact.Error mean that it could not be kept.
type Turn func(ctx context.Context, use func(ctx context.Context, refresh string) (rotated string, err error)) error

// NewSource starts from a stored refresh token. save is given each rotated refresh token before the access token that
// came with it is used; when it fails that access token is thrown away and Token fails. Microsoft does not revoke the
// old refresh token, so what is stored keeps working. A nil save keeps rotated tokens in memory only.
func NewSource(cfg Config, refresh string, save func(ctx context.Context, refresh string) error) *Source {
	s := newSource()
	s.refresh = refresh
	s.fetch = cfg.refreshing(func(ctx context.Context, use func(context.Context, string) (string, error)) error {
		rotated, err := use(ctx, s.refresh)
		if err != nil {
			return err
		}
		if rotated != s.refresh && save != nil {
			if err := save(ctx, rotated); err != nil {
				return err
			}
		}
		s.refresh = rotated
		return nil
	})
	return s
}

// NewSharedSource asks for the refresh token at each renewal, so that all processes use one after the other.
func NewSharedSource(cfg Config, turn Turn) *Source {
	s := newSource()
	s.fetch = cfg.refreshing(turn)
	return s
}

// NewAppSource speaks for the app itself, without a user (client credentials). Config.Mailbox must name whose mailbox is meant.
func NewAppSource(cfg Config) *Source {
	s := newSource()
	s.fetch = cfg.appToken
	return s
}

func newSource() *Source { return &Source{turn: make(chan struct{}, 1)} }

// Token is an access token with some life left. Errors are *contact.Error: NeedsSignIn, NeedsAdmin, Throttled or
// Unavailable.
func (s *Source) Token(ctx context.Context) (string, error) {
	return s.renewed(ctx, "", "")
}

// Refresh is the newest refresh token of NewSource, to be sealed and stored.
func (s *Source) Refresh() string {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	return s.refresh
}

const renewing = "renew the sign-in at Microsoft"

// renewed never answers the token that Graph has refused; callers that met the same refusal share one refresh. claims is
// what the refusal demanded of the next token, if anything.
func (s *Source) renewed(ctx context.Context, refused, claims string) (string, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return "", unreachable(renewing, "The work was stopped.", ctx.Err())
	}
	if s.access != "" && s.access != refused && time.Now().Before(s.renewAt) {
		return s.access, nil
	}
	if claims != "" {
		s.claims = claims
	}
	s.access = ""
	token, err := s.fetch(ctx, s.claims)
	if err != nil {
		return "", err
	}
	s.keep(token)
	return s.access, nil
}

// expire makes the next Token a fresh one, with the claims that a refusal demanded, if any.
func (s *Source) expire(claims string) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.access = ""
	if claims != "" {
		s.claims = claims
	}
}

// keep renews a token after nine tenths of its life, so that none expires on its way.
func (s *Source) keep(token *oauth2.Token) {
	s.access, s.claims = token.AccessToken, ""
	s.renewAt = time.Now().Add(time.Until(token.Expiry) * 9 / 10)
	if token.Expiry.IsZero() {
		s.renewAt = time.Now().Add(time.Hour)
	}
}

// refreshing trades refresh tokens, each in its turn.
func (c Config) refreshing(turn Turn) func(context.Context, string) (*oauth2.Token, error) {
	return func(ctx context.Context, claims string) (*oauth2.Token, error) {
		var token *oauth2.Token
		err := turn(ctx, func(ctx context.Context, refresh string) (string, error) {
			if refresh == "" {
				return "", &contact.Error{Kind: contact.NeedsSignIn, Doing: renewing, Sentence: "Nobody has signed in yet; sign in."}
			}
			var err error
			if token, err = c.refreshToken(ctx, refresh, claims); err != nil {
				return "", err
			}
			return token.RefreshToken, nil
		})
		var known *contact.Error
		if err == nil || errors.As(err, &known) {
			return token, err
		}
		return nil, &contact.Error{
			Kind: contact.Unavailable, Doing: "store the renewed sign-in", Refused: true, Err: err,
			Sentence: "The renewed Microsoft sign-in could not be stored.",
		}
	}
}
