package ledger

import "context"

// RunOperations lists a run's operations and findings in the order in which they were planned, those still planned
// included, after the given id when it is not 0.
func (l *Ledger) RunOperations(ctx context.Context, runID string, after int64, limit int) ([]Operation, error) {
	var out []Operation
	err := l.db.NewSelect().Model(&out).Where("run_id = ? AND id > ?", runID, after).Order("id").Limit(int64(limit)).Scan(ctx)
	return out, wrap("list the run's operations", err)
}
