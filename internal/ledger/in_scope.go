package ledger

import (
	"context"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
	"contactbridge/internal/reconcile"
)

// inScope selects the present records of a side that are the connection's.
func inScope(ctx context.Context, db bun.IDB, c Connection, side contact.Side) (*bun.SelectQuery, error) {
	q := db.NewSelect().Model((*Record)(nil)).Where("r.feed = ? AND r.presence = ?", c.Feed(side), contact.Present)
	if side == contact.Outlook {
		return admitted(ctx, db, c, q)
	}
	q = owned(q, c)
	if c.Settings.Filter != nil {
		q = q.Where("r.id IN (?)", members(db, c))
	}
	return q, nil
}

// categories reads a record's, one a line.
const categories = `coalesce(r."values" ->> ?, '')`

// admitted keeps of a query the contacts of Outlook that the connection's categories admit. Which of the lists of categories
// that contacts have are admitted is asked where the planner asks it: PostgreSQL folds case in its own way.
func admitted(ctx context.Context, db bun.IDB, c Connection, q *bun.SelectQuery) (*bun.SelectQuery, error) {
	if c.Settings.OutlookFilter == nil {
		return q, nil
	}
	var held []string
	err := db.NewSelect().Model((*Record)(nil)).Distinct().ColumnExpr(categories, reconcile.CategoriesField).
		Where("r.feed = ? AND r.presence = ?", c.Feed(contact.Outlook), contact.Present).Scan(ctx, &held)
	kept := []string{}
	for _, list := range held {
		if c.Settings.OutlookFilter.Admit(list) {
			kept = append(kept, list)
		}
	}
	return q.Where(categories+" = ANY(?)", reconcile.CategoriesField, pgArray(kept)), err
}
