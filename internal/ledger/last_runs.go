package ledger

import "context"

// LastRuns gives the newest run of each connection of one user, or of everybody when userID is empty, by connection.
func (l *Ledger) LastRuns(ctx context.Context, userID string) (map[string]Run, error) {
	var runs []Run
	q := l.db.NewSelect().Model(&runs).DistinctOn("run.connection_id").ColumnExpr("run.*").
		Join("JOIN connections c ON c.id = run.connection_id").Order("run.connection_id", "run.seq DESC")
	if userID != "" {
		q = q.Where("c.user_id = ?", userID)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, wrap("list the last runs", err)
	}
	out := make(map[string]Run, len(runs))
	for _, r := range runs {
		out[r.ConnectionID] = r
	}
	return out, nil
}
