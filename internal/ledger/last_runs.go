package ledger

import "context"

// LastRuns gives the newest run of each connection of one user, or of everybody when userID is empty, by connection.
func (l *Ledger) LastRuns(ctx context.Context, userID string) (map[string]Run, error) {
	var runs []Run
	q := l.db.NewSelect().Model(&runs).ModelTableExpr("connections AS c").ColumnExpr("run.*").
		Join("CROSS JOIN LATERAL (SELECT * FROM runs r WHERE r.connection_id = c.id ORDER BY r.seq DESC LIMIT 1) AS run")
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
