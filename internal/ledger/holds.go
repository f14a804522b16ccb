package ledger

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
	"contactbridge/internal/reconcile"
)

// Hold is what waits for a person, with the answer once there is one. It lives for as long as plans ask its question.
type Hold struct {
	bun.BaseModel `bun:"table:holds,alias:h"`

	ID           int64                                   `bun:"id,pk,autoincrement"`
	ConnectionID string                                  `bun:"connection_id"`
	Epoch        int64                                   `bun:"epoch"`
	Question     string                                  `bun:"question"`
	Kind         reconcile.HoldKind                      `bun:"kind"`
	Side         contact.Side                            `bun:"side"` // where a write would take place
	VTigerID     string                                  `bun:"vtiger_id"`
	OutlookID    string                                  `bun:"outlook_id"`
	Name         string                                  `bun:"name"`
	Field        contact.Field                           `bun:"field"`
	Shown        reconcile.Faces                         `bun:"shown,type:jsonb"`
	Candidates   []string                                `bun:"candidates,array,nullzero,default:'{}'"`
	Owner        string                                  `bun:"owner"`
	Fields       map[contact.Field]reconcile.FieldChange `bun:"fields,type:jsonb"`
	ReasonKind   string                                  `bun:"reason_kind"`
	Reason       string                                  `bun:"reason"`
	Undoes       string                                  `bun:"undoes,nullzero"` // the run whose undo asks; empty: every sync
	Verdict      reconcile.Verdict                       `bun:"verdict"`         // empty: nobody answered
	Record       string                                  `bun:"record"`          // the candidate that was chosen
	AnsweredBy   string                                  `bun:"answered_by"`
	AnsweredAt   *time.Time                              `bun:"answered_at"`
	CreatedAt    time.Time                               `bun:"created_at,nullzero,default:now()"`
}

// Answer gives what a person said.
func (h Hold) Answer() reconcile.Answer {
	return reconcile.Answer{Verdict: h.Verdict, Record: h.Record}
}

// holds selects those of a connection's current epoch.
func holds(db bun.IDB, into *[]Hold, c Connection) *bun.SelectQuery {
	return db.NewSelect().Model(into).Where("h.connection_id = ? AND h.epoch = ?", c.ID, c.Epoch).Order("h.id")
}

// Holds lists what waits in a connection, answered or not, oldest first.
func (l *Ledger) Holds(ctx context.Context, c Connection) ([]Hold, error) {
	var out []Hold
	return out, wrap("list what waits for a person", holds(l.db, &out, c).Scan(ctx))
}

// Waiting is a hold with whose it is.
type Waiting struct {
	Hold

	UserID string `bun:"user_id"`
}

// waiting selects holds of current epochs with their users.
func (l *Ledger) waiting(into any) *bun.SelectQuery {
	return l.db.NewSelect().Model(into).ModelTableExpr("holds AS h").ColumnExpr("h.*, c.user_id").
		Join("JOIN connections c ON c.id = h.connection_id AND c.epoch = h.epoch")
}

// Waiting lists what nobody answered yet, oldest first, of one user or of all when userID is empty, after the given id.
func (l *Ledger) Waiting(ctx context.Context, userID, connectionID string, after int64, limit int) ([]Waiting, error) {
	var out []Waiting
	q := l.waiting(&out).Where("h.verdict = '' AND h.id > ?", after).Order("h.id").Limit(int64(limit))
	if userID != "" {
		q = q.Where("c.user_id = ?", userID)
	}
	if connectionID != "" {
		q = q.Where("h.connection_id = ?", connectionID)
	}
	return out, wrap("list what waits for a person", q.Scan(ctx))
}

// HoldOf finds one; ErrNotFound.
func (l *Ledger) HoldOf(ctx context.Context, id int64) (Waiting, error) {
	var h Waiting
	return h, wrap("find what waits for a person", l.waiting(&h).Where("h.id = ?", id).Scan(ctx))
}

