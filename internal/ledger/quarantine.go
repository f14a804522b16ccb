package ledger

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
)

// Quarantined is a write that a side refused. It rests while what it was tried on stays as it is: for growing pauses,
// and after the last one until a person asks for it.
type Quarantined struct {
	bun.BaseModel `bun:"table:quarantine,alias:q"`

	ID           int64          `bun:"id,pk,autoincrement"`
	ConnectionID string         `bun:"connection_id"`
	Epoch        int64          `bun:"epoch"`
	Side         contact.Side   `bun:"side"`
	Action       contact.Action `bun:"action"`
	VTigerID     string         `bun:"vtiger_id"`
	OutlookID    string         `bun:"outlook_id"`
	Name         string         `bun:"name"`
	Kind         string         `bun:"kind"`         // of the last refusal
	Sentence     string         `bun:"sentence"`     // … and for the person
	VTigerHash   string         `bun:"vtiger_hash"`  // the records that it was tried on
	OutlookHash  string         `bun:"outlook_hash"` // …
	Settings     int64          `bun:"settings"`     // the version of the settings that it was tried with
	Attempts     int            `bun:"attempts"`     // all tries
	Pauses       int            `bun:"pauses"`       // that it had or has; 0: a person asked to begin anew
	FirstAt      time.Time      `bun:"first_at"`
	TriedAt      time.Time      `bun:"tried_at"` // by the database's clock, as all of them
	NextAt       *time.Time     `bun:"next_at"`  // nil: parked
}

// pauses are how long a refused write rests after each try; refused after the last one it is parked.
var pauses = [...]time.Duration{15 * time.Minute, time.Hour, 4 * time.Hour, 24 * time.Hour}

// Of gives the record id on a side; empty for the target of an insert.
func (q Quarantined) Of(s contact.Side) string {
	return Operation{VTigerID: q.VTigerID, OutlookID: q.OutlookID}.Of(s)
}

// sameAs tells whether an operation would be tried on what was refused.
func (q Quarantined) sameAs(op Operation, settings int64) bool {
	return q.VTigerHash == op.PlannedVTiger && q.OutlookHash == op.PlannedOutlook && q.Settings == settings
}

// Rests tells whether a run that read the trees at a time leaves the operation alone. One that a person waits for tries
// what is not parked once, whether it is due or not.
func (q Quarantined) Rests(op Operation, settings int64, run Run, at time.Time) bool {
	switch {
	case !q.sameAs(op, settings):
		return false
	case q.NextAt == nil:
		return true
	case !q.NextAt.After(at):
		return false
	case run.Scheduled || run.StartedAt == nil:
		return true
	}
	return !q.TriedAt.Before(*run.StartedAt)
}

// quarantined selects those of a connection's current epoch.
func quarantined(db bun.IDB, into *[]Quarantined, c Connection) *bun.SelectQuery {
	return db.NewSelect().Model(into).Where("q.connection_id = ? AND q.epoch = ?", c.ID, c.Epoch).Order("q.id")
}

// forget ends the quarantine of an operation that succeeded.
func forget(ctx context.Context, tx bun.Tx, op Operation) error {
	_, err := tx.NewDelete().Model((*Quarantined)(nil)).Where("connection_id = ? AND epoch = ?", op.ConnectionID, op.Epoch).
		Where("side = ? AND action = ? AND vtiger_id = ? AND outlook_id = ?", op.Side, op.Action, op.VTigerID, op.OutlookID).Exec(ctx)
	return err
}

// mended ends the quarantine of what no plan asks for any more.
func mended(ctx context.Context, tx bun.Tx, c Connection, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.NewDelete().Model((*Quarantined)(nil)).Where("connection_id = ? AND id IN (?)", c.ID, bun.List(ids)).Exec(ctx)
	return err
}

// keepResting follows what our own write made of one of the records: it is no reason to try the pair's other write again.
func keepResting(ctx context.Context, tx bun.Tx, op Operation, before, after string) error {
	column := "vtiger_hash"
	if op.Side == contact.Outlook {
		column = "outlook_hash"
	}
	_, err := tx.NewUpdate().Model((*Quarantined)(nil)).Set("? = ?", bun.Ident(column), after).
		Where("connection_id = ? AND epoch = ? AND vtiger_id = ? AND outlook_id = ?", op.ConnectionID, op.Epoch, op.VTigerID, op.OutlookID).
		Where("? = ?", bun.Ident(column), before).Exec(ctx)
	return err
}
