package ledger

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
	"contactbridge/internal/reconcile"
)

// Outcome is what became of an operation.
type Outcome string

// The outcomes in use. An announced operation is unclear until it is settled, so that a crash leaves it so.
const (
	Planned   Outcome = "planned"
	Done      Outcome = "done"
	Held      Outcome = "held"
	Unclear   Outcome = "unclear"
	Failed    Outcome = "failed"
	Skipped   Outcome = "skipped"
	Discarded Outcome = "discarded"
	Undone    Outcome = "undone"
	Previewed Outcome = "previewed" // a preview's: what a sync would do
)

// The actions that a log line can have besides the three writes.
const (
	LinkAction     contact.Action = "link"
	SkipAction     contact.Action = "skip"
	ConflictAction contact.Action = "conflict"
	ErrorAction    contact.Action = "error"
)

// Operation is one planned write, or a finding; what is no longer planned is a line of the sync log.
type Operation struct {
	bun.BaseModel `bun:"table:operations,alias:op"`

	ID             int64                                   `bun:"id,pk,autoincrement"`
	Place          int64                                   `bun:"place,nullzero,default:nextval('log_places')"` // in the log
	ConnectionID   string                                  `bun:"connection_id"`
	Epoch          int64                                   `bun:"epoch"`
	RunID          string                                  `bun:"run_id"`
	Side           contact.Side                            `bun:"side"`
	Action         contact.Action                          `bun:"action"`
	VTigerID       string                                  `bun:"vtiger_id"`
	OutlookID      string                                  `bun:"outlook_id"`
	Name           string                                  `bun:"name"`
	Outcome        Outcome                                 `bun:"outcome"`
	ReasonKind     string                                  `bun:"reason_kind"`
	Reason         string                                  `bun:"reason"`
	Fields         map[contact.Field]reconcile.FieldChange `bun:"fields,type:jsonb"`
	Native         map[string]string                       `bun:"native,type:jsonb"` // what is sent, in the side's own field names
	Stamp          string                                  `bun:"stamp"`
	PlannedVTiger  string                                  `bun:"planned_vtiger"` // the records' hashes that it was planned on
	PlannedOutlook string                                  `bun:"planned_outlook"`
	Question       *string                                 `bun:"question"`                           // a finding's identity: the same one is logged once
	LinkID         int64                                   `bun:"link_id"`                            // of a removal
	Approved       bool                                    `bun:"approved"`                           // a person approved the removal
	Claims         []string                                `bun:"claims,array,nullzero,default:'{}'"` // addresses that an insert brings into vTiger
	Preview        bool                                    `bun:"preview"`                            // a preview's row: never sent, and no line of the log
	Waits          bool                                    `bun:"waits"`                              // the applied preview does not show it: left to the next run
	Undoes         []int64                                 `bun:"undoes,array,nullzero,default:'{}'"` // the operations that it takes back
	Relink         reconcile.LinkState                     `bun:"relink"`                             // of the insert that takes a deletion back: the state of its link
	LeftAs         string                                  `bun:"left_as"`                            // the hash of the record as the operation left it
	Attempts       int                                     `bun:"attempts"`
	CreatedAt      time.Time                               `bun:"created_at"`
	SentAt         *time.Time                              `bun:"sent_at"`
	SettledAt      *time.Time                              `bun:"settled_at"`
	Waiting        float64                                 `bun:"waiting,scanonly"` // Unsettled: seconds since SentAt
}

// Of gives the record id on a side; empty for the target of an insert.
func (o Operation) Of(s contact.Side) string {
	if s == contact.VTiger {
		return o.VTigerID
	}
	return o.OutlookID
}

// Time is when it was settled, else sent, else planned; UTC.
func (o Operation) Time() time.Time {
	switch {
	case o.SettledAt != nil:
		return o.SettledAt.UTC()
	case o.SentAt != nil:
		return o.SentAt.UTC()
	}
	return o.CreatedAt.UTC()
}

// Reconcile gives the operation as the planner made it.
func (o Operation) Reconcile() reconcile.Operation {
	return reconcile.Operation{Side: o.Side, Action: o.Action, VTiger: o.VTigerID, Outlook: o.OutlookID, Fields: o.Fields}
}

// Announced is an operation that may now be sent, with both records as it was planned on.
type Announced struct {
	Operation Operation
	Target    Record // zero for an insert
	Source    Record
}

// Announce takes the run's next planned operations of one side, at most most, and marks them unclear before anything is
// sent. Operations whose records are no longer what they were planned on, and those that the caps forbid by now, are
// discarded; discarded counts them.
func (l *Ledger) Announce(ctx context.Context, c Connection, runID string, most func(contact.Side) int) (out []Announced, discarded int, err error) {
	err = l.tx(ctx, "announce operations", func(ctx context.Context, tx bun.Tx) error {
		out, discarded = nil, 0
		ops, err := nextPlanned(ctx, tx, runID, most)
		if err != nil {
			return err
		}
		capped, err := caps(ctx, tx)
		if err != nil {
			return err
		}
		for _, op := range ops {
			a, fresh, err := announced(ctx, tx, c, op)
			if err != nil {
				return err
			}
			kind, reason := "changed-since", "One of the two contacts changed since it was planned; it is planned again."
			switch {
			case fresh && capped.forbid(op):
				fresh, kind, reason = false, "forbidden", "An administrator forbade it since it was planned."
			case fresh:
				fresh, err = claim(ctx, tx, c, op)
				kind, reason = "waits", "Another mailbox is bringing a contact with the same e-mail address into vTiger; it is planned again."
			}
			if err != nil {
				return err
			}
			if !fresh {
				discarded++
				if err := discard(ctx, tx, op.ID, kind, reason); err != nil {
					return err
				}
				continue
			}
			out = append(out, a)
		}
		return markSent(ctx, tx, out)
	})
	return out, discarded, err
}

