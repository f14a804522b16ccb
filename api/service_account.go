package api

import (
	"context"
	"strings"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/outlook"
)

// tradePassword signs the service account in when a password is given, and gives what is to be done about the account once
// the settings are saved. The password goes to Microsoft only.
func (s *Server) tradePassword(ctx context.Context, in *microsoftInput, held, wanted ledger.Microsoft) (func(context.Context) error, error) {
	nothing := func(context.Context) error { return nil }
	service, err := s.Ledger.ServiceAccount(ctx)
	if err != nil {
		return nil, err
	}
	username, password := strings.TrimSpace(in.Body.Username), in.Body.Password
	switch {
	case password.given && password.value == "":
		return s.Ledger.ForgetServiceAccount, nil
	case !password.given && username != "" && !strings.EqualFold(username, service.Username):
		return nil, refuseField("body.password", "Give the password of this service account; it is traded at Microsoft and not stored.")
	case !password.given && service.Username != "" && (held.ClientID != wanted.ClientID || held.TenantID != wanted.TenantID):
		return nil, refuseField("body.password", "The service account signed in with the client id and tenant of before; give its password again, or null to forget it.")
	case !password.given:
		return nothing, nil
	case username == "":
		username = service.Username
	}
	if username == "" {
		return nil, refuseField("body.username", "Give the user name that the password belongs to.")
	}
	source, err := s.config(wanted).SignInWithPassword(ctx, username, password.value)
	if err != nil {
		return nil, refusePassword(err)
	}
	box, err := outlook.NewClient(s.config(wanted), source).Me(ctx)
	if err != nil {
		return nil, err
	}
	traded := ledger.ServiceAccount{Username: username, Mailbox: ledger.Mailbox{
		Tenant: box.Tenant, ID: box.ObjectID, Address: box.Address, Name: box.Name,
	}}
	return func(ctx context.Context) error { return s.Ledger.SaveServiceAccount(ctx, traded, source.Refresh()) }, nil
}

// refusePassword names the field that cannot work.
func refusePassword(err error) error {
	if contact.KindOf(err) != contact.BadInput {
		return err
	}
	return refuseField("body.password", contact.SentenceOf(err))
}
