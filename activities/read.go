package activities

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/vtiger"
)

// How the shared reading of a vTiger module is shared.
const (
	readLease  = 90 * time.Second // longer than any request, so that a holder who lives never loses it
	readPoll   = 250 * time.Millisecond
	checkShare = 20 // the known ids are asked for at most a twentieth of the time
)

// aboutAWeek is when everything is read again, so that what no feed shows is found; not at once for everybody.
func aboutAWeek() time.Duration {
	const week = 7 * 24 * time.Hour
	return week*9/10 + rand.N(week/5)
}

// readShared makes sure that the module was read to its end by a reading that began after the run was asked for: one that
// is there, one that somebody else begins, or its own. Runs of the clock begin none before Every has passed since the
// last one, so that all that are due in that time share the next.
func (a *Activities) readShared(ctx context.Context, module string, run ledger.Run) error {
	turn := a.turn(module) // one of this process waits for the lease, and the others for it
	if err := turn.take(ctx); err != nil {
		return err
	}
	defer turn.give()
	for {
		feed, err := a.Ledger.Feed(ctx, vtigerFeed(module))
		if err != nil || feed.Covers(run.FreshAfter) {
			return err
		}
		if early := a.Every - feed.Began.Sub(feed.ReadAt); run.Scheduled && early > 0 {
			return &contact.Error{
				Kind: contact.Unavailable, Doing: "wait for the next reading of vTiger", RetryAfter: early + rand.N(time.Second),
				Sentence: "vTiger is read for everybody at once; this run waits for the next reading.", Err: errWaiting,
			}
		}
		done, err := a.alone(ctx, "read/"+feed.ID, func(ctx context.Context, lease ledger.Lease) error { return a.read(ctx, module, lease) })
		if err != nil || done {
			return err
		}
	}
}