// nextPlanned locks the run's next operations of whichever side comes first.
func nextPlanned(ctx context.Context, tx bun.Tx, runID string, most func(contact.Side) int) ([]Operation, error) {
	var first Operation
	// Of a run that was cancelled meanwhile nothing more is sent.
	err := tx.NewSelect().Model(&first).Where("run_id = ? AND outcome = ? AND NOT waits", runID, Planned).
		Where("EXISTS (SELECT FROM runs r WHERE r.id = run_id AND r.ended_at IS NULL FOR SHARE)").Order("id").Limit(1).Scan(ctx)
	if err != nil {
		return nil, ignoreNone(err)
	}
	n := most(first.Side)
	if n <= 0 {
		return nil, nil
	}
	var ops []Operation
	err = tx.NewSelect().Model(&ops).Where("run_id = ? AND outcome = ? AND NOT waits AND side = ?", runID, Planned, first.Side).
		Order("id").Limit(int64(n)).For("UPDATE").Scan(ctx)
	return ops, err
}

// announced pairs an operation with its records; fresh is false when one of them changed since the plan.
func announced(ctx context.Context, tx bun.Tx, c Connection, op Operation) (a Announced, fresh bool, err error) {
	a.Operation = op
	if fresh, err = unlinked(ctx, tx, c, op); err != nil {
		return a, false, err
	}
	if isLone(op) {
		if fresh, err = unheld(ctx, tx, c, op); err != nil {
			return a, false, err
		}
	}
	for _, side := range contact.Sides {
		id, hash := op.Of(side), op.PlannedVTiger
		if side == contact.Outlook {
			hash = op.PlannedOutlook
		}
		if id == "" {
			continue
		}
		var r Record
		if err := tx.NewSelect().Model(&r).Where("feed = ? AND id = ?", c.Feed(side), id).Scan(ctx); err != nil {
			return a, false, err
		}
		fresh = fresh && r.Hash == hash
		if side == op.Side {
			a.Target = r
		} else {
			a.Source = r
		}
	}
	return a, fresh, nil
}

// unlinked tells whether an insert's source has no partner yet; a plan that was kept late must not insert it twice.
func unlinked(ctx context.Context, tx bun.Tx, c Connection, op Operation) (bool, error) {
	if op.Action != contact.Insert {
		return true, nil
	}
	q := tx.NewSelect().Model((*Link)(nil)).
		Where("l.connection_id = ? AND l.epoch = ? AND l.state <> ?", c.ID, c.Epoch, ended).
		Where("l.vtiger_id = ? OR l.outlook_id = ?", op.Of(op.Side.Other()), op.Of(op.Side.Other()))
	if op.IsUndo() { // the link that an earlier undo left detached goes with the insert
		q = q.Where("NOT (l.state = ? AND l.missing = ?)", reconcile.Detached, op.Side)
	}
	linked, err := q.Exists(ctx)
	return !linked, err
}

func markSent(ctx context.Context, tx bun.Tx, list []Announced) error {
	if len(list) == 0 {
		return nil
	}
	ids := make([]int64, len(list))
	for i, a := range list {
		ids[i] = a.Operation.ID
	}
	_, err := tx.NewUpdate().Model((*Operation)(nil)).Set("outcome = ?, sent_at = now(), attempts = attempts + 1, place = nextval('log_places')", Unclear).
		Where("id IN (?)", bun.List(ids)).Exec(ctx)
	return err
}

func discard(ctx context.Context, db bun.IDB, id int64, kind, reason string) error {
	_, err := db.NewUpdate().Model((*Operation)(nil)).
		Set("outcome = ?, reason_kind = ?, reason = ?, settled_at = now(), place = nextval('log_places')", Discarded, kind, reason).
		Where("id = ?", id).Exec(ctx)
	return err
}

// Unsettled lists the operations of the connection's epoch whose fate is unclear, oldest first. Those of another epoch went
// to another mailbox or folder, where nothing can be looked up now.
func (l *Ledger) Unsettled(ctx context.Context, c Connection) ([]Operation, error) {
	var ops []Operation
	err := l.db.NewSelect().Model(&ops).ColumnExpr("op.*, extract(epoch FROM clock_timestamp() - op.sent_at) AS waiting").
		Where("connection_id = ? AND epoch = ? AND outcome = ?", c.ID, c.Epoch, Unclear).Order("id").Scan(ctx)
	return ops, wrap("list unclear operations", err)
}

// Records reads the given records of one side.
func (l *Ledger) Records(ctx context.Context, c Connection, side contact.Side, ids []string) (map[string]Record, error) {
	out := map[string]Record{}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []Record
	err := l.db.NewSelect().Model(&rows).Where("feed = ? AND id IN (?)", c.Feed(side), bun.List(ids)).Scan(ctx)
	for _, r := range rows {
		out[r.ID] = r
	}
	return out, wrap("read records", err)
}
