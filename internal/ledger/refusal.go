package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
)

// settleRefused quarantines an operation that failed. The log tells of the first refusal and of the parking, each by an
// error line; a refusal between the two leaves none.
func settleRefused(ctx context.Context, tx bun.Tx, c Connection, s Settlement) error {
	op := s.Operation
	q, told, err := quarantine(ctx, tx, c, s)
	if err != nil {
		return err
	}
	if !told {
		_, err := tx.NewDelete().Model((*Operation)(nil)).Where("id = ?", op.ID).Exec(ctx)
		return err
	}
	_, err = tx.NewUpdate().Model((*Operation)(nil)).Set("outcome = ?, settled_at = now(), place = nextval('log_places')", s.Outcome).
		Set("action = ?, reason_kind = ?, reason = ?", ErrorAction, s.Kind, q.told()).Where("id = ?", op.ID).Exec(ctx)
	return err
}

// quarantine notes a refusal and tells whether the log is to tell of it.
func quarantine(ctx context.Context, tx bun.Tx, c Connection, s Settlement) (q Quarantined, told bool, err error) {
	op := s.Operation
	var at time.Time
	if err := tx.NewSelect().ColumnExpr("clock_timestamp()").Scan(ctx, &at); err != nil {
		return q, false, err
	}
	err = tx.NewSelect().Model(&q).Where("connection_id = ? AND epoch = ?", op.ConnectionID, op.Epoch).
		Where("side = ? AND action = ? AND vtiger_id = ? AND outlook_id = ?", op.Side, op.Action, op.VTigerID, op.OutlookID).For("UPDATE").Scan(ctx)
	if ignoreNone(err) != nil {
		return q, false, err
	}
	q, told = q.refused(s, c.SettingsVersion, at)
	_, err = tx.NewInsert().Model(&q).ExcludeColumn("id").On("CONFLICT (connection_id, epoch, side, action, vtiger_id, outlook_id) DO UPDATE").
		Set("name = EXCLUDED.name, kind = EXCLUDED.kind, sentence = EXCLUDED.sentence").
		Set("vtiger_hash = EXCLUDED.vtiger_hash, outlook_hash = EXCLUDED.outlook_hash, settings = EXCLUDED.settings").
		Set("attempts = EXCLUDED.attempts, pauses = EXCLUDED.pauses").
		Set("first_at = EXCLUDED.first_at, tried_at = EXCLUDED.tried_at, next_at = EXCLUDED.next_at").Returning("NULL").Exec(ctx)
	return q, told, err
}

// refused is what a refusal makes of the row of the operation, which is zero at its first one. A try that came before its
// time, because a person waited for the run, changes neither the pause nor its end.
func (q Quarantined) refused(s Settlement, settings int64, at time.Time) (next Quarantined, told bool) {
	op, next := s.Operation, q
	again := q.ID != 0 && q.sameAs(op, settings)
	next.ConnectionID, next.Epoch, next.Side, next.Action = op.ConnectionID, op.Epoch, op.Side, op.Action
	next.VTigerID, next.OutlookID, next.Name = op.VTigerID, op.OutlookID, op.Name
	next.Kind, next.Sentence, next.TriedAt, next.Attempts = s.Kind, s.Sentence, at, q.Attempts+1
	next.VTigerHash, next.OutlookHash, next.Settings = op.PlannedVTiger, op.PlannedOutlook, settings
	switch {
	case again && (q.NextAt == nil || q.NextAt.After(at)):
		return next, false
	case again:
		next.Pauses++
	default:
		next.Pauses, next.Attempts, next.FirstAt = 1, 1, at
	}
	next.NextAt = nil
	if next.Pauses <= len(pauses) {
		due := at.Add(pauses[next.Pauses-1])
		next.NextAt = &due
	}
	return next, next.Pauses == 1 || next.NextAt == nil
}

// told is what the log says of a refusal: what was not done, why, and what becomes of it.
func (q Quarantined) told() string {
	verb := map[contact.Action]string{contact.Insert: "inserted", contact.Update: "updated", contact.Delete: "deleted"}[q.Action]
	done := fmt.Sprintf("Not %s in %s: %s", verb, q.Side.Title(), q.Sentence)
	if q.NextAt == nil {
		return fmt.Sprintf("%s It was tried %d times and is parked until one of the contacts changes or somebody asks for it.", done, q.Attempts)
	}
	return done + " It is tried again in 15 minutes, and then ever more rarely."
}
