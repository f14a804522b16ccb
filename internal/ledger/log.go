package ledger

import (
	"context"
	"slices"
	"time"

	"contactbridge/internal/contact"
)

// Line is one line of the sync log.
type Line struct {
	Operation

	UserID   string `bun:"user_id"`
	UserName string `bun:"user_name"`
	Module   string `bun:"module"`
}

// LogPlace is where a line stands in the log: by its time, and among the lines of one moment by its number.
type LogPlace struct {
	Time   time.Time
	Number int64
}

// At is where a line stands now. An unclear one moves up when it is settled.
func (l Line) At() LogPlace { return LogPlace{l.Time(), l.Place} }

// LogFilter narrows the sync log; zero values do not. Connection and run must be ids of ours.
type LogFilter struct {
	UserID       string
	ConnectionID string
	RunID        string
	Side         contact.Side // that is written on
	Action       string
	Outcome      string
	Text         string    // words of the name, or the whole id of a record
	Since, Until time.Time // not before, and before
	Before       LogPlace  // only what stands below that place
	Limit        int
}

// LogSides, LogActions and LogOutcomes are all that a line of the log can have. Indexes are merged over them where only
// some are asked for, so that one that is missing here is found by no filter.
var (
	LogSides    = []contact.Side{contact.VTiger, contact.Outlook, ""}
	LogActions  = []contact.Action{contact.Insert, contact.Update, contact.Delete, LinkAction, SkipAction, ConflictAction, ErrorAction}
	LogOutcomes = []Outcome{Done, Held, Unclear, Failed, Skipped, Discarded, Undone}
)

const (
	lineTime  = "coalesce(settled_at, sent_at, created_at)"
	lineOrder = lineTime + " DESC, place DESC"
)

// Log lists what is no longer merely planned, newest first.
func (l *Ledger) Log(ctx context.Context, f LogFilter) ([]Line, error) {
	const doing = "read the log"
	ids, err := l.logConnections(ctx, f)
	if err == nil && f.Text != "" && ids == nil && f.RunID != "" {
		ids, err = l.connectionsOfRun(ctx, f.RunID) // among whose words there are fewer
	}
	if err != nil || ids != nil && len(ids) == 0 {
		return nil, wrap(doing, err)
	}
	if f.Text != "" {
		out, err := l.logWords(ctx, f, ids)
		return out, wrap(doing, err)
	}
	of := f.scopes(ids)
	for i := range of {
		of[i] = f.kinds(of[i])
	}
	query, args := newest("operations", lineOrder, of, f.Limit)
	out, err := l.lines(ctx, query, args)
	return out, wrap(doing, err)
}

// lines reads the operations that a query gives as lines, in their order. Whose they are is asked for once a connection:
// joined to every line it would cost more than the lines.
func (l *Ledger) lines(ctx context.Context, query string, args []any) (out []Line, err error) {
	if err := l.db.NewRaw(query, args...).Scan(ctx, &out); err != nil || len(out) == 0 {
		return nil, err
	}
	ids := make([]string, len(out))
	for i, line := range out {
		ids[i] = line.ConnectionID
	}
	slices.Sort(ids)
	var rows []struct{ ID, UserID, Module, UserName string }
	err = l.db.NewRaw("SELECT c.id, c.user_id, c.module, u.user_name FROM connections c JOIN users u ON u.id = c.user_id WHERE c.id = ANY(?::uuid[])",
		pgArray(slices.Compact(ids))).Scan(ctx, &rows)
	whose := map[string]int{}
	for i, r := range rows {
		whose[r.ID] = i
	}
	out = slices.DeleteFunc(out, func(line Line) bool { _, there := whose[line.ConnectionID]; return !there }) // erased meanwhile
	for i := range out {
		r := rows[whose[out[i].ConnectionID]]
		out[i].UserID, out[i].Module, out[i].UserName = r.UserID, r.Module, r.UserName
	}
	return out, err
}

// logConnections gives the connections to which a filter's user and connection narrow the log; nil when they do not.
func (l *Ledger) logConnections(ctx context.Context, f LogFilter) ([]string, error) {
	switch {
	case f.UserID != "":
		ids, err := l.connectionsOf(ctx, f.UserID, f.ConnectionID)
		return append([]string{}, ids...), err
	case f.ConnectionID != "":
		return []string{f.ConnectionID}, nil
	}
	return nil, nil
}

// scopes selects the lines of the run, the connections, the times and the page that are asked for. A user has a few
// connections.
func (f LogFilter) scopes(ids []string) []selection {
	all := f.span(selection{where: "outcome <> 'planned' AND place > 0"})
	switch {
	case f.RunID != "" && ids != nil:
		return []selection{all.and("run_id = ?", f.RunID).and("connection_id = ANY(?::uuid[])", pgArray(ids))}
	case f.RunID != "":
		return []selection{all.and("run_id = ?", f.RunID)}
	case ids == nil:
		return []selection{all}
	}
	out := make([]selection, len(ids))
	for i, id := range ids {
		out[i] = all.and("connection_id = ?", id)
	}
	return out
}

// span narrows a selection to the times and the page that are asked for.
func (f LogFilter) span(s selection) selection {
	if !f.Since.IsZero() {
		s = s.and(lineTime+" >= ?", f.Since)
	}
	if !f.Until.IsZero() {
		s = s.and(lineTime+" < ?", f.Until)
	}
	if f.Before != (LogPlace{}) {
		s = s.and("("+lineTime+", place) < (?, ?)", f.Before.Time, f.Before.Number)
	}
	return s
}

// kinds divides a selection by all three of action, outcome and side where the filter names action or outcome. A side alone
// has an index of its own; of all lines and of a connection's also an action alone and an outcome alone.
func (f LogFilter) kinds(s selection) selection {
	switch {
	case f.Action == "" && f.Outcome == "" && f.Side == "":
		return s
	case f.Action == "" && f.Outcome == "":
		return s.and("side = ?", f.Side)
	case f.RunID == "" && f.Outcome == "" && f.Side == "":
		return s.and("action = ?", f.Action)
	case f.RunID == "" && f.Action == "" && f.Side == "":
		return s.and("outcome = ?", f.Outcome)
	}
	var actions, outcomes, sides []string
	for _, action := range LogActions {
		for _, outcome := range LogOutcomes {
			for _, side := range LogSides {
				if f.kind(action, outcome, side) {
					actions, outcomes, sides = append(actions, string(action)), append(outcomes, string(outcome)), append(sides, string(side))
				}
			}
		}
	}
	return s.and("action = k.action AND outcome = k.outcome AND side = k.side").
		forEach("unnest(?::text[], ?::text[], ?::text[]) AS k (action, outcome, side)", pgArray(actions), pgArray(outcomes), pgArray(sides))
}

// kind tells whether there are lines of such a kind, and they are asked for. What is written is written on a side.
func (f LogFilter) kind(a contact.Action, o Outcome, s contact.Side) bool {
	return (s != "" || a != contact.Insert && a != contact.Update && a != contact.Delete) && (f.Action == "" || f.Action == string(a)) && (f.Outcome == "" || f.Outcome == string(o)) && (f.Side == "" || f.Side == s)
}

// connectionsOfRun gives the id of a run's connection; none, if there is no such run.
func (l *Ledger) connectionsOfRun(ctx context.Context, runID string) ([]string, error) {
	ids := []string{}
	return ids, l.db.NewSelect().Model((*Run)(nil)).Column("connection_id").Where("id = ?", runID).Scan(ctx, &ids)
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
