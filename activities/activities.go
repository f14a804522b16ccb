// Package activities does what the workflows ask for: observe both sides, plan, apply in batches, finish. Every activity
// is idempotent and batch-sized, and takes and returns ids and counts only: no contact enters a history.
package activities

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/activity"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/vtiger"
)

// Activities holds what the activities work with.
type Activities struct {
	Ledger *ledger.Ledger
	// VTiger gives the client of the integration account as it is set now. It is asked after the run was entered: should the
	// vTiger be replaced later, nothing that the client says or does is kept any more.
	VTiger    func(ctx context.Context) (*vtiger.Client, error)
	Microsoft ledger.Microsoft // what the environment sets of step 1
	GraphURL  string           // Microsoft Graph's base address
	LoginURL  string           // Entra ID's base address
	Overlap   time.Duration    // how far back vTiger is read again
	Young     time.Duration    // how long a vTiger record may be torn after it changed; VTiger must be dialled with the same
	Settle    time.Duration    // how long an insert without an answer is looked up before it is sent again
	// Lease is how long after its announcement a batch may still send; zero is 90 seconds. Settle must be longer.
	Lease time.Duration
	// Deletions is how often vTiger is asked for all known ids, at runs that nobody waits for.
	Deletions time.Duration
	// Filters is how often the members of a saved filter are listed, at runs that nobody waits for.
	Filters time.Duration
	// Every is how often readings of vTiger begin at most, without a person who waits; a minute is right.
	Every time.Duration

	// Request asks Temporal for a connection's workflow; the schedules need it.
	Request func(ctx context.Context, connectionID string) error
	// Searchable says that Temporal knows the search attributes of runs.
	Searchable atomic.Bool

	reading   turns
	mailboxes mailboxes
}

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
	if c.FolderID == "" {
		return nil, &contact.Error{Kind: contact.BadInput, Doing: "open the mailbox", Sentence: "Choose the Outlook folder to sync with."}
	}
	mailbox, err := a.mailbox(ctx, c)
	if err != nil {
		return nil, err
	}
	crm, err := a.book(ctx, c.Module)
	if err != nil {
		return nil, err
	}
	return map[contact.Side]contact.Book{
		contact.VTiger:  crm,
		contact.Outlook: mailbox.Book(c.FolderID),
	}, nil
}

// book opens a module of vTiger.
func (a *Activities) book(ctx context.Context, module string) (*vtiger.Book, error) {
	crm, err := a.VTiger(ctx)
	if err != nil {
		return nil, err
	}
	return crm.Book(module, a.Overlap), nil
}

// identity names what a connection's links with the vTiger at an address hold for; it is part of every stamp.
func identity(address string, c ledger.Connection) string {
	return address + "\x00" + c.Module + "\x00" + c.MailboxTenant + "\x00" + c.MailboxID + "\x00" + c.FolderID
}
