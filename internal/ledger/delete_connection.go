package ledger

import (
	"context"

	"github.com/uptrace/bun"
)

// DeleteConnection ends a connection and deletes what was kept for it: sign-in, links, log, runs and holds, the contacts of
// its folder, and those vTiger records of its user that no other connection has linked. Nothing is deleted on either side.
// Whoever still works for it writes nothing any more. ErrNotFound.
func (l *Ledger) DeleteConnection(ctx context.Context, id string) error {
	const doing = "delete the connection"
	err := l.audited(ctx, doing, func(ctx context.Context, tx bun.Tx) error {
		if err := tx.NewSelect().Model((*Connection)(nil)).Column("id").Where("id = ?", id).For("UPDATE").Scan(ctx, new(string)); err != nil {
			return err
		}
		_, err := endRuns(tx, RunCancelled, "", "").Set("fence = fence + 1").Where("connection_id = ? AND ended_at IS NULL", id).Exec(ctx)
		if err != nil {
			return err
		}
		_, err = tx.NewDelete().Model((*credential)(nil)).Where("connection_id = ?", id).Exec(ctx)
		return err
	})
	if err != nil {
		return err
	}
	// A long log goes in portions; what a crash leaves of it goes with the next attempt.
	if _, err := l.eraseLog(ctx, id); err != nil {
		return wrap(doing, err)
	}
	return l.tx(ctx, doing, func(ctx context.Context, tx bun.Tx) error {
		var c Connection
		if err := tx.NewSelect().Model(&c).Where("id = ?", id).For("UPDATE").Scan(ctx); err != nil {
			return err
		}
		return eraseConnection(ctx, tx, c, &Erased{})
	})
}
