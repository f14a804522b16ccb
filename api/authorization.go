package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// ticketFor is how long a sign-in link works.
const ticketFor = 10 * time.Minute

type link struct {
	Body struct {
		URL     string    `json:"url" doc:"Open it in a browser to sign the mailbox in; it works once"`
		Expires time.Time `json:"expires"`
	}
}

type sentence struct {
	Body struct {
		Message string `json:"message"`
	}
}

// authorization are the calls of a connection's mailbox sign-in.
func (s *Server) authorization(api huma.API) {
	register(s, api, call{http.MethodPost, "/connections/{id}/authorization", "Get a sign-in link (step 2)", signed, http.StatusCreated, []int{403, 404, 409}}, s.makeLink)
	register(s, api, call{http.MethodDelete, "/connections/{id}/authorization", "Revoke the sign-in", signed, http.StatusOK, []int{404}}, s.revoke)
}

func (s *Server) makeLink(ctx context.Context, in *connectionID) (*link, error) {
	c, err := s.usable(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if _, err := s.mailboxConfig(ctx); err != nil {
		return nil, err
	}
	token, out := rand.Text()+rand.Text(), &link{}
	out.Body.URL, out.Body.Expires = s.PublicURL+"/connect/"+token, time.Now().Add(ticketFor).UTC()
	return out, s.Ledger.IssueTicket(ctx, token, c.ID, out.Body.Expires)
}

func (s *Server) revoke(ctx context.Context, in *connectionID) (*sentence, error) {
	c, err := s.own(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &sentence{}
	out.Body.Message = "Our copy of the sign-in is deleted and nothing is synced any more. At Microsoft the permission stays until you remove it: " +
		"https://myapps.microsoft.com for work accounts, https://account.live.com/consent/Manage for personal ones."
	return out, s.Ledger.SignedOut(ctx, c.ID)
}
