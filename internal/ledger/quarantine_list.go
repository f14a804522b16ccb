package ledger

import (
	"context"

	"github.com/uptrace/bun"
)

// Refusal is a quarantined write with whose it is.
type Refusal struct {
	Quarantined

	UserID string `bun:"user_id"`
}

// Refusals narrows what is quarantined; zero values do not. Connection must be an id of ours.
type Refusals struct {
	UserID       string
	ConnectionID string
	IDs          []int64
}

// of selects, of current epochs, what the filter leaves.
func (f Refusals) of(q *bun.SelectQuery) *bun.SelectQuery {
	q = q.Join("JOIN connections c ON c.id = q.connection_id AND c.epoch = q.epoch")
	if f.UserID != "" {
		q = q.Where("c.user_id = ?", f.UserID)
	}
	if f.ConnectionID != "" {
		q = q.Where("q.connection_id = ?", f.ConnectionID)
	}
	if len(f.IDs) > 0 {
		q = q.Where("q.id IN (?)", bun.List(f.IDs))
	}
	return q
}

// Quarantine lists the writes that sides refused, oldest first, after the given id.
func (l *Ledger) Quarantine(ctx context.Context, f Refusals, after int64, limit int) ([]Refusal, error) {
	var out []Refusal
	q := f.of(l.db.NewSelect().Model(&out).ModelTableExpr("quarantine AS q").ColumnExpr("q.*, c.user_id"))
	err := q.Where("q.id > ?", after).Order("q.id").Limit(int64(limit)).Scan(ctx)
	return out, wrap("list the quarantine", err)
}

// Retry lets the next run of each connection try refused writes, whether they wait or are parked, as if for the first
// time. It tells of each connection how many those are.
func (l *Ledger) Retry(ctx context.Context, f Refusals) (map[string]int, error) {
	var rows []Quarantined
	err := l.audited(ctx, "try the quarantine again", func(ctx context.Context, tx bun.Tx) error {
		rows = nil
		chosen := f.of(tx.NewSelect().Model((*Quarantined)(nil)).Column("q.id"))
		_, err := tx.NewUpdate().Model(&rows).Set("next_at = now(), pauses = 0").Where("q.id IN (?)", chosen).Returning("q.connection_id").Exec(ctx)
		return err
	})
	out := map[string]int{}
	for _, r := range rows {
		out[r.ConnectionID]++
	}
	return out, err
}
