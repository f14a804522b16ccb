package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"time"

	"contactbridge/internal/ledger"
)

// linkLife is how long a sign-in link may be used.
const linkLife = 10 * time.Minute

type linkOutput struct {
	Body struct {
		URL       string    `json:"url" doc:"Open it in a browser to sign in to Microsoft; it works once"`
		ExpiresAt time.Time `json:"expiresAt"`
	}
}

type revokedOutput struct {
	Body struct {
		Sentence string `json:"sentence" doc:"What was done, and what only the user can do at Microsoft"`
	}
}

const revokedSentence = "Contact Bridge deleted its copy of the sign-in and can no longer reach the mailbox; contacts, links and settings stay. " +
	"To withdraw the permission at Microsoft as well, remove the app at https://myapps.microsoft.com (work or school account) " +
	"or under Privacy at https://account.microsoft.com (personal account)."

const unassignedSentence = "The connection no longer reaches the mailbox, which an administrator had named; contacts, links and settings stay. " +
	"What the app or the service account may reach at Microsoft did not change: only a Microsoft admin can take that back, under Enterprise applications at https://entra.microsoft.com."

func (s *Server) authorizationRoutes(r routes) {
	const tag = "Step 2: mailbox and settings"
	link := on(http.MethodPost, connectionsPath+"/{id}/authorization", tag, "authorize",
		"Get a link for signing in to Microsoft with the mailbox", http.StatusNotFound, http.StatusConflict)
	link.DefaultStatus = http.StatusCreated
	add(r, syncing, link, s.authorize)
	add(r, admins, on(http.MethodPut, connectionsPath+"/{id}/authorization", tag, "assign-mailbox",
		"Name the mailbox: any of the tenant in application mode, else the service account's",
		http.StatusNotFound, http.StatusConflict, http.StatusServiceUnavailable), s.assign)
	// Taking a sign-in back needs no permission to sync.
	add(r, signedIn, on(http.MethodDelete, connectionsPath+"/{id}/authorization", tag, "revoke",
		"Forget the sign-in at Microsoft", http.StatusNotFound), s.revoke)
}

// signable finds a connection to which somebody can sign in now.
func (s *Server) signable(ctx context.Context, id string) (ledger.Connection, error) {
	c, _, err := s.usable(ctx, id)
	if err != nil {
		return c, err
	}
	m, err := s.account().Microsoft(ctx)
	if err == nil && m.Application {
		err = refuse(needsAdmin, "Mailboxes are reached without a sign-in here (application mode): an administrator names the mailbox of the connection.")
	}
	return c, err
}

func (s *Server) authorize(ctx context.Context, in *connectionInput) (*linkOutput, error) {
	c, err := s.signable(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	token, expires := rand.Text(), time.Now().Add(linkLife).UTC().Truncate(time.Second)
	if err := s.Ledger.IssueTicket(ctx, token, c.ID, expires); err != nil {
		return nil, err
	}
	out := &linkOutput{}
	out.Body.URL, out.Body.ExpiresAt = s.PublicURL+connectPath+token, expires
	return out, nil
}

func (s *Server) revoke(ctx context.Context, in *connectionInput) (*revokedOutput, error) {
	c, err := s.visible(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.Ledger.SignedOut(ctx, c.ID); err != nil {
		return nil, err
	}
	out := &revokedOutput{}
	out.Body.Sentence = revokedSentence
	if c.Grant == ledger.Application || c.Grant == ledger.Service {
		out.Body.Sentence = unassignedSentence
	}
	return out, nil
}
