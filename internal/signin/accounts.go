// Package signin ties a connection's grant, which the ledger keeps, to a mailbox at Microsoft, which the outlook package
// speaks to. The API and the worker open mailboxes alike through it; neither of the two rooms knows the other.
package signin

import (
	"context"
	"errors"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/outlook"
)

// Accounts opens the mailboxes of connections, each by its own grant.
type Accounts struct {
	Ledger             *ledger.Ledger
	GraphURL, LoginURL string
}

// Config is the app registration of step 1.
func (a Accounts) Config(m ledger.Microsoft) outlook.Config {
	return outlook.Config{
		LoginURL: a.LoginURL, GraphURL: a.GraphURL, TenantID: m.TenantID, ClientID: m.ClientID, ClientSecret: m.ClientSecret,
		RedirectURL: m.RedirectURL,
	}
}

// Open gives how a connection, as the ledger gave it, reaches its mailbox. Errors are *contact.Error: NeedsSignIn when it
// has no grant, NeedsAdmin when the settings no longer allow the one it has.
func (a Accounts) Open(m ledger.Microsoft, c ledger.Connection) (outlook.Config, *outlook.Source, error) {
	config := a.Config(m)
	switch {
	case c.Grant == ledger.Application && !m.Application:
		return config, nil, &contact.Error{
			Kind: contact.NeedsAdmin, Doing: "open the mailbox",
			Sentence: "An admin named this mailbox in application mode, which is off now; sign in to it, or let an admin name it again.",
		}
	case c.Grant == ledger.Application:
		config.Mailbox = c.MailboxID
		return config, outlook.NewAppSource(config), nil
	case c.Grant == ledger.Service:
		return config, outlook.NewSharedSource(config, a.turn(c, a.Ledger.RenewService)), nil
	case c.Grant == ledger.Delegated:
		return config, outlook.NewSharedSource(config, a.turn(c, a.Ledger.RenewSignIn)), nil
	}
	return config, nil, nobody
}

// turn renews as the ledger lets it.
func (a Accounts) turn(c ledger.Connection, renew func(context.Context, ledger.Connection, ledger.Use) error) outlook.Turn {
	return func(ctx context.Context, use func(context.Context, string) (string, error)) error {
		err := renew(ctx, c, use)
		if errors.Is(err, ledger.ErrNotFound) {
			return nobody
		}
		return err
	}
}

var nobody = &contact.Error{Kind: contact.NeedsSignIn, Doing: "open the mailbox", Sentence: "Nobody is signed in to the mailbox."}
