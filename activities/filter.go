package activities

import (
	"context"
	"errors"
	"slices"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/vtiger"
)

// checkFilters asks, in each reading, whether vTiger still has the filters that connections use: it answers an unknown one
// with all records.
func (a *Activities) checkFilters(ctx context.Context, module string, began time.Time) error {
	used, err := a.Ledger.UsedFilters(ctx, module)
	if err != nil || len(used) == 0 {
		return err
	}
	crm, err := a.VTiger(ctx)
	if err != nil {
		return err
	}
	standing, err := crm.Filters(ctx, module)
	if contact.KindOf(err) == contact.NeedsAdmin {
		return nil // who uses a filter is told when it is to be listed; the reading is for all
	}
	if err != nil {
		return err
	}
	for _, m := range used {
		if slices.ContainsFunc(standing, func(f vtiger.Filter) bool { return f.ID == m.ID && f.Name == m.Name }) {
			continue
		}
		due := ledger.DueFilter{Filter: ledger.Filter{ID: m.ID, Name: m.Name}, Key: m.Key, Began: began}
		if err := a.Ledger.StoreGone(ctx, due); err != nil && !errors.Is(err, ledger.ErrMoved) {
			return err
		}
	}
	return nil
}

// readFilter makes sure that the members of the connection's filter are known: listed since a person asked for the run, or
// since they were last due. They are listed once for all connections that use the filter.
func (a *Activities) readFilter(ctx context.Context, c ledger.Connection, run ledger.Run) error {
	if c.Settings.Filter == nil {
		return nil
	}
	turn := a.turn("filters/" + c.Module)
	if err := turn.take(ctx); err != nil {
		return err
	}
	defer turn.give()
	for done := false; !done; {
		m, err := a.Ledger.FilterOf(ctx, c)
		if err != nil {
			return err
		}
		if m.TriedAt != nil && (run.Scheduled && m.Now.Sub(*m.TriedAt) < a.Filters || !m.TriedAt.Before(run.FreshAfter)) {
			return usable(m)
		}
		if !run.Scheduled {
			if err := a.Ledger.AskFilter(ctx, c); err != nil {
				return err
			}
		}
		done, err = a.alone(ctx, "filters/"+c.Feed(contact.VTiger), func(ctx context.Context, _ ledger.Lease) error { return a.listFilters(ctx, c) })
		if err != nil {
			return err
		}
	}
	m, err := a.Ledger.FilterOf(ctx, c)
	if err != nil {
		return err
	}
	return usable(m)
}

// listFilters lists the members of every filter that is due, the connection's own before those of others: one that cannot
// be listed fails the runs of those who use it only.
func (a *Activities) listFilters(ctx context.Context, c ledger.Connection) error {
	due, err := a.Ledger.DueFilters(ctx, c.Module, a.Filters)
	if err != nil {
		return err
	}
	book, err := a.book(ctx, c.Module)
	if err != nil {
		return err
	}
	for _, own := range []bool{true, false} {
		for _, d := range due {
			if own != (d.Filter == *c.Settings.Filter) {
				continue
			}
			if err := a.listFilter(ctx, book, d); err != nil {
				if own {
					return err
				}
				return ctx.Err() // its users are told by their own runs
			}
		}
	}
	return nil
}

func (a *Activities) listFilter(ctx context.Context, book *vtiger.Book, d ledger.DueFilter) error {
	ids, known, err := book.Members(ctx, vtiger.Filter{ID: d.ID, Name: d.Name})
	switch {
	case vtiger.FilterGone(err):
		err = a.Ledger.StoreGone(ctx, d)
	case err != nil:
	case known:
		err = a.Ledger.StoreMembers(ctx, d, ids)
	default:
		err = a.Ledger.StoreUnknown(ctx, d)
	}
	if errors.Is(err, ledger.ErrMoved) {
		err = nil
	}
	return err
}

// usable tells whether a run may go by what is known of its filter: while its members are unknown those listed before
// stand.
func usable(m ledger.Membership) error {
	e := &contact.Error{Kind: contact.NeedsAdmin, Doing: "use a saved filter of vTiger"}
	switch {
	case m.State == ledger.FilterGone:
		e.Code, e.Sentence = "filter-gone", "vTiger no longer has the saved filter that this connection syncs, or it was renamed; choose a filter again."
	case m.ListedAt == nil:
		e.Code, e.Sentence = "filter-unknown", "vTiger's listings of the saved filter contradict each other, so nothing is synced; try again, or choose another filter."
	default:
		return nil
	}
	return e
}
