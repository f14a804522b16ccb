package activities

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// Observed says which run was begun; an empty run means that none is asked for. User, the vTiger user name, and Direction
// are what an operator searches by; Searchable says that Temporal knows such searches.
type Observed struct {
	Run        string
	User       string `json:",omitempty"`
	Direction  string `json:",omitempty"`
	Searchable bool   `json:",omitempty"`
}

// Observe begins the connection's next run, or goes on with the one a crash left, and brings both trees up to date by
// readings that begin after the run was asked for, and after its last plan.
func (a *Activities) Observe(ctx context.Context, connectionID string) (Observed, error) {
	defer beating(ctx)()
	run, err := a.Ledger.BeginRun(ctx, connectionID)
	if errors.Is(err, ledger.ErrNotFound) {
		return Observed{}, nil
	}
	if err != nil {
		return Observed{}, translate(ctx, err)
	}
	if run.Scheduled {
		ctx = ledger.Patient(ctx)
	}
	if ctx, err = a.Ledger.EnterRun(ctx, run.ID); err != nil {
		return Observed{}, translate(ctx, err)
	}
	out := Observed{Run: run.ID, Direction: string(run.Direction), Searchable: a.Searchable.Load()}
	if out.Searchable {
		if out.User, err = a.userName(ctx, run.ConnectionID); err != nil {
			return Observed{}, translate(ctx, err)
		}
	}
	if err := translate(ctx, a.delayed(ctx, run.ID, a.observe(ctx, run))); err != nil {
		return Observed{}, failedIn(out, err)
	}
	return out, nil
}

// userName names the user of a connection.
func (a *Activities) userName(ctx context.Context, connectionID string) (string, error) {
	c, err := a.Ledger.Connection(ctx, connectionID)
	if err != nil {
		return "", err
	}
	u, err := a.Ledger.User(ctx, c.UserID)
	return u.UserName, err
}

func (a *Activities) observe(ctx context.Context, run ledger.Run) error {
	c, err := a.Ledger.Connection(ctx, run.ConnectionID)
	if err != nil {
		return err
	}
	books, err := a.books(ctx, c)
	if err != nil {
		return err
	}
	if err := a.Ledger.SetPhase(ctx, run.ID, "observing"); err != nil {
		return err
	}
	if run.Scheduled { // it may have to wait for vTiger's next reading, and is then begun anew
		if err := a.observeVTiger(ctx, c, run); err != nil {
			return err
		}
		return a.observeOutlook(ctx, c, run, books[contact.Outlook])
	}
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error { return a.observeVTiger(ctx, c, run) })
	both.Go(func() error { return a.observeOutlook(ctx, c, run, books[contact.Outlook]) })
	return both.Wait()
}

// observeVTiger takes part in the reading that everybody shares, and then looks at what it says too little of: at a
// person's run every linked record, for vTiger tells of no deletion.
func (a *Activities) observeVTiger(ctx context.Context, c ledger.Connection, run ledger.Run) error {
	if err := a.readShared(ctx, c.Module, run); err != nil {
		return err
	}
	if err := a.readFilter(ctx, c, run); err != nil {
		return err
	}
	since := run.FreshAfter
	if run.Scheduled {
		since = time.Time{}
	}
	doubts, err := a.Ledger.LinkedUnseen(ctx, c, contact.VTiger, since)
	if err != nil {
		return err
	}
	book, err := a.book(ctx, c.Module)
	if err != nil {
		return err
	}
	return a.look(ctx, c.Feed(contact.VTiger), book, doubts)
}

// mostFrozen is how many contacts that left the folder a run of the clock asks for, should they have returned.
const mostFrozen = 20

// observeOutlook walks the folder's feed to its end, and looks at what it says too little of: what it says has left, what
// left earlier, and after a whole walk what that did not show.
func (a *Activities) observeOutlook(ctx context.Context, c ledger.Connection, run ledger.Run, book contact.Book) error {
	feed, err := a.Ledger.BeginReading(ctx, c.Feed(contact.Outlook), 0)
	if err != nil {
		return err
	}
	if feed, err = a.walk(ctx, feed, book, ""); err != nil {
		return err
	}
	whole, frozen := feed.WholeDue.IsZero(), int64(0) // a walk that began anew on its way is whole too
	if run.Scheduled && !whole {
		frozen = mostFrozen
	}
	doubts, err := a.Ledger.OutOfSight(ctx, c, frozen)
	if err != nil {
		return err
	}
	if whole {
		unshown, err := a.Ledger.Unshown(ctx, feed)
		if err != nil {
			return err
		}
		doubts = append(doubts, slices.DeleteFunc(unshown, func(d ledger.Doubt) bool { return slices.Contains(doubts, d) })...)
	}
	if err := a.look(ctx, feed.ID, book, doubts); err != nil {
		return err
	}
	if feed.StampedAt == nil {
		stamps, err := book.Stamps(ctx)
		if err != nil {
			return err
		}
		if err := a.Ledger.StoreStamps(ctx, feed, stamps); err != nil {
			return err
		}
	}
	return a.Ledger.EndReading(ctx, feed, ledger.Reading{NextWhole: aboutAWeek()})
}

// mostRestarts ends a walk whose positions are forgotten faster than it goes; a later attempt begins it anew.
const mostRestarts = 3

// walk reads a feed to its end, each page and the cursor in one transaction. module is empty for a feed of which
// everything is kept.
func (a *Activities) walk(ctx context.Context, feed ledger.Feed, book contact.Book, module string) (ledger.Feed, error) {
	for restarts := 0; ; {
		page, err := book.Page(ctx, feed.Cursor)
		if err != nil {
			return feed, err
		}
		if page.Restarted {
			restarts++
		}
		if restarts > mostRestarts {
			return feed, &contact.Error{
				Kind: contact.Unavailable, Doing: "read a change feed to its end",
				Sentence: "The side forgets how far it was read before it is read to its end.",
			}
		}
		if feed, err = a.Ledger.StorePage(ctx, feed, page, module); err != nil || page.Done {
			return feed, err
		}
	}
}

// look asks for records of which the feed alone says too little.
func (a *Activities) look(ctx context.Context, feedID string, book contact.Book, doubts []ledger.Doubt) error {
	for portion := range slices.Chunk(doubts, 100) {
		feed, err := a.Ledger.Feed(ctx, feedID)
		if err != nil {
			return err
		}
		ids := make([]string, len(portion))
		for i, d := range portion {
			ids[i] = d.ID
		}
		sightings, err := book.Look(ctx, ids)
		if err != nil {
			return err
		}
		if err := a.Ledger.StoreSightings(ctx, feed, portion, sightings); err != nil {
			return err
		}
	}
	return nil
}
