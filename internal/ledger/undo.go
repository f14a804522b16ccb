package ledger

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"contactbridge/internal/contact"
	"contactbridge/internal/reconcile"
)

// Deed is a write of a run that took effect and was not taken back.
type Deed struct {
	Operation

	Base reconcile.Base `bun:"base,type:jsonb,scanonly"` // of the link that a deletion ended
}

// Deeds lists the writes of a run that an undo can take back, in the order in which they took effect.
func (l *Ledger) Deeds(ctx context.Context, runID string) ([]Deed, error) {
	var out []Deed
	err := l.db.NewSelect().Model(&out).ModelTableExpr("operations AS op").ColumnExpr("op.*, coalesce(k.base, '{}') AS base").
		Join("LEFT JOIN links k ON k.id = op.link_id").
		Where("op.run_id = ? AND op.outcome = ? AND NOT op.preview", runID, Done).Where("op.action IN (?)", bun.List(writes)).
		Order("op.place").Scan(ctx)
	return out, wrap("read what the run did", err)
}

// WasUndone tells whether something of a run was taken back.
func (l *Ledger) WasUndone(ctx context.Context, runID string) (bool, error) {
	some, err := l.db.NewSelect().Model((*Operation)(nil)).Where("run_id = ? AND outcome = ?", runID, Undone).Exists(ctx)
	return some, wrap("look for what was undone", err)
}

// IsUndo tells whether an operation takes others back.
func (o Operation) IsUndo() bool { return len(o.Undoes) > 0 }

// takeBack marks what a settled operation took back, and closes the question whether it may.
func takeBack(ctx context.Context, tx bun.Tx, c Connection, op Operation) error {
	if !op.IsUndo() {
		return nil
	}
	_, err := tx.NewUpdate().Model((*Operation)(nil)).Set("outcome = ?", Undone).
		Where("connection_id = ? AND outcome = ? AND id = ANY(?)", c.ID, Done, pgdialect.Array(op.Undoes)).Exec(ctx)
	if err != nil || op.Action != contact.Delete {
		return err
	}
	_, err = tx.NewDelete().Model((*Hold)(nil)).Where("connection_id = ? AND epoch = ? AND kind = ?", c.ID, c.Epoch, reconcile.GuardHold).
		Where("undoes IS NOT NULL AND side = ? AND vtiger_id = ? AND outlook_id = ?", op.Side, op.VTigerID, op.OutlookID).Exec(ctx)
	return err
}

// relinked is the link of a record that was inserted. One that takes a deletion back waits while its partner is away, and
// takes the place of the link that an earlier undo left detached.
func relinked(ctx context.Context, tx bun.Tx, c Connection, op Operation, base reconcile.Base) (Link, error) {
	link := Link{ConnectionID: c.ID, Epoch: c.Epoch, State: reconcile.Active, VTigerID: op.VTigerID, OutlookID: op.OutlookID, Base: base}
	if !op.IsUndo() {
		return link, nil
	}
	link.State = op.Relink
	if link.State == reconcile.Detached {
		link.Missing = op.Side.Other()
	}
	_, err := tx.NewUpdate().Model((*Link)(nil)).Set("state = ?, ended_at = now(), state_at = now()", ended).
		Where("connection_id = ? AND epoch = ? AND state = ? AND missing = ?", c.ID, c.Epoch, reconcile.Detached, op.Side).
		Where("vtiger_id = ? OR outlook_id = ?", op.VTigerID, op.OutlookID).Exec(ctx)
	return link, err
}

// HeldUndos lists the runs whose undo waits for deletions that a person has approved.
func (l *Ledger) HeldUndos(ctx context.Context, c Connection) ([]string, error) {
	var ids []string
	err := l.db.NewSelect().Model((*Hold)(nil)).ColumnExpr("DISTINCT undoes").
		Where("connection_id = ? AND epoch = ? AND undoes IS NOT NULL AND verdict = ?", c.ID, c.Epoch, reconcile.Approve).Scan(ctx, &ids)
	return ids, wrap("look for undos that wait", err)
}

// undoneRecords adds the vTiger records of a run that is to be taken back, as far as no link holds them and somebody else
// owns them by now.
func undoneRecords(ctx context.Context, tx bun.Tx, c Connection, run Run, t *Trees) error {
	if run.Undoes == "" {
		return nil
	}
	var held []string
	for _, r := range t.VTiger {
		held = append(held, r.ID)
	}
	var more []Record
	err := tx.NewSelect().Model(&more).Where("r.feed = ? AND r.id <> ALL(?)", c.Feed(contact.VTiger), pgArray(held)).
		Where("r.id IN (?)", tx.NewSelect().Model((*Operation)(nil)).Column("vtiger_id").Where("run_id = ?", run.Undoes)).Scan(ctx)
	t.VTiger = append(t.VTiger, more...)
	return err
}
