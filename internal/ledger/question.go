package ledger

import (
	"context"

	"github.com/uptrace/bun"
)

// ask gives an operation its question. Where that was asked before, the operation goes, and asked is true.
func ask(ctx context.Context, tx bun.Tx, c Connection, s Settlement) (asked bool, err error) {
	asked, err = tx.NewSelect().Model((*Operation)(nil)).
		Where("connection_id = ? AND epoch = ? AND question = ? AND id <> ?", c.ID, s.Operation.Epoch, s.Question, s.Operation.ID).Exists(ctx)
	switch {
	case err != nil:
		return false, err
	case asked:
		_, err = tx.NewDelete().Model((*Operation)(nil)).Where("id = ?", s.Operation.ID).Exec(ctx)
	default:
		_, err = tx.NewUpdate().Model((*Operation)(nil)).Set("question = ?", s.Question).Where("id = ?", s.Operation.ID).Exec(ctx)
	}
	return asked, err
}