// alone does something under a lease; not done when somebody else holds it, a moment later.
func (a *Activities) alone(ctx context.Context, lease string, do func(context.Context, ledger.Lease) error) (done bool, err error) {
	held, l, release, err := a.Ledger.HoldLease(ctx, readLease, lease)
	switch {
	case err == nil:
		defer release()
		err = do(held, l)
		if errors.Is(context.Cause(held), ledger.ErrHeld) {
			err = &contact.Error{Kind: contact.Unavailable, Doing: "read vTiger for everybody", Err: ledger.ErrHeld}
		}
		return true, err
	case !errors.Is(err, ledger.ErrHeld):
		return false, err
	}
	select {
	case <-time.After(readPoll + rand.N(readPoll)):
		return false, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// errWaiting marks an error that is no failure.
var errWaiting = errors.New("not yet")

func vtigerFeed(module string) string { return ledger.Connection{Module: module}.Feed(contact.VTiger) }

// read brings the module's tree up to date: the feed to its end, the records of new owners, the names of organisations,
// and, when they are due, the known ids.
func (a *Activities) read(ctx context.Context, module string, lease ledger.Lease) error {
	feed, err := a.Ledger.BeginReading(ctx, vtigerFeed(module), lease.Fence)
	if err != nil {
		return err
	}
	book, err := a.book(ctx, module)
	if err != nil {
		return err
	}
	owners, err := a.Ledger.Unlisted(ctx, feed, module)
	if err != nil {
		return err
	}
	if feed, err = a.beginNames(ctx, feed, book); err != nil {
		return err
	}
	fromNothing, whole := feed.Cursor == "", feed.WholeDue.IsZero()
	if feed, err = a.walk(ctx, feed, book, module); err != nil {
		return err
	}
	if !fromNothing { // else the walk has just shown the records of all owners
		if err := a.readOwners(ctx, feed, book, module, owners); err != nil {
			return err
		}
	}
	if err := a.followNames(ctx, feed, book, module); err != nil {
		return err
	}
	if err := a.checkFilters(ctx, module, feed.Began); err != nil {
		return err
	}
	done := ledger.Reading{Listed: owners, NextWhole: aboutAWeek()}
	if feed.Astral == nil || whole {
		if done.Astral, err = a.charset(ctx, module); err != nil {
			return err
		}
	}
	if whole || !feed.Began.Before(feed.CheckDue) {
		if err := a.check(ctx, feed, book, whole, &done); err != nil {
			return err
		}
	}
	return a.Ledger.EndReading(ctx, feed, done)
}

// charset asks whether vTiger's database holds characters above U+FFFF; nil while it has no record to find out by.
func (a *Activities) charset(ctx context.Context, module string) (*bool, error) {
	crm, err := a.VTiger(ctx)
	if err != nil {
		return nil, err
	}
	holds, known, err := crm.Astral(ctx, module)
	if err != nil || !known {
		return nil, err
	}
	return &holds, nil
}

// readOwners reads the records of owners who are new to the feed.
func (a *Activities) readOwners(ctx context.Context, feed ledger.Feed, book *vtiger.Book, module string, owners []string) error {
	if slices.Contains(owners, ledger.Everyone) {
		owners = []string{""} // which lists the others' too
	}
	for _, owner := range owners {
		for after := ""; ; {
			records, err := book.Owned(ctx, owner, after)
			if err != nil {
				return err
			}
			if len(records) == 0 {
				break
			}
			if err := a.Ledger.StoreRecords(ctx, feed, records, module); err != nil {
				return err
			}
			after = records[len(records)-1].ID
		}
	}
	return nil
}

// beginNames notes where following names begins: before the first walk, which reads each name once and may be long.
func (a *Activities) beginNames(ctx context.Context, feed ledger.Feed, book *vtiger.Book) (ledger.Feed, error) {
	if feed.Names != "" {
		return feed, nil
	}
	_, next, err := book.Organisations(ctx, "")
	if feed.Names = next; err != nil || next == "" {
		return feed, err
	}
	return feed, a.Ledger.FollowedNames(ctx, feed, nil, next)
}

// followNames reads again what refers to a renamed organisation: its modified time does not move.
func (a *Activities) followNames(ctx context.Context, feed ledger.Feed, book *vtiger.Book, module string) error {
	seen, next, err := book.Organisations(ctx, feed.Names)
	if err != nil {
		return err
	}
	organisations := make([]ledger.Organisation, len(seen))
	for i, o := range seen {
		organisations[i] = ledger.Organisation(o)
	}
	renamed, err := a.Ledger.Renamed(ctx, feed, organisations)
	if err != nil {
		return err
	}
	for portion := range slices.Chunk(renamed, renamedAtOnce) {
		if err := a.readReferring(ctx, feed, book, module, portion); err != nil {
			return err
		}
	}
	return a.Ledger.FollowedNames(ctx, feed, organisations, next)
}

// renamedAtOnce is how many organisations one question names; an import changes more of them than a URL of vTiger's holds.
const renamedAtOnce = 100

func (a *Activities) readReferring(ctx context.Context, feed ledger.Feed, book *vtiger.Book, module string, organisations []string) error {
	for after := ""; ; {
		records, err := book.Referring(ctx, organisations, after)
		if err != nil || len(records) == 0 {
			return err
		}
		if err := a.Ledger.StoreRecords(ctx, feed, records, module); err != nil {
			return err
		}
		after = records[len(records)-1].ID
	}
}

// check asks for the known ids that the reading did not show: vTiger tells of no deletion. It takes at most a twentieth
// of the time.
func (a *Activities) check(ctx context.Context, feed ledger.Feed, book *vtiger.Book, whole bool, done *ledger.Reading) error {
	began := time.Now()
	doubts, err := a.Ledger.KnownIDs(ctx, feed, feed.Began)
	if whole && err == nil {
		doubts, err = a.Ledger.Unshown(ctx, feed)
	}
	if err != nil {
		return err
	}
	if err := a.look(ctx, feed.ID, book, doubts); err != nil {
		return err
	}
	done.Checked, done.NextCheck = true, max(a.Deletions, checkShare*time.Since(began))
	return nil
}
