package ledger

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// PruneOperations deletes lines of the log that were settled before a moment, looking at most at so many after the given
// place, oldest first. It gives the place that it came to; 0 says that nothing older is left.
//
// What is still needed stays: an operation whose answer is awaited or that holds a claim, one of a run that has not ended,
// and the line of a hold that is still open, which would be written again. A finding that still holds is written anew by
// the next plan that makes it.
func (l *Ledger) PruneOperations(ctx context.Context, before time.Time, after int64, most int) (next int64, deleted int, err error) {
	var page struct {
		Next    int64 `bun:"next"`
		Old     int   `bun:"old"`
		Deleted int   `bun:"deleted"`
	}
	err = l.db.NewRaw(`WITH page AS (
			SELECT o.*, coalesce(o.settled_at, o.sent_at, o.created_at) < ?0 AS old FROM operations o
			WHERE o.outcome <> 'planned' AND o.place > ?1 ORDER BY o.place LIMIT ?2
		), gone AS (
			DELETE FROM operations o USING page p, runs r WHERE o.id = p.id AND o.place = p.place AND p.old AND o.outcome <> 'unclear'
				AND r.id = p.run_id AND r.ended_at IS NOT NULL
				AND NOT EXISTS (SELECT 1 FROM claims k WHERE k.operation_id = p.id)
				AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.connection_id = p.connection_id AND h.epoch = p.epoch AND h.question = p.question)
			RETURNING 1
		)
		SELECT coalesce(max(place), 0) AS next, count(*) FILTER (WHERE old) AS old, (SELECT count(*) FROM gone) AS deleted FROM page`,
		before, after, most).Scan(ctx, &page)
	if page.Old == 0 {
		page.Next = 0 // places grow with time
	}
	return page.Next, page.Deleted, wrap("delete old lines of the log", err)
}

// PruneRuns deletes runs that ended before a moment and of which no operation is left, looking at most at so many after
// the given seq, oldest first. It gives the seq that it came to; 0 says that nothing older is left. The last run of a
// connection stays, and its first successful one that a person asked for: they show where it stands.
func (l *Ledger) PruneRuns(ctx context.Context, before time.Time, after int64, most int) (next int64, deleted int, err error) {
	err = l.tx(ctx, "delete old runs", func(ctx context.Context, tx bun.Tx) error {
		var page []Run
		err := tx.NewSelect().Model(&page).Column("id", "seq", "ended_at", "requested_at").Where("run.seq > ?", after).Order("run.seq").Limit(int64(most)).Scan(ctx)
		var old []string
		next, deleted = 0, 0
		for _, r := range page {
			if r.EndedAt != nil && r.EndedAt.Before(before) {
				old = append(old, r.ID)
			}
			if r.RequestedAt.Before(before) {
				next = r.Seq
			}
		}
		if err != nil || len(old) == 0 {
			return err
		}
		res, err := tx.NewDelete().Model((*Run)(nil)).Where("run.id IN (?)", bun.List(old)).
			Where("NOT EXISTS (SELECT 1 FROM operations o WHERE o.run_id = run.id)").
			Where("EXISTS (SELECT 1 FROM runs n WHERE n.connection_id = run.connection_id AND n.seq > run.seq)").
			Where(`run.scheduled OR run.state <> ? OR EXISTS (
				SELECT 1 FROM runs n WHERE n.connection_id = run.connection_id AND n.seq < run.seq AND n.state = ? AND NOT n.scheduled)`, RunDone, RunDone).Exec(ctx)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		deleted = int(n)
		return err
	})
	return next, deleted, err
}
