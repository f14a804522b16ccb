package api

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"

	"contactbridge/internal/ledger"
	"contactbridge/internal/outlook"
)

// returned is what Microsoft sends the browser back with. Nothing of it is limited here: huma would answer people with JSON.
type returned struct {
	State       string `query:"state"`
	Consent     string `query:"admin_consent"`
	Code        string `query:"code"`
	Error       string `query:"error"`
	Description string `query:"error_description"`
	Cookie      string `cookie:"contactbridge_state" doc:"The state, in the browser whose button was pressed"`
}

func (s *Server) callbackRoutes(r routes) {
	add(r, anybody, onPage(http.MethodGet, callbackPath, "oauth-callback",
		"Where Microsoft returns to", http.StatusOK, http.StatusBadRequest, http.StatusForbidden, http.StatusConflict, http.StatusServiceUnavailable), s.callback)
}

// callback ends a sign-in. It serves only the browser whose button was pressed, and each press once.
func (s *Server) callback(ctx context.Context, in *returned) (*page, error) {
	const doing = "finish a sign-in"
	if p, err := s.consented(ctx, in); p != nil || err != nil {
		return p, err
	}
	c, verifier, err := s.pressed(ctx, in)
	if err != nil {
		return s.sorry(ctx, doing, err)
	}
	if in.Error != "" {
		return s.sorry(ctx, doing, outlook.RedirectError(in.Error, in.Description))
	}
	box, err := s.connect(ctx, c, in, verifier)
	if err != nil {
		return s.sorry(ctx, doing, err)
	}
	who, err := s.nameOf(ctx, c.UserID)
	if err != nil {
		return s.sorry(ctx, doing, err)
	}
	lines := []string{"The mailbox " + box.Address + " is now connected for the vTiger user " + who + "."}
	if c.MailboxID != "" && c.MailboxID != box.ObjectID {
		lines = append(lines, "It is another mailbox than before. What was linked with "+c.MailboxAddress+
			" is kept: sign in with that one again, and choose its folder, to go on there.")
	}
	lines = append(lines, "You can close this page and go on in Contact Bridge: choose the folder to sync with.")
	out, err := show(http.StatusOK, words{Title: "The mailbox is connected", Lines: lines, Next: &next{"/step2", "Go on with step 2"}})
	if err == nil {
		out.SetCookie = []string{s.cookie(stateCookie, "", callbackPath, 0)}
	}
	return out, err
}

// pressed finds the sign-in that waits for this return.
func (s *Server) pressed(ctx context.Context, in *returned) (ledger.Connection, string, error) {
	var none ledger.Connection
	if in.State == "" || subtle.ConstantTimeCompare([]byte(in.State), []byte(in.Cookie)) != 1 {
		return none, "", refuse(badRequest, "This return from Microsoft does not belong to a sign-in that this browser began. Open your sign-in link again.")
	}
	id, verifier, err := s.Ledger.Pressed(ctx, in.State)
	if errors.Is(err, ledger.ErrNotFound) {
		return none, "", refuse(badRequest, "This return from Microsoft was used already or came too late. Ask for a new sign-in link in Contact Bridge.")
	}
	if err != nil {
		return none, "", err
	}
	c, err := s.Ledger.Connection(ctx, id)
	return c, verifier, err
}

// connect redeems the code, asks whose mailbox it is, keeps the sign-in and spends the link. The code works once at
// Microsoft, so of two equal returns only one gets that far.
func (s *Server) connect(ctx context.Context, c ledger.Connection, in *returned, verifier string) (outlook.Mailbox, error) {
	config, err := s.open(ctx, c)
	if err != nil {
		return outlook.Mailbox{}, err
	}
	source, err := config.Redeem(ctx, in.Code, verifier)
	if err != nil {
		return outlook.Mailbox{}, err
	}
	box, err := outlook.NewClient(config, source).Me(ctx)
	if err != nil {
		return box, err
	}
	held := ledger.Mailbox{Tenant: box.Tenant, ID: box.ObjectID, Address: box.Address, Name: box.Name}
	if err := s.Ledger.SignedIn(ctx, c.ID, held, source.Refresh()); err != nil {
		return box, err
	}
	return box, s.Ledger.SpendTicket(ctx, in.State)
}
