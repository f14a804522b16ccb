// Package signin ties a connection's grant, which the ledger keeps, to a mailbox at Microsoft, which the outlook package
// speaks to. The API and the worker open mailboxes alike through it; neither of the two rooms knows the other.
package signin

import (
	"cmp"
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
	// Fixed is what the environment sets of step 1: each value of it wins over the ledger's, but for the redirect address, which
	// stands in for one that was never saved.
	Fixed ledger.Microsoft
}

// Microsoft is step 1 as it is set now: the ledger's, with what the environment sets.
func (a Accounts) Microsoft(ctx context.Context) (ledger.Microsoft, error) {
	m, err := a.Ledger.Microsoft(ctx)
	for _, f := range a.fields(&m) {
		if *f.fixed != "" {
			*f.held = *f.fixed
		}
	}
	m.RedirectURL = cmp.Or(m.RedirectURL, a.Fixed.RedirectURL)
	return m, err
}

// Stored gives what is to be saved of wanted: of what the environment sets the ledger's value stays.
func (a Accounts) Stored(wanted, held ledger.Microsoft) ledger.Microsoft {
	kept := a.fields(&held)
	for i, f := range a.fields(&wanted) {
		if *f.fixed != "" {
			*f.held = *kept[i].held
		}
	}
	return wanted
}

// FixedFields lists the fields that the environment sets: clientId, clientSecret, tenantId.
func (a Accounts) FixedFields() []string {
	var out []string
	for _, f := range a.fields(&ledger.Microsoft{}) {
		if *f.fixed != "" {
			out = append(out, f.name)
		}
	}
	return out
}

type field struct {
	name        string
	fixed, held *string
}

// fields are those that the environment can set.
func (a *Accounts) fields(m *ledger.Microsoft) []field {
	return []field{
		{"clientId", &a.Fixed.ClientID, &m.ClientID},
		{"clientSecret", &a.Fixed.ClientSecret, &m.ClientSecret},
		{"tenantId", &a.Fixed.TenantID, &m.TenantID},
	}
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
