package ledger

import (
	"context"

	"github.com/uptrace/bun"
)

// fence is the right of one attempt at a run's activity to write into the ledger.
type fence struct {
	run    string
	number int64
}

type fenceKey struct{}

// EnterRun makes the caller the only one who may write for a run: every transaction under the returned context names the
// run's fencing number, and fails with ErrMoved once somebody else has entered. Whoever was paused and comes back writes
// nothing. A run that was erased can be entered, and nothing written for it.
func (l *Ledger) EnterRun(ctx context.Context, runID string) (context.Context, error) {
	f := fence{run: runID}
	err := l.db.NewUpdate().Model((*Run)(nil)).Set("fence = fence + 1").Where("id = ?", runID).Returning("fence").Scan(ctx, &f.number)
	return context.WithValue(ctx, fenceKey{}, f), wrap("enter the run", ignoreNone(err))
}

// heed refuses a transaction of a caller who no longer has the run, or is bound to a vTiger that was replaced, and keeps the
// others out until it ends.
func heed(ctx context.Context, tx bun.Tx) error {
	if err := heedInstance(ctx, tx); err != nil {
		return err
	}
	f, fenced := ctx.Value(fenceKey{}).(fence)
	if !fenced {
		return nil
	}
	mine, err := tx.NewSelect().Model((*Run)(nil)).Where("id = ? AND fence = ?", f.run, f.number).For("SHARE").Exists(ctx)
	if err == nil && !mine {
		err = ErrMoved
	}
	return err
}
