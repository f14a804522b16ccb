package ledger

import (
	"context"
	"math"

	"contactbridge/internal/contact"
)

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

// LogActions and LogOutcomes are all that a line of the log can have. Indexes are merged over them where only one of the
// two is asked for, so that one that is missing here is found by no filter.
var (
	LogActions  = []contact.Action{contact.Insert, contact.Update, contact.Delete, LinkAction, SkipAction, ConflictAction, ErrorAction}
	LogOutcomes = []Outcome{Done, Held, Unclear, Failed, Skipped, Discarded, Undone}
)

// Log lists what is no longer merely planned, newest first.
func (l *Ledger) Log(ctx context.Context, f LogFilter) ([]Line, error) {
	const doing = "read the log"
	mine, err := l.logOf(ctx, f)
	if err != nil || len(mine) == 0 {
		return nil, wrap(doing, err)
	}
	query, args := newest("operations", "place", f.kinds(mine), f.Limit)
	var out []Line
	err = l.db.NewRaw("SELECT op.*, c.user_id, c.module, u.user_name FROM ("+query+") AS op "+
		"JOIN connections c ON c.id = op.connection_id JOIN users u ON u.id = c.user_id ORDER BY op.place DESC", args...).Scan(ctx, &out)
	return out, wrap(doing, err)
}

// logOf selects by whose lines they are; nothing when there can be none. A user has a few connections.
func (l *Ledger) logOf(ctx context.Context, f LogFilter) ([]selection, error) {
	before := f.Before
	if before == 0 {
		before = math.MaxInt64
	}
	all := selection{"outcome <> 'planned' AND place > 0 AND place < ?", []any{before}}
	var ids []string
	if f.UserID != "" {
		var err error
		if ids, err = l.connectionsOf(ctx, f.UserID, f.ConnectionID); err != nil || len(ids) == 0 {
			return nil, err
		}
	} else if f.ConnectionID != "" {
		ids = []string{f.ConnectionID}
	}
	switch {
	case f.RunID != "" && ids != nil:
		return []selection{all.and("run_id = ?", f.RunID).and("connection_id = ANY(?::uuid[])", pgArray(ids))}, nil
	case f.RunID != "":
		return []selection{all.and("run_id = ?", f.RunID)}, nil
	case ids == nil:
		return []selection{all}, nil
	}
	out := make([]selection, len(ids))
	for i, id := range ids {
		out[i] = all.and("connection_id = ?", id)
	}
	return out, nil
}

// kinds divides selections by action and outcome where the filter names one of the two.
func (f LogFilter) kinds(of []selection) []selection {
	if f.Action == "" && f.Outcome == "" {
		return of
	}
	var out []selection
	for _, s := range of {
		for _, action := range LogActions {
			for _, outcome := range LogOutcomes {
				if (f.Action == "" || f.Action == string(action)) && (f.Outcome == "" || f.Outcome == string(outcome)) {
					out = append(out, s.and("action = ?", action).and("outcome = ?", outcome))
				}
			}
		}
	}
	return out
}

// connectionsOf gives the ids of a user's connections, or of the named one of them.
func (l *Ledger) connectionsOf(ctx context.Context, userID, connectionID string) ([]string, error) {
	var ids []string
	q := l.db.NewSelect().Model((*Connection)(nil)).Column("id").Where("user_id = ?", userID)
	if connectionID != "" {
		q = q.Where("id = ?", connectionID)
	}
	return ids, q.Scan(ctx, &ids)
}
