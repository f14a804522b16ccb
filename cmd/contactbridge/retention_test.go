package main

import (
	"log/slog"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/worker"
)

// retaining gives the chore that a worker with this much of an environment forgets old lines by, and its database; a nil Do is none.
func retaining(t *testing.T, more map[string]string) (worker.Chore, *ledger.Ledger) {
	env := good(t)
	maps.Copy(env, more)
	c, err := readConfig(func(name string) string { return env[name] })
	require.NoError(t, err)
	l, err := openLedger(t.Context(), c)
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	for _, chore := range (&service{config: c, ledger: l, log: slog.New(slog.DiscardHandler)}).chores() {
		if chore.Name == "janitor" {
			return chore, l
		}
	}
	return worker.Chore{}, l
}

// aged puts a line into the log that was settled so many hours ago, of a run that ended then.
func aged(t *testing.T, l *ledger.Ledger, c ledger.Connection, name string, hours int) {
	_, err := l.DB().NewRaw(`WITH run AS (
			INSERT INTO runs (id, connection_id, key, asked, direction, batch, state, requested_by, ended_at)
			VALUES (gen_random_uuid(), ?, ?, '', 'both', 0, 'done', '', now()) RETURNING id, connection_id)
		INSERT INTO operations (connection_id, epoch, run_id, side, action, outcome, name, created_at, settled_at)
		SELECT connection_id, 1, id, 'vtiger', 'update', 'done', ?, now() - ? * interval '1 hour', now() - ? * interval '1 hour' FROM run`,
		c.ID, name, name, hours, hours).Exec(t.Context())
	require.NoError(t, err)
}

// Unless the environment says otherwise the log is kept for 90 days, no day less and none more; 0 keeps it for ever.
func TestTheLogIsKeptNinetyDaysByDefault(t *testing.T) {
	for name, c := range map[string]struct {
		env  map[string]string
		left []string
	}{
		"by default": {nil, []string{"89 days", "90 days less an hour"}},
		"a week":     {map[string]string{"CONTACTBRIDGE_RETENTION": "7"}, nil},
		"for ever":   {map[string]string{"CONTACTBRIDGE_RETENTION": "0"}, []string{"89 days", "90 days and an hour", "90 days less an hour", "91 days"}},
	} {
		t.Run(name, func(t *testing.T) {
			chore, l := retaining(t, c.env)
			require.NoError(t, l.SaveUsers(t.Context(), []ledger.User{{ID: "19x5", UserName: "alice", Active: true, Allowed: true}}))
			connection, err := l.CreateConnection(t.Context(), "19x5", "Contacts", ledger.Settings{})
			require.NoError(t, err)
			const day = 24
			for name, hours := range map[string]int{"89 days": 89 * day, "90 days less an hour": 90*day - 1, "90 days and an hour": 90*day + 1, "91 days": 91 * day} {
				aged(t, l, connection, name, hours)
			}
			if chore.Do != nil {
				require.Equal(t, time.Hour, chore.Every)
				require.NoError(t, chore.Do(t.Context()))
			}
			var left []string
			require.NoError(t, l.DB().NewRaw("SELECT name FROM operations ORDER BY name").Scan(t.Context(), &left))
			require.ElementsMatch(t, c.left, left)
		})
	}
}
