package ledger

import (
	"context"
	"database/sql"
	"errors"
	"maps"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
	"contactbridge/internal/reconcile"
)

// Settlement is what became of one operation.
type Settlement struct {
	Operation Operation
	Outcome   Outcome        // Done, Failed, Skipped, Discarded, or Planned to send it again
	Kind      string         // Failed, Skipped, Discarded: why, for the machine
	Sentence  string         // … and for the person
	Suspect   bool           // Discarded: the side says that the record is gone, or other than its feed told, so it must be looked at
	Unsent    bool           // Planned: nothing was begun, so that it counts as no attempt
	Adopt     bool           // Skipped insert: Record stood in its way, and is linked with its source instead
	Record    contact.Record // Done insert or update, Adopt: what the side shows now
	Base      reconcile.Base // Done insert or update: the faces that enter the base
}

// Settle keeps what became of operations, records, links, bases and log in one transaction.
func (l *Ledger) Settle(ctx context.Context, c Connection, list []Settlement) error {
	return l.tx(ctx, "settle operations", func(ctx context.Context, tx bun.Tx) error {
		same, err := sameSettings(ctx, tx, c)
		if err != nil {
			return err
		}
		resting, err := tx.NewSelect().Model((*Quarantined)(nil)).Where("connection_id = ?", c.ID).Exists(ctx)
		if err != nil {
			return err
		}
		for _, s := range list {
			if resting && (s.Outcome == Done || s.Adopt) {
				if err := forget(ctx, tx, s.Operation); err != nil {
					return err
				}
			}
			if !same {
				s.Base = reconcile.Base{} // its faces were read by another mapping
				if s.Outcome == Planned {
					s.Outcome, s.Kind, s.Sentence = Discarded, "settings-changed", "The settings changed since it was planned."
				}
			}
			if err := settle(ctx, tx, c, s); err != nil {
				return err
			}
		}
		return countDay(ctx, tx, c, list)
	})
}

func settle(ctx context.Context, tx bun.Tx, c Connection, s Settlement) error {
	if s.Outcome != Planned {
		if err := release(ctx, tx, c, s.Operation); err != nil {
			return err
		}
	}
	switch {
	case s.Outcome == Planned:
		q := tx.NewUpdate().Model((*Operation)(nil)).Set("outcome = ?, sent_at = NULL", Planned).Where("id = ?", s.Operation.ID)
		if s.Unsent {
			q = q.Set("attempts = greatest(0, attempts - 1)")
		}
		_, err := q.Exec(ctx)
		return err
	case s.Adopt:
		return adopt(ctx, tx, c, s)
	case s.Outcome == Failed:
		return settleRefused(ctx, tx, c, s)
	case s.Outcome != Done:
		if s.Suspect {
			if err := suspect(ctx, tx, Feed{ID: c.Feed(s.Operation.Side)}, []string{s.Operation.Of(s.Operation.Side)}); err != nil {
				return err
			}
		}
		q := tx.NewUpdate().Model((*Operation)(nil)).Set("outcome = ?, settled_at = now(), place = nextval('log_places')", s.Outcome).Where("id = ?", s.Operation.ID)
		if s.Sentence != "" {
			q = q.Set("reason_kind = ?, reason = ?", s.Kind, s.Sentence)
		}
		_, err := q.Exec(ctx)
		return err
	}
	if err := settleDone(ctx, tx, c, &s); err != nil {
		return err
	}
	op := s.Operation
	if s.Sentence != "" {
		op.ReasonKind, op.Reason = s.Kind, s.Sentence
	}
	_, err := tx.NewUpdate().Model((*Operation)(nil)).Set("outcome = ?, settled_at = now(), place = nextval('log_places')", Done).
		Set("reason_kind = ?, reason = ?", op.ReasonKind, op.Reason).
		Set("vtiger_id = ?, outlook_id = ?, left_as = ?", op.VTigerID, op.OutlookID, leftAs(s)).Where("id = ?", op.ID).Exec(ctx)
	if err != nil {
		return err
	}
	if err := takeBack(ctx, tx, c, op); err != nil {
		return err
	}
	return logConflict(ctx, tx, op)
}

// leftAs names the content that an operation left; empty where it left none.
func leftAs(s Settlement) string {
	if s.Operation.Action == contact.Delete {
		return ""
	}
	return s.Record.Hash()
}

