package ledger

import (
	"context"
	"database/sql"
	"errors"

	"contactbridge/internal/contact"
	"contactbridge/internal/reconcile"
)

// Sample gives the linked contact of a connection that changed last, as both sides showed it; without any link, of each side
// the record of its scope that changed last. A side of which nothing was read has the zero Record.
func (l *Ledger) Sample(ctx context.Context, c Connection) (v, o Record, err error) {
	const doing = "find a contact as a sample"
	err = l.db.NewSelect().Model(&v).Join("JOIN links l ON l.vtiger_id = r.id").
		Where("l.connection_id = ? AND l.epoch = ? AND l.state = ?", c.ID, c.Epoch, reconcile.Active).
		Where("r.feed = ? AND r.presence = ?", c.Feed(contact.VTiger), contact.Present).
		OrderExpr("r.changed DESC NULLS LAST, r.id").Limit(1).Scan(ctx)
	switch {
	case err == nil:
		err = l.db.NewSelect().Model(&o).Join("JOIN links l ON l.outlook_id = r.id").
			Where("l.connection_id = ? AND l.epoch = ? AND l.state = ? AND l.vtiger_id = ?", c.ID, c.Epoch, reconcile.Active, v.ID).
			Where("r.feed = ?", c.Feed(contact.Outlook)).Limit(1).Scan(ctx)
		return v, o, wrap(doing, ignoreNone(err))
	case !errors.Is(err, sql.ErrNoRows):
		return v, o, wrap(doing, err)
	}
	for side, into := range map[contact.Side]*Record{contact.VTiger: &v, contact.Outlook: &o} {
		q, err := inScope(ctx, l.db, c, side)
		if err == nil {
			err = q.Model(into).OrderExpr("r.changed DESC NULLS LAST, r.id").Limit(1).Scan(ctx)
		}
		if ignoreNone(err) != nil {
			return v, o, wrap(doing, err)
		}
	}
	return v, o, nil
}
