package ledger

import (
	"context"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
	"contactbridge/internal/reconcile"
)

// inScope selects the present records of a side that are the connection's.
func inScope(ctx context.Context, db bun.IDB, c Connection, side contact.Side) (*bun.SelectQuery, error) {
	q := present(db, c, side)
	if side == contact.Outlook {
		if c.Settings.OutlookFilter == nil {
			return q, nil
		}
		return admitted(ctx, q, reconcile.CategoriesField, c.Settings.OutlookFilter.Admit)
	}
	if c.Settings.Filter != nil {
		q = q.Where("r.id IN (?)", members(db, c))
	}
	for _, condition := range c.Settings.Conditions {
		var err error
		if q, err = admitted(ctx, q, contact.Field(condition.Field), condition.Meets); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// present selects the present records of a side that are the connection's whatever its filters say.
func present(db bun.IDB, c Connection, side contact.Side) *bun.SelectQuery {
	q := db.NewSelect().Model((*Record)(nil)).Where("r.feed = ? AND r.presence = ?", c.Feed(side), contact.Present)
	if side == contact.VTiger {
		return owned(q, c)
	}
	return q
}

// shown reads what a record shows in a field.
const shown = `coalesce(r."values" ->> ?, '')`

// admitted keeps of a query the records of which one field's text is admitted. Which of the texts that there are is admitted
// is asked where the planner asks it: PostgreSQL folds case in its own way.
func admitted(ctx context.Context, q *bun.SelectQuery, field contact.Field, admit func(string) bool) (*bun.SelectQuery, error) {
	var texts []string
	if err := q.Clone().Distinct().ColumnExpr(shown, field).Scan(ctx, &texts); err != nil {
		return nil, err
	}
	kept := []string{}
	for _, text := range texts {
		if admit(text) {
			kept = append(kept, text)
		}
	}
	return q.Where(shown+" = ANY(?)", field, pgArray(kept)), nil
}
