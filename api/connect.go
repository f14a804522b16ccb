package api

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"

	"golang.org/x/oauth2"

	"contactbridge/internal/ledger"
)

const (
	connectPath = "/connect/"
	stateCookie = "contactbridge_state"
)

// linkInput sets no limits: huma would answer people with JSON.
type linkInput struct {
	Token string `path:"token" doc:"The one-time token of the link"`
}

func (s *Server) connectRoutes(r routes) {
	add(r, anybody, onPage(http.MethodGet, connectPath+"{token}", "show-sign-in-link",
		"What a sign-in link is for; changes nothing", http.StatusOK, http.StatusForbidden, http.StatusGone), s.showLink)
	add(r, anybody, onPage(http.MethodPost, connectPath+"{token}", "press-sign-in-link",
		"Go on to Microsoft", http.StatusSeeOther, http.StatusForbidden, http.StatusConflict, http.StatusGone), s.pressLink)
}

// showLink changes nothing, since mail scanners open links.
func (s *Server) showLink(ctx context.Context, in *linkInput) (*page, error) {
	c, who, err := s.link(ctx, in.Token)
	if err != nil {
		return s.sorryFor(ctx, "show a sign-in link", err)
	}
	lines := []string{"A mailbox will be connected for the vTiger user " + who + ". Its contacts will be synced with this user's contacts in vTiger."}
	if c.MailboxAddress != "" {
		lines = append(lines, "Until now it was connected with "+c.MailboxAddress+
			". Sign in with that mailbox to go on; with another one the sync begins anew, and nothing is deleted.")
	}
	lines = append(lines, "If that is not you, close this page.")
	return show(http.StatusOK, words{Title: "Connect a mailbox", Lines: lines, Button: "Sign in to Microsoft"})
}

// pressLink binds a state and a PKCE verifier to the link, the state to this browser, and goes to Microsoft.
func (s *Server) pressLink(ctx context.Context, in *linkInput) (*page, error) {
	const doing = "press a sign-in link"
	c, _, err := s.link(ctx, in.Token)
	if err != nil {
		return s.sorryFor(ctx, doing, err)
	}
	config, err := s.open(ctx, c)
	if err != nil {
		return s.sorryFor(ctx, doing, err)
	}
	state, verifier := rand.Text(), oauth2.GenerateVerifier()
	if err := s.Ledger.PressTicket(ctx, in.Token, state, verifier); err != nil {
		return s.sorryFor(ctx, doing, spent(err))
	}
	to, err := show(http.StatusSeeOther, words{Title: "On to Microsoft"})
	if err != nil {
		return nil, err
	}
	to.Location, to.SetCookie = config.SignInURL(state, verifier), []string{s.cookie(stateCookie, state, callbackPath, linkLife)}
	return to, nil
}

// link finds what a link is for, and names the vTiger user, who must be allowed to sync.
func (s *Server) link(ctx context.Context, token string) (ledger.Connection, string, error) {
	c, err := s.Ledger.TicketConnection(ctx, token)
	if err != nil {
		return c, "", spent(err)
	}
	owner, err := s.Ledger.User(ctx, c.UserID)
	if err == nil {
		err = ensureAllowed(owner)
	}
	return c, titled(owner), err
}

// nameOf gives a user's name for people: "Alice Sales (alice)".
func (s *Server) nameOf(ctx context.Context, userID string) (string, error) {
	u, err := s.Ledger.User(ctx, userID)
	return titled(u), err
}

func titled(u ledger.User) string {
	return strings.TrimSpace(u.FirstName + " " + u.LastName + " (" + u.UserName + ")")
}

// spent words what is wrong with an unknown link.
func spent(err error) error {
	if errors.Is(err, ledger.ErrNotFound) {
		return refuse(linkSpent, "This sign-in link is unknown, was used or replaced already, or is older than ten minutes (an invitation: seven days). Ask for a new one in Contact Bridge.")
	}
	return err
}

// sorry shows an error as a page.
func (s *Server) sorry(ctx context.Context, doing string, err error) (*page, error) {
	return apologize(s.failure(ctx, doing, err))
}

// sorryFor is sorry for whoever was on the way to connect a mailbox: the way back stands below.
func (s *Server) sorryFor(ctx context.Context, doing string, err error) (*page, error) {
	p := s.failure(ctx, doing, err)
	return show(p.Status, words{Title: p.Title, Lines: []string{p.Detail}, Next: &next{step2Path, "Back to step 2 of Contact Bridge"}})
}
