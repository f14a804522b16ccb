package ledger

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// DueFilter is a filter whose members are to be listed now.
type DueFilter struct {
	Filter
	Key   int64
	Began time.Time // the database's clock: what is asked for later is not answered by this listing
}

// DueFilters lists the filters that connections of a module use and that are to be listed: those never tried, those
// last tried longer ago than every, and those asked for since. Filters that no connection uses any more are forgotten.
func (l *Ledger) DueFilters(ctx context.Context, module string, every time.Duration) ([]DueFilter, error) {
	var due []DueFilter
	return due, l.tx(ctx, "list the filters that are due", func(ctx context.Context, tx bun.Tx) error {
		due = nil
		used := tx.NewSelect().Model((*Connection)(nil)).DistinctOn("id, name").
			ColumnExpr("? AS feed, c.settings #>> '{filter,id}' AS id, c.settings #>> '{filter,name}' AS name", vtigerFeed(module)).
			Where("c.module = ? AND c.settings #>> '{filter,id}' IS NOT NULL", module).Order("id", "name")
		if _, err := tx.NewRaw("INSERT INTO filters (feed, id, name) ? ON CONFLICT DO NOTHING", used).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewRaw("DELETE FROM filters f WHERE feed = ? AND NOT EXISTS (SELECT 1 FROM (?) u WHERE u.id = f.id AND u.name = f.name)",
			vtigerFeed(module), used).Exec(ctx)
		if err != nil {
			return err
		}
		return tx.NewSelect().Model((*Membership)(nil)).ColumnExpr("f.key, f.id, f.name, now() AS began").Where("f.feed = ?", vtigerFeed(module)).
			Where("f.tried_at IS NULL OR f.asked_at >= f.tried_at OR f.tried_at <= now() - ? * interval '1 millisecond'", every.Milliseconds()).
			Order("f.key").Scan(ctx, &due)
	})
}

// StoreMembers replaces the members of a filter, and has the links of those that entered or left looked at again by the
// next plan. ErrMoved, and nothing stored, when a listing that began later was stored already or no connection uses the
// filter any more.
func (l *Ledger) StoreMembers(ctx context.Context, due DueFilter, ids []string) error {
	return l.tx(ctx, "store a filter's members", func(ctx context.Context, tx bun.Tx) error {
		if err := tried(ctx, tx, due, "state = ?, listed_at = ?", FilterKnown, due.Began); err != nil {
			return err
		}
		var moved []string
		left := tx.NewDelete().Model((*filterMember)(nil)).Where("fm.filter = ?", due.Key).
			Where("NOT EXISTS (SELECT 1 FROM unnest(?::text[]) m WHERE m = fm.record_id)", pgArray(ids)).
			Returning("fm.record_id")
		if err := left.Scan(ctx, &moved); err != nil {
			return err
		}
		var entered []string
		err := tx.NewRaw("INSERT INTO filter_members (filter, record_id) SELECT ?, m FROM unnest(?::text[]) m ON CONFLICT DO NOTHING RETURNING record_id",
			due.Key, pgArray(ids)).Scan(ctx, &entered)
		if err != nil {
			return err
		}
		return lookAgain(ctx, tx, due.Key, append(moved, entered...))
	})
}

// lookAgain ends the quiet of links to records whose scope changed, in the connections that use the filter.
func lookAgain(ctx context.Context, tx bun.Tx, filter int64, ids []string) error {
	users := tx.NewSelect().Model((*Connection)(nil)).ColumnExpr("c.id").
		Join("JOIN filters f ON f.feed = 'vtiger/' || c.module AND f.id = c.settings #>> '{filter,id}' AND f.name = c.settings #>> '{filter,name}'").
		Where("f.key = ?", filter)
	_, err := tx.NewUpdate().Model((*Link)(nil)).Set("quiet_vtiger = NULL").
		Where("vtiger_id = ANY(?) AND connection_id IN (?)", pgArray(ids), users).Exec(ctx)
	return err
}

// StoreUnknown notes that a listing could not be explained. The members listed before stand. ErrMoved as StoreMembers.
func (l *Ledger) StoreUnknown(ctx context.Context, due DueFilter) error {
	return wrap("note that a filter's members are not known", tried(ctx, l.db, due, "state = ?", FilterUnknown))
}

// StoreGone notes that vTiger no longer has a filter under this id and name. It stays due like the others, for it may come
// back. ErrMoved as StoreMembers.
func (l *Ledger) StoreGone(ctx context.Context, due DueFilter) error {
	return wrap("note that a filter is gone", tried(ctx, l.db, due, "state = ?", FilterGone))
}

// tried notes a listing, unless a later one was noted.
func tried(ctx context.Context, db bun.IDB, due DueFilter, set string, values ...any) error {
	res, err := db.NewUpdate().Model((*Membership)(nil)).Set("tried_at = ?", due.Began).Set(set, values...).
		Where("f.key = ? AND (f.tried_at IS NULL OR f.tried_at <= ?)", due.Key, due.Began).Exec(ctx)
	return one(res, err, ErrMoved)
}
