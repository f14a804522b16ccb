package outlook

import (
	"context"
	"time"

	"golang.org/x/oauth2"

	"contactbridge/internal/contact"
)

// Source gives access tokens for one account. It may be used by many at once; one refresh is at work at a time.
type Source struct {
	cfg  Config
	save func(ctx context.Context, refresh string) error

	turn    chan struct{} // holds one token; a mutex that a context can leave
	refresh string
	access  string
	renewAt time.Time
}

// NewSource starts from a stored refresh token. save is given each rotated refresh token before the access token that
// came with it is used; when it fails that access token is thrown away and Token fails. Microsoft does not revoke the
// old refresh token, so what is stored keeps working. A nil save keeps rotated tokens in memory only.
func NewSource(cfg Config, refresh string, save func(ctx context.Context, refresh string) error) *Source {
	if save == nil {
		save = func(context.Context, string) error { return nil }
	}
	return &Source{cfg: cfg, refresh: refresh, save: save, turn: make(chan struct{}, 1)}
}

// Token is an access token with some life left. Errors are *contact.Error: NeedsSignIn, NeedsAdmin, Throttled or
// Unavailable.
func (s *Source) Token(ctx context.Context) (string, error) {
	return s.renewed(ctx, "")
}

// Refresh is the newest refresh token, to be sealed and stored.
func (s *Source) Refresh() string {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	return s.refresh
}

// renewed never answers the token that Graph has refused; callers that met the same refusal share one refresh.
func (s *Source) renewed(ctx context.Context, refused string) (string, error) {
	const doing = "renew the sign-in at Microsoft"
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return "", unreachable(doing, "The work was stopped.", ctx.Err())
	}
	if s.access != "" && s.access != refused && time.Now().Before(s.renewAt) {
		return s.access, nil
	}
	s.access = ""
	if s.refresh == "" {
		return "", &contact.Error{Kind: contact.NeedsSignIn, Doing: doing, Sentence: "Nobody has signed in yet; sign in."}
	}
	token, err := s.cfg.oauth().TokenSource(withClient(ctx), &oauth2.Token{RefreshToken: s.refresh}).Token()
	if err != nil {
		return "", signInError(doing, err)
	}
	if token.RefreshToken != s.refresh {
		if err := s.save(ctx, token.RefreshToken); err != nil {
			return "", &contact.Error{
				Kind: contact.Unavailable, Doing: "store the renewed sign-in", Refused: true, Err: err,
				Sentence: "The renewed Microsoft sign-in could not be stored.",
			}
		}
	}
	s.keep(token)
	return s.access, nil
}

// expire makes the next Token a fresh one.
func (s *Source) expire() {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.access = ""
}

// keep renews a token after nine tenths of its life, so that none expires on its way.
func (s *Source) keep(token *oauth2.Token) {
	s.access, s.refresh = token.AccessToken, token.RefreshToken
	s.renewAt = time.Now().Add(time.Until(token.Expiry) * 9 / 10)
	if token.Expiry.IsZero() {
		s.renewAt = time.Now().Add(time.Hour)
	}
}
