package api

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/outlook"
)

// consentLife is how long a link for an admin's consent may be used: it is often sent to somebody else.
const consentLife = 7 * 24 * time.Hour

func (s *Server) askConsent(ctx context.Context, _ *struct{}) (*linkOutput, error) {
	config, err := s.step1(ctx)
	if err != nil {
		return nil, err
	}
	state, expires := rand.Text(), time.Now().Add(consentLife).UTC().Truncate(time.Second)
	if err := s.Ledger.AwaitConsent(ctx, state, expires); err != nil {
		return nil, err
	}
	out := &linkOutput{}
	out.Body.URL, out.Body.ExpiresAt = config.ConsentURL(state), expires
	return out, nil
}

// consented shows what came of an admin's consent; nil when the return is no such one. It binds to no browser, for it
// changes nothing here and the link may be opened by another person.
func (s *Server) consented(ctx context.Context, in *returned) (*page, error) {
	const doing = "show an admin's consent"
	err := s.Ledger.ConsentReturned(ctx, in.State)
	switch {
	case errors.Is(err, ledger.ErrNotFound) && in.Consent == "":
		return nil, nil
	case errors.Is(err, ledger.ErrNotFound):
		return s.sorry(ctx, doing, refuse(badRequest, "This return from Microsoft was used already or came too late. Ask for a new link in Contact Bridge."))
	case err != nil:
		return s.sorry(ctx, doing, err)
	case in.Error != "" || in.Consent != "True":
		refused := outlook.ConsentError(in.Error, in.Description)
		return apologize(refuse(needsAdmin, contact.SentenceOf(refused)))
	}
	return show(http.StatusOK, words{Title: "The organization has consented", Lines: []string{
		"Contact Bridge was granted its permissions for the whole organization at Microsoft.",
		"You can close this page. Users can now connect their mailboxes without being asked for consent.",
	}})
}
