package ledger_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
)

// line puts an operation into a run; days is how long ago it was settled.
func line(t *testing.T, l *ledger.Ledger, run ledger.Run, name, outcome string, days int, question any) {
	_, err := l.DB().ExecContext(t.Context(), `INSERT INTO operations (connection_id, epoch, run_id, side, action, outcome, name, question, created_at, settled_at)
		VALUES (?, 1, ?, 'vtiger', 'update', ?, ?, ?, now() - ? * interval '1 day', now() - ? * interval '1 day')`, run.ConnectionID, run.ID, outcome, name, question, days, days)
	require.NoError(t, err)
}

// past makes a run that a person asked for and that ended so many days ago; 0 leaves it running.
func past(t *testing.T, l *ledger.Ledger, c ledger.Connection, key, state string, days int) ledger.Run {
	run, err := l.RequestRun(t.Context(), c, key, "", c.UserID)
	require.NoError(t, err)
	_, err = l.DB().ExecContext(t.Context(), `UPDATE runs SET state = ?, requested_at = now() - ? * interval '1 day',
		ended_at = CASE WHEN ? > 0 THEN now() - ? * interval '1 day' END WHERE id = ?`, state, days, days, days, run.ID)
	require.NoError(t, err)
	return run
}

// pruned looks at few at a time until nothing old is left, and tells how many went.
func pruned(t *testing.T, prune func(context.Context, time.Time, int64, int) (int64, int, error)) (deleted int) {
	for after := int64(0); ; {
		next, n, err := prune(t.Context(), time.Now().Add(-30*24*time.Hour), after, 2)
		require.NoError(t, err)
		require.LessOrEqual(t, n, 2, "one statement is bounded")
		deleted += n
		if next == 0 {
			return deleted
		}
		require.Greater(t, next, after)
		after = next
	}
}

func names(t *testing.T, l *ledger.Ledger, query string) (out []string) {
	require.NoError(t, l.DB().NewRaw(query).Scan(t.Context(), &out))
	return out
}

// What is old goes from the log; what an answer, a hold, a claim or a running run still needs stays.
func TestOldLinesGoAndNeededOnesStay(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	old, open := past(t, l, c, "old", "done", 60), past(t, l, c, "open", "running", 0)
	line(t, l, old, "claims", "done", 59, nil)
	line(t, l, old, "old", "done", 58, nil)
	line(t, l, old, "unclear", "unclear", 57, nil)
	line(t, l, old, "planned", "planned", 57, nil)
	line(t, l, old, "closed hold", "held", 56, "closed")
	line(t, l, old, "open hold", "held", 55, "open")
	line(t, l, old, "finding", "skipped", 54, "finding")
	line(t, l, open, "of a running run", "done", 53, nil)
	line(t, l, old, "young", "done", 29, nil)
	line(t, l, open, "younger", "done", 1, nil)
	exec := func(query string, args ...any) {
		_, err := l.DB().ExecContext(t.Context(), query, args...)
		require.NoError(t, err)
	}
	exec("INSERT INTO claims (feed, address, operation_id) SELECT 'vtiger/Contacts', 'a@b', id FROM operations WHERE name = 'claims'")
	exec("INSERT INTO holds (connection_id, epoch, question, kind, side, reason_kind, reason) VALUES (?, 1, 'open', 'guard', 'vtiger', 'x', 'y')", c.ID)
	require.Equal(t, 3, pruned(t, l.PruneOperations))
	require.Equal(t, []string{"claims", "of a running run", "open hold", "planned", "unclear", "young", "younger"}, names(t, l, "SELECT name FROM operations ORDER BY name"))
	require.Zero(t, pruned(t, l.PruneOperations), "and nothing more goes the next time")
}

// An old run goes when its lines did; the last one of a connection and its first success by hand stay.
func TestOldRunsGo(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	for _, run := range []struct {
		key, state string
		days       int
	}{{"failed", "failed", 90}, {"first", "done", 80}, {"second", "done", 70}, {"third", "failed", 60}, {"full", "done", 50}, {"fourth", "done", 49}, {"young", "done", 20}} {
		made := past(t, l, c, run.key, run.state, run.days)
		if run.key == "full" {
			line(t, l, made, "planned", "planned", 50, nil)
		}
	}
	require.Equal(t, 4, pruned(t, l.PruneRuns))
	require.Equal(t, []string{"first", "full", "young"}, names(t, l, "SELECT key FROM runs ORDER BY seq"))

	other, err := l.CreateConnection(t.Context(), "19x6", "Contacts", c.Settings)
	require.NoError(t, err)
	past(t, l, other, "scheduled long ago", "failed", 90)
	past(t, l, other, "last of all", "failed", 80)
	require.Equal(t, 1, pruned(t, l.PruneRuns))
	require.Equal(t, []string{"first", "full", "young", "last of all"}, names(t, l, "SELECT key FROM runs ORDER BY seq"))
}
