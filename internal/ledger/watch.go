package ledger

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
	"contactbridge/internal/reconcile"
)

// Listing is the last whole walk of a side that a plan of an epoch saw.
type Listing struct {
	Walk    int64 `json:"walk"`
	Records int   `json:"records"` // present and in scope when that plan was made
}

// listed reads, for each side of which a whole walk ended that no plan saw, how many records it showed.
func listed(ctx context.Context, tx bun.Tx, c Connection) (seen, fresh map[contact.Side]Listing, err error) {
	var e epoch
	err = tx.NewSelect().Model(&e).Column("listings").Where("connection_id = ? AND number = ?", c.ID, c.Epoch).Scan(ctx)
	if ignoreNone(err) != nil {
		return nil, nil, err
	}
	seen, fresh = e.Listings, map[contact.Side]Listing{}
	for _, side := range contact.Sides {
		var f Feed
		err := tx.NewSelect().Model(&f).Where("f.id = ? AND f.whole_due IS NOT NULL", c.Feed(side)).Scan(ctx)
		if ignoreNone(err) != nil {
			return nil, nil, err
		}
		if err != nil || seen[side].Walk == f.Walk {
			continue
		}
		q, err := inScope(ctx, tx, c, side)
		if err != nil {
			return nil, nil, err
		}
		n, err := q.Count(ctx)
		if err != nil {
			return nil, nil, err
		}
		fresh[side] = Listing{f.Walk, int(n)}
	}
	return seen, fresh, nil
}

// Watch gives what the guard knows of the removals in each side.
func (l *Ledger) Watch(ctx context.Context, c Connection, t Trees) (map[contact.Side]reconcile.Watch, error) {
	out := map[contact.Side]reconcile.Watch{}
	return out, l.tx(ctx, "count what was removed", func(ctx context.Context, tx bun.Tx) error {
		active, err := activeBefore(ctx, tx, c)
		if err != nil {
			return err
		}
		for _, side := range contact.Sides {
			w := reconcile.Watch{Now: now(), Limits: c.Settings.limits(), Active: active}
			if w.Removed, err = removals(ctx, tx, c, side); err != nil {
				return err
			}
			if w.Source, err = source(ctx, tx, c, side.Other(), t); err != nil {
				return err
			}
			out[side] = w
		}
		return nil
	})
}

// source tells how many records the side shows that removals come from; after no whole walk only whether there is one.
func source(ctx context.Context, tx bun.Tx, c Connection, side contact.Side, t Trees) (reconcile.Listing, error) {
	if fresh, whole := t.Fresh[side]; whole {
		return reconcile.Listing{Records: fresh.Records, Complete: true, Before: t.Seen[side].Records}, nil
	}
	q, err := inScope(ctx, tx, c, side)
	if err != nil {
		return reconcile.Listing{}, err
	}
	some, err := q.Exists(ctx)
	if !some {
		return reconcile.Listing{}, err
	}
	return reconcile.Listing{Records: 1}, err
}

// activeBefore counts the links that were active when the guard's window began; of an epoch that is younger than that, all
// that it ever had.
func activeBefore(ctx context.Context, tx bun.Tx, c Connection) (int, error) {
	began := now().Add(-reconcile.GuardWindow)
	var young bool
	err := tx.NewSelect().Model((*epoch)(nil)).ColumnExpr("began_at > ?", began).
		Where("connection_id = ? AND number = ?", c.ID, c.Epoch).Scan(ctx, &young)
	if ignoreNone(err) != nil {
		return 0, err
	}
	q := tx.NewSelect().Model((*Link)(nil)).Where("l.connection_id = ? AND l.epoch = ?", c.ID, c.Epoch)
	if !young {
		q = q.Where("l.created_at <= ? AND (l.state = ? OR l.state_at > ?)", began, reconcile.Active, began)
	}
	n, err := q.Count(ctx)
	return int(n), err
}

// removals lists what was removed in a side within the guard's window.
func removals(ctx context.Context, tx bun.Tx, c Connection, side contact.Side) ([]reconcile.Removal, error) {
	var rows []struct {
		LinkID    int64
		SettledAt time.Time
		Approved  bool
	}
	err := tx.NewSelect().Model((*Operation)(nil)).Column("link_id", "settled_at", "approved").
		Where("connection_id = ? AND epoch = ? AND side = ? AND action = ? AND outcome = ?", c.ID, c.Epoch, side, contact.Delete, Done).
		Where("link_id <> 0 AND settled_at > ?", now().Add(-reconcile.GuardWindow)).Scan(ctx, &rows)
	out := make([]reconcile.Removal, len(rows))
	for i, r := range rows {
		out[i] = reconcile.Removal{Link: r.LinkID, At: r.SettledAt, Approved: r.Approved}
	}
	return out, err
}
