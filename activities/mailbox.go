package activities

import (
	"context"
	"sync"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/outlook"
)

// mailboxes keeps one client a connection, so that an access token serves several activities.
type mailboxes struct {
	mu   sync.Mutex
	open map[string]*mailbox
}

type mailbox struct {
	client   *outlook.Client
	signIn   int64 // the version of the sign-in that the client last read or wrote
	settings int64 // the version of the Microsoft settings
}

// mailbox gives the client of a connection's mailbox: the kept one while neither the sign-in nor the settings changed.
func (a *Activities) mailbox(ctx context.Context, c ledger.Connection) (*outlook.Client, error) {
	settings, err := a.Ledger.Microsoft(ctx)
	if err != nil {
		return nil, err
	}
	if settings.Version == 0 {
		return nil, &contact.Error{Kind: contact.NeedsAdmin, Doing: "open the mailbox", Sentence: "An admin must first save the Microsoft settings."}
	}
	refresh, version, err := a.Ledger.Refresh(ctx, c.ID)
	if err != nil {
		return nil, needsSignIn(err)
	}
	a.mailboxes.mu.Lock()
	defer a.mailboxes.mu.Unlock()
	if m := a.mailboxes.open[c.ID]; m != nil && m.signIn == version && m.settings == settings.Version {
		return m.client, nil
	}
	m := &mailbox{signIn: version, settings: settings.Version}
	config := outlook.Config{
		LoginURL: a.LoginURL, GraphURL: a.GraphURL, TenantID: settings.TenantID, ClientID: settings.ClientID,
		ClientSecret: settings.ClientSecret, RedirectURL: settings.RedirectURL,
	}
	source := outlook.NewSource(config, refresh, func(ctx context.Context, rotated string) error {
		a.mailboxes.mu.Lock()
		version := m.signIn
		a.mailboxes.mu.Unlock()
		version, err := a.Ledger.SaveRefresh(ctx, c.ID, version, rotated)
		a.mailboxes.mu.Lock()
		defer a.mailboxes.mu.Unlock()
		m.signIn = version
		return err
	})
	m.client = outlook.NewClient(config, source, outlook.WithPace(a.Ledger.Pace(c.MailboxTenant, c.MailboxID)))
	if a.mailboxes.open == nil {
		a.mailboxes.open = map[string]*mailbox{}
	}
	a.mailboxes.open[c.ID] = m
	return m.client, nil
}
