package activities

import (
	"context"
	"sync"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/outlook"
	"contactbridge/internal/signin"
)

// mailboxes keeps one client a connection, so that an access token serves several activities.
type mailboxes struct {
	mu   sync.Mutex
	open map[string]*mailbox
}

type mailbox struct {
	client   *outlook.Client
	signIn   int64 // the connection's, that the client was made for
	settings int64 // the version of the Microsoft settings
}

// mailbox gives the client of a connection's mailbox: the kept one while neither the sign-in nor the settings changed.
func (a *Activities) mailbox(ctx context.Context, c ledger.Connection) (*outlook.Client, error) {
	accounts := signin.Accounts{Ledger: a.Ledger, GraphURL: a.GraphURL, LoginURL: a.LoginURL, Fixed: a.Microsoft}
	settings, err := accounts.Microsoft(ctx)
	if err != nil {
		return nil, err
	}
	if settings.ClientID == "" {
		return nil, &contact.Error{Kind: contact.NeedsAdmin, Doing: "open the mailbox", Sentence: "An admin must first save the Microsoft settings."}
	}
	config, source, err := accounts.Open(settings, c)
	if err != nil {
		return nil, err
	}
	a.mailboxes.mu.Lock()
	defer a.mailboxes.mu.Unlock()
	if m := a.mailboxes.open[c.ID]; m != nil && m.signIn == c.SignIn && m.settings == settings.Version {
		return m.client, nil
	}
	m := &mailbox{signIn: c.SignIn, settings: settings.Version}
	m.client = outlook.NewClient(config, source, outlook.WithPace(a.Ledger.Pace(c.MailboxTenant, c.MailboxID)))
	if a.mailboxes.open == nil {
		a.mailboxes.open = map[string]*mailbox{}
	}
	a.mailboxes.open[c.ID] = m
	return m.client, nil
}
