package ledger

import (
	"context"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
	"contactbridge/internal/reconcile"
)

// Linked tells which of the records of a side have a link in the connection; detached ones count.
func (l *Ledger) Linked(ctx context.Context, c Connection, side contact.Side, ids []string) (map[string]bool, error) {
	out := map[string]bool{}
	if len(ids) == 0 {
		return out, nil
	}
	column := "vtiger_id"
	if side == contact.Outlook {
		column = "outlook_id"
	}
	var linked []string
	err := l.db.NewSelect().Model((*Link)(nil)).Column(column).
		Where("connection_id = ? AND epoch = ? AND state <> ?", c.ID, c.Epoch, ended).
		Where("? IN (?)", bun.Ident(column), bun.List(ids)).Scan(ctx, &linked)
	for _, id := range linked {
		out[id] = true
	}
	return out, wrap("look for links", err)
}

// adopt links a refused insert's source with the record that stood in its way. The base is empty, so that the next plan
// meets their fields as those of strangers. It fails, and settles nothing, where either was linked meanwhile.
func adopt(ctx context.Context, tx bun.Tx, c Connection, s Settlement) error {
	op := s.Operation
	feed, err := held(ctx, tx, c.Feed(op.Side))
	if err != nil {
		return err
	}
	if err := upsert(ctx, tx, feed, []contact.Record{s.Record}); err != nil {
		return err
	}
	setID(&op, s.Record.ID)
	_, err = tx.NewUpdate().Model((*Operation)(nil)).Set("outcome = ?, settled_at = now(), place = nextval('log_places')", s.Outcome).
		Set("reason_kind = ?, reason = ?, vtiger_id = ?, outlook_id = ?", s.Kind, s.Sentence, op.VTigerID, op.OutlookID).
		Where("id = ?", op.ID).Exec(ctx)
	if err != nil {
		return err
	}
	return stepLink(ctx, tx, c, op.RunID, reconcile.LinkChange{
		Step: reconcile.Attach, VTiger: op.VTigerID, Outlook: op.OutlookID, Why: reconcile.Why{Kind: s.Kind, Sentence: s.Sentence},
	}, map[string]string{op.VTigerID: op.Name})
}
