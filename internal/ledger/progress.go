package ledger

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
)

// Progress is how far a run came in one side.
type Progress struct {
	Side contact.Side `bun:"side"`
	Done int          `bun:"done"` // operations with an outcome
	All  int          `bun:"all"`  // … and those that are on their way, or planned as far as the batch size lets the run send them
}

// Progress gives how far a run came in each side that it writes to, and since when it writes; zero when it does not yet.
func (l *Ledger) Progress(ctx context.Context, r Run) (sides []Progress, since time.Time, err error) {
	const doing = "sum the run's progress"
	var first *time.Time
	if err := l.db.NewSelect().Model((*Operation)(nil)).ColumnExpr("min(sent_at)").Where("run_id = ?", r.ID).Scan(ctx, &first); err != nil {
		return nil, since, wrap(doing, err)
	}
	if first != nil {
		since = *first
	}
	ours := func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("run_id = ? AND action IN ('insert', 'update', 'delete') AND NOT waits AND NOT preview", r.ID)
	}
	left := l.db.NewSelect().Model((*Operation)(nil)).Column("side").Apply(ours).Where("outcome = ?", Planned)
	if r.Batch > 0 {
		sent, err := l.Sent(ctx, r.ID)
		if err != nil {
			return nil, since, err
		}
		if left = left.Order("id").Limit(int64(r.Batch - sent)); sent >= r.Batch {
			left = left.Where("false") // of no limit bun makes none
		}
	}
	written := l.db.NewSelect().Model((*Operation)(nil)).Column("side").
		ColumnExpr("count(*) FILTER (WHERE outcome <> ?) AS done, count(*) AS all", Unclear).Apply(ours).
		Where("outcome NOT IN (?, ?, ?)", Planned, Discarded, Held).Group("side")
	planned := l.db.NewSelect().TableExpr("(?) AS p", left).Column("side").ColumnExpr("0 AS done, count(*) AS all").Group("side")
	err = l.db.NewSelect().TableExpr("(? UNION ALL ?) AS o", written, planned).Column("side").
		ColumnExpr("sum(done) AS done, sum(o.all) AS all").Group("side").Order("side").Scan(ctx, &sides)
	return sides, since, wrap(doing, err)
}

// Pace is how many operations a second were done, and how long the rest takes at that pace; not known before any was.
func Pace(done, all int, since, now time.Time) (perSecond float64, rest time.Duration, known bool) {
	took := now.Sub(since)
	if since.IsZero() || took <= 0 || done == 0 {
		return 0, 0, false
	}
	return float64(done) / took.Seconds(), took / time.Duration(done) * time.Duration(all-done), true
}
