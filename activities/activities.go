// Package activities does what the workflows ask for: observe both sides, plan, apply in batches, finish. Every activity
// is idempotent and batch-sized, and takes and returns ids and counts only: no contact enters a history.
package activities

import (
	"context"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/outlook"
	"contactbridge/internal/vtiger"
)

// Activities holds what the activities work with.
type Activities struct {
	Ledger   *ledger.Ledger
	VTiger   *vtiger.Client
	Instance string        // names the vTiger; part of every stamp
	GraphURL string        // Microsoft Graph's base address
	LoginURL string        // Entra ID's base address
	Overlap  time.Duration // how far back vTiger is read again
	Young    time.Duration // how long a vTiger record may be torn after it changed; VTiger must be dialled with the same
	Settle   time.Duration // how long an insert without an answer is looked up before it is sent again

	reading   turn // vTiger is read by one run at a time: its feed has one cursor
	mailboxes mailboxes
}

// turn is a lock whose waiting ends with a context. The zero value is free.
type turn struct {
	once sync.Once
	slot chan struct{}
}

func (t *turn) init() { t.once.Do(func() { t.slot = make(chan struct{}, 1) }) }

func (t *turn) take(ctx context.Context) error {
	t.init()
	select {
	case t.slot <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *turn) give() { <-t.slot }

// Beat is how often a working activity tells the server that it is alive.
const Beat = 2 * time.Second

// beating heartbeats until the returned function is called.
func beating(ctx context.Context) (stop func()) {
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(Beat)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-ctx.Done():
				return
			case <-tick.C:
				activity.RecordHeartbeat(ctx)
			}
		}
	}()
	return sync.OnceFunc(func() { close(done) })
}

// books opens both sides of a connection.
func (a *Activities) books(ctx context.Context, c ledger.Connection) (map[contact.Side]contact.Book, error) {
	mailbox, err := a.mailbox(ctx, c)
	if err != nil {
		return nil, err
	}
	return map[contact.Side]contact.Book{
		contact.VTiger:  a.VTiger.Book(c.Module, a.Overlap),
		contact.Outlook: mailbox.Book(c.FolderID),
	}, nil
}

// identity names what a connection's links hold for.
func (a *Activities) identity(c ledger.Connection) string {
	return a.Instance + "\x00" + c.Module + "\x00" + c.MailboxTenant + "\x00" + c.MailboxID + "\x00" + c.FolderID
}

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
	m.client = outlook.NewClient(config, source)
	if a.mailboxes.open == nil {
		a.mailboxes.open = map[string]*mailbox{}
	}
	a.mailboxes.open[c.ID] = m
	return m.client, nil
}
