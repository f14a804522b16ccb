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

// Observed says which run was begun; an empty run means that none is asked for.
type Observed struct {
	Run string
}

// Observe begins the connection's next run, or goes on with the one a crash left, and brings both trees up to date by
// reads that start now.
func (a *Activities) Observe(ctx context.Context, connectionID string) (Observed, error) {
	defer beating(ctx)()
	run, err := a.Ledger.BeginRun(ctx, connectionID)
	if errors.Is(err, ledger.ErrNotFound) {
		return Observed{}, nil
	}
	if err != nil {
		return Observed{}, translate(ctx, err)
	}
	return Observed{Run: run.ID}, translate(ctx, a.observe(ctx, run))
}

func (a *Activities) observe(ctx context.Context, run ledger.Run) error {
	c, err := a.Ledger.Connection(ctx, run.ConnectionID)
	if err != nil {
		return err
	}
	user, err := a.Ledger.User(ctx, c.UserID)
	if err != nil {
		return err
	}
	if !user.Allowed {
		return &contact.Error{Kind: contact.NeedsAdmin, Doing: "begin a run", Sentence: "An administrator no longer allows this user to sync."}
	}
	books, err := a.books(ctx, c)
	if err != nil {
		return err
	}
	if err := a.Ledger.SetPhase(ctx, run.ID, "observing"); err != nil {
		return err
	}
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error {
		if err := a.reading.take(ctx); err != nil {
			return err
		}
		defer a.reading.give()
		return a.observeSide(ctx, c, contact.VTiger, books[contact.VTiger])
	})
	both.Go(func() error { return a.observeSide(ctx, c, contact.Outlook, books[contact.Outlook]) })
	return both.Wait()
}

// observeSide walks the feed to its end, each page and the cursor in one transaction, and then looks at every record of
// which the feed alone says too little.
func (a *Activities) observeSide(ctx context.Context, c ledger.Connection, side contact.Side, book contact.Book) error {
	feed, shown, err := a.walk(ctx, c, side, book)
	if err != nil {
		return err
	}
	doubtful, err := a.Ledger.Doubtful(ctx, c, side)
	if err != nil {
		return err
	}
	doubtful = slices.DeleteFunc(doubtful, func(d ledger.Doubt) bool {
		at, seen := shown[d.ID]
		return seen && !at.Before(d.Changed)
	})
	for doubts := range slices.Chunk(doubtful, 100) {
		ids := make([]string, len(doubts))
		for i, d := range doubts {
			ids[i] = d.ID
		}
		sightings, err := book.Look(ctx, ids)
		if err != nil {
			return err
		}
		if err := a.Ledger.StoreSightings(ctx, feed, doubts, sightings); err != nil {
			return err
		}
	}
	if feed.StampedAt != nil || side == contact.VTiger {
		return nil
	}
	stamps, err := book.Stamps(ctx)
	if err != nil {
		return err
	}
	return a.Ledger.StoreStamps(ctx, feed, stamps)
}

// walk reads the feed to its end and tells which records it was shown, and how old.
func (a *Activities) walk(ctx context.Context, c ledger.Connection, side contact.Side, book contact.Book) (ledger.Feed, map[string]time.Time, error) {
	shown := map[string]time.Time{}
	feed, err := a.Ledger.Feed(ctx, c.Feed(side))
	if err != nil {
		return feed, nil, err
	}
	shared := ""
	if side == contact.VTiger {
		shared = c.Module
	}
	for {
		page, err := book.Page(ctx, feed.Cursor)
		if err != nil {
			return feed, nil, err
		}
		if feed, err = a.Ledger.StorePage(ctx, feed, page, shared); err != nil {
			return feed, nil, err
		}
		for _, r := range page.Records {
			shown[r.ID] = r.Changed
		}
		for _, id := range page.Gone {
			delete(shown, id)
		}
		if page.Done {
			return feed, shown, nil
		}
	}
}
