package ledger

import (
	"context"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
)

// ObserveAgain has a side read as a whole by the next run, whatever is known of it, and every link looked at by the next
// plan. Nothing that is known is forgotten before it is read again, so that nothing follows from what was not read.
func (l *Ledger) ObserveAgain(ctx context.Context, c Connection, side contact.Side) error {
	return l.audited(ctx, "have a side read again", func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*Feed)(nil)).Set("whole_due = to_timestamp(0), stamped_at = NULL").
			Where("id = ?", c.Feed(side)).Exec(ctx)
		if err != nil {
			return err
		}
		_, err = tx.NewUpdate().Model((*Link)(nil)).Set("quiet_vtiger = NULL, quiet_outlook = NULL").
			Where("connection_id = ? AND epoch = ?", c.ID, c.Epoch).Exec(ctx)
		return err
	})
}

// ReadAgain has a feed read as a whole by the next run.
func (l *Ledger) ReadAgain(ctx context.Context, feed string) error {
	_, err := l.db.NewUpdate().Model((*Feed)(nil)).Set("whole_due = to_timestamp(0)").Where("id = ?", feed).Exec(ctx)
	return wrap("have a feed read again", err)
}
