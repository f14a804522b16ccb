package ledger

import "context"

// Line is one line of the sync log.
type Line struct {
	Operation

	UserID   string `bun:"user_id"`
	UserName string `bun:"user_name"`
	Module   string `bun:"module"`
}

// LogFilter narrows the sync log; zero values do not. Connection and run must be ids of ours.
type LogFilter struct {
	UserID       string
	ConnectionID string
	RunID        string
	Action       string
	Outcome      string
	Before       int64 // lines before this place
	Limit        int
}

// Log lists what is no longer merely planned, newest first.
func (l *Ledger) Log(ctx context.Context, f LogFilter) ([]Line, error) {
	var out []Line
	q := l.db.NewSelect().Model(&out).ModelTableExpr("operations AS op").ColumnExpr("op.*, c.user_id, c.module, u.user_name").
		Join("JOIN connections c ON c.id = op.connection_id").Join("JOIN users u ON u.id = c.user_id").
		Where("op.outcome <> ?", Planned).Limit(int64(f.Limit))
	for _, w := range []struct{ column, value string }{
		{"c.user_id", f.UserID}, {"op.connection_id", f.ConnectionID}, {"op.run_id", f.RunID}, {"op.action", f.Action}, {"op.outcome", f.Outcome},
	} {
		if w.value != "" {
			q = q.Where(w.column+" = ?", w.value)
		}
	}
	if f.Before > 0 {
		q = q.Where("op.place < ?", f.Before)
	}
	return out, wrap("read the log", q.Order("op.place DESC").Scan(ctx))
}
