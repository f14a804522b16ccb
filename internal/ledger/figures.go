package ledger

import (
	"context"
	"time"
)

// Figures count what an operator watches. They name nobody.
type Figures struct {
	Connections  map[string]int   // by trouble; "" for those without one
	Runs         map[RunState]int // queued and running ones
	Oldest       time.Duration    // how long the queued run has waited that waits longest; 0: none waits
	Held         int              // questions that wait for a person
	Refused      int              // refused writes that are tried again
	Parked       int              // refused writes that wait for a person
	Undelivered  int              // alerts on their way to a receiver
	LongestReads time.Duration    // since the vTiger feed that was read longest ago was read to its end; 0: none was
}

// Figures counts them.
func (l *Ledger) Figures(ctx context.Context) (Figures, error) {
	f := Figures{Connections: map[string]int{}, Runs: map[RunState]int{}}
	var troubles []struct {
		Trouble string
		N       int
	}
	if err := l.db.NewSelect().Model((*Connection)(nil)).ColumnExpr("trouble, count(*) AS n").Group("trouble").Scan(ctx, &troubles); err != nil {
		return f, wrap("count the connections", err)
	}
	for _, t := range troubles {
		f.Connections[t.Trouble] = t.N
	}
	var runs []struct {
		State  RunState
		N      int
		Waited float64
	}
	err := l.db.NewSelect().Model((*Run)(nil)).ColumnExpr("state, count(*) AS n, max(extract(epoch FROM now() - requested_at)) AS waited").
		Where("state IN (?, ?)", Queued, Running).Group("state").Scan(ctx, &runs)
	if err != nil {
		return f, wrap("count the runs", err)
	}
	for _, r := range runs {
		f.Runs[r.State] = r.N
		if r.State == Queued {
			f.Oldest = time.Duration(r.Waited * float64(time.Second))
		}
	}
	var read float64
	err = l.db.NewRaw(`SELECT (SELECT count(*) FROM holds WHERE verdict = ''), (SELECT count(*) FROM quarantine WHERE next_at IS NOT NULL),
		(SELECT count(*) FROM quarantine WHERE next_at IS NULL), (SELECT count(*) FROM deliveries WHERE next_at IS NOT NULL),
		(SELECT coalesce(max(extract(epoch FROM now() - read_at)), 0) FROM feeds WHERE id LIKE 'vtiger/%')`).
		Scan(ctx, &f.Held, &f.Refused, &f.Parked, &f.Undelivered, &read)
	f.LongestReads = time.Duration(read * float64(time.Second))
	return f, wrap("count what waits", err)
}