// RecordsOf gives records by their ids, as far as the connection may use them: its mailbox's, and in vTiger what its user owns
// or a link of it holds.
func (l *Ledger) RecordsOf(ctx context.Context, c Connection, side contact.Side, ids []string) ([]Record, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var out []Record
	q := l.db.NewSelect().Model(&out).Where("r.feed = ? AND r.id = ANY(?)", c.Feed(side), pgArray(ids))
	if side == contact.VTiger {
		q = q.Where("r.owner = ? OR EXISTS (?)", c.UserID, l.db.NewSelect().Model((*Link)(nil)).ColumnExpr("1").
			Where("l.connection_id = ? AND l.epoch = ? AND l.state <> ? AND l.vtiger_id = r.id", c.ID, c.Epoch, ended))
	}
	return out, wrap("read what waits for a person", q.Scan(ctx))
}

// Heap is what waits of one kind in a connection.
type Heap struct {
	Kind   reconcile.HoldKind `bun:"kind"`
	N      int                `bun:"n"`
	Newest int64              `bun:"newest"` // the hold that was asked last
}

// Heaps counts by kind what nobody answered yet in a connection.
func (l *Ledger) Heaps(ctx context.Context, connectionID string) ([]Heap, error) {
	out := []Heap{}
	q := l.db.NewSelect().TableExpr("holds AS h").Join("JOIN connections c ON c.id = h.connection_id AND c.epoch = h.epoch").
		Column("kind").ColumnExpr("count(*) AS n, max(h.id) AS newest").Where("h.connection_id = ? AND h.verdict = ''", connectionID)
	return out, wrap("count what waits for a person", q.Group("kind").Order("kind").Scan(ctx, &out))
}

// AnswerHolds gives one answer to everything of a kind that nobody answered yet, up to the hold of an id, and tells how much
// that was: what is asked later was not seen by whoever answers.
func (l *Ledger) AnswerHolds(ctx context.Context, c Connection, kind reconcile.HoldKind, through int64, a reconcile.Answer, by string) (int, error) {
	var n int64
	err := l.audited(ctx, "keep an answer", func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewUpdate().Model((*Hold)(nil)).Set("verdict = ?, answered_by = ?, answered_at = now()", a.Verdict, by).
			Where("connection_id = ? AND epoch = ? AND kind = ? AND verdict = '' AND id <= ?", c.ID, c.Epoch, kind, through).Exec(ctx)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return int(n), err
}

// AnswerHold keeps a person's answer; ErrNotFound when nothing of that id waits in the connection any more.
func (l *Ledger) AnswerHold(ctx context.Context, c Connection, id int64, a reconcile.Answer, by string) error {
	return l.audited(ctx, "keep an answer", func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewUpdate().Model((*Hold)(nil)).Set("verdict = ?, record = ?, answered_by = ?, answered_at = now()", a.Verdict, a.Record, by).
			Where("id = ? AND connection_id = ? AND epoch = ?", id, c.ID, c.Epoch).Exec(ctx)
		return one(res, err, ErrNotFound)
	})
}

// keepHolds adds the questions of a plan, keeping the answers of those that were asked before, and closes others.
func keepHolds(ctx context.Context, tx bun.Tx, c Connection, asked []Hold, closed []int64) error {
	if len(closed) > 0 {
		if _, err := tx.NewDelete().Model((*Hold)(nil)).Where("connection_id = ? AND id IN (?)", c.ID, bun.List(closed)).Exec(ctx); err != nil {
			return err
		}
	}
	if len(asked) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&asked).ExcludeColumn("id").On("CONFLICT (connection_id, epoch, question) DO UPDATE").
		Set("name = EXCLUDED.name, shown = EXCLUDED.shown, owner = EXCLUDED.owner, fields = EXCLUDED.fields").
		Set("reason = CASE WHEN EXCLUDED.reason_kind = 'guard-held' THEN h.reason ELSE EXCLUDED.reason END").
		Set("reason_kind = CASE WHEN EXCLUDED.reason_kind = 'guard-held' THEN h.reason_kind ELSE EXCLUDED.reason_kind END").
		Returning("NULL").Exec(ctx)
	return err
}