// settleDone moves record, link and base as the operation's kind asks.
func settleDone(ctx context.Context, tx bun.Tx, c Connection, s *Settlement) error {
	op := &s.Operation
	feed, err := held(ctx, tx, c.Feed(op.Side))
	if err != nil {
		return err
	}
	if op.Action == contact.Delete {
		return settleDelete(ctx, tx, c, *op, feed)
	}
	var before Record
	if op.Action == contact.Update {
		if err := tx.NewSelect().Model(&before).Where("feed = ? AND id = ?", feed.ID, op.Of(op.Side)).Scan(ctx); err != nil {
			return err
		}
	}
	if s.Record.Stamp == "" {
		s.Record.Stamp = op.Stamp
	}
	if err := upsert(ctx, tx, feed, []contact.Record{s.Record}); err != nil {
		return err
	}
	if op.Action == contact.Insert {
		setID(op, s.Record.ID)
		link, err := relinked(ctx, tx, c, *op, s.Base)
		if err != nil {
			return err
		}
		_, err = tx.NewInsert().Model(&link).ExcludeColumn("id").Exec(ctx)
		return err
	}
	_, err = tx.NewUpdate().Model((*Link)(nil)).Set("base = base || ?::jsonb, replaced = replaced || ?::jsonb", s.Base, replacedBy(*op)).
		Where("connection_id = ? AND epoch = ? AND vtiger_id = ? AND outlook_id = ? AND state <> ?", c.ID, c.Epoch, op.VTigerID, op.OutlookID, ended).Exec(ctx)
	if err != nil {
		return err
	}
	return carryOn(ctx, tx, *op, before, s.Record)
}

// replacedBy is what an update took away in vTiger, where an old form in somebody's browser may bring it back.
func replacedBy(op Operation) map[contact.Field]reconcile.Replacement {
	out := map[contact.Field]reconcile.Replacement{}
	if op.Side != contact.VTiger {
		return out
	}
	for f, change := range op.Fields {
		out[f] = reconcile.Replacement{Value: change.Before, At: now()}
	}
	return out
}

// setID fills in the record that an insert made.
func setID(op *Operation, id string) {
	if op.Side == contact.VTiger {
		op.VTigerID = id
	} else {
		op.OutlookID = id
	}
}

// settleDelete remembers the record as deleted and ends the link; one whose insert was taken back stays, detached, since
// its survivor would be inserted again.
func settleDelete(ctx context.Context, tx bun.Tx, c Connection, op Operation, feed Feed) error {
	_, err := tx.NewUpdate().Model((*Record)(nil)).Set("presence = ?, hash = ?, seen_at = ?, young_until = NULL", contact.Deleted, contact.Deleted, feed.Began).
		Where("feed = ? AND id = ?", feed.ID, op.Of(op.Side)).Exec(ctx)
	if err != nil {
		return err
	}
	end := tx.NewUpdate().Model((*Link)(nil)).Set("state_at = now()")
	if op.IsUndo() {
		end = end.Set("state = ?, missing = ?", reconcile.Detached, op.Side)
	} else {
		end = end.Set("state = ?, ended_at = now()", ended)
	}
	_, err = end.Where("connection_id = ? AND epoch = ? AND vtiger_id = ? AND outlook_id = ? AND state <> ?", c.ID, c.Epoch, op.VTigerID, op.OutlookID, ended).Exec(ctx)
	return err
}

// carryOn lets the pair's other planned operation go on: its plan knew what we just wrote. It does not when the side
// shows any other difference.
func carryOn(ctx context.Context, tx bun.Tx, op Operation, before Record, after contact.Record) error {
	expected := before.Contact()
	expected.Values = maps.Clone(before.Values)
	maps.Copy(expected.Values, op.Native)
	if expected.Hash() != after.Hash() {
		return nil
	}
	column := "planned_vtiger"
	if op.Side == contact.Outlook {
		column = "planned_outlook"
	}
	_, err := tx.NewUpdate().Model((*Operation)(nil)).Set("? = ?", bun.Ident(column), after.Hash()).
		Where("run_id = ? AND outcome = ? AND vtiger_id = ? AND outlook_id = ?", op.RunID, Planned, op.VTigerID, op.OutlookID).
		Where("? = ?", bun.Ident(column), before.Hash).Exec(ctx)
	if err != nil {
		return err
	}
	return keepResting(ctx, tx, op, before.Hash, after.Hash())
}

// logConflict writes the loser of each decided conflict into the log.
func logConflict(ctx context.Context, tx bun.Tx, op Operation) error {
	fields := map[contact.Field]reconcile.FieldChange{}
	for f, change := range op.Fields {
		if change.Conflict {
			fields[f] = change
		}
	}
	if len(fields) == 0 {
		return nil
	}
	line := op
	at := now()
	line.Action, line.Fields, line.Outcome, line.SettledAt, line.CreatedAt = ConflictAction, fields, Done, &at, at
	line.Native, line.Stamp, line.SentAt, line.Place, line.Claims = map[string]string{}, "", nil, 0, nil
	_, err := tx.NewInsert().Model(&line).ExcludeColumn("id").Exec(ctx)
	return err
}

// ignoreNone turns "no rows" into success with nothing.
func ignoreNone(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}
