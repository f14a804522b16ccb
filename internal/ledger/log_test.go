package ledger_test

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

var logOperations = flag.Int("log.operations", 200_000, "how many operations the log of TestAPageOfTheLogCostsWhatItShows holds")

// crowd gives a ledger users with two connections each, ten ended runs a connection, and n operations: half of them one
// user's, most of them updates that were done, of the newest connection a thousand that are merely planned.
func crowd(t *testing.T, l *ledger.Ledger, users, n int) {
	exec := func(query string, args ...any) {
		_, err := l.DB().ExecContext(t.Context(), query, args...)
		require.NoError(t, err, query)
	}
	exec("INSERT INTO users (id, user_name) SELECT 'u' || i, 'user' || i FROM generate_series(1, ?) i", users)
	exec(`INSERT INTO connections (id, user_id, module, settings, created_at) SELECT gen_random_uuid(), 'u' || i, m, '{}', now()
		FROM generate_series(1, ?) i, unnest(ARRAY['Contacts', 'Leads']) m`, users)
	exec(`INSERT INTO runs (id, connection_id, key, asked, direction, batch, state, requested_by, started_at, ended_at)
		SELECT gen_random_uuid(), c.id, 'k' || k, '', 'both', 0, 'done', c.user_id, now(), now() FROM connections c, generate_series(1, 10) k`)
	indexed := unindexed(t, l)
	exec(`CREATE TEMP TABLE cast_of_runs AS SELECT r.id, r.connection_id, row_number() OVER (ORDER BY c.user_id = 'u1' DESC, r.seq) - 1 AS n
		FROM runs r JOIN connections c ON c.id = r.connection_id`)
	exec(`ALTER TABLE cast_of_runs ADD PRIMARY KEY (n)`)
	exec(`INSERT INTO operations (connection_id, epoch, run_id, side, action, outcome, name, vtiger_id, outlook_id, fields, reason, settled_at)
		SELECT r.connection_id, 1, r.id, CASE WHEN i % 500 = 3 THEN '' WHEN i % 7 = 0 THEN 'outlook' ELSE 'vtiger' END,
			CASE WHEN i % 10000 = 7 THEN 'conflict' WHEN i % 100 = 1 THEN 'insert' WHEN i % 1000 = 2 THEN 'delete' WHEN i % 500 = 3 THEN 'skip' ELSE 'update' END,
			CASE WHEN i % 20000 = 7 THEN 'failed' WHEN i % 500 = 3 THEN 'skipped' WHEN i % 50 = 5 THEN 'discarded' ELSE 'done' END,
			CASE WHEN i % 50000 = 10 THEN 'Zoë Müller-Rare' WHEN i % 1000 = 4 THEN 'Ann Middling' WHEN i % 100 = 9 THEN 'Often There' ELSE 'Person ' || i END, '12x' || i, 'AAMkAGI2' || md5(i::text), jsonb_build_object('jobTitle', jsonb_build_object('before', md5(i::text), 'after', 'x')),
			'jobTitle changed in Outlook.', now() - (? - i) * interval '1 second'
		FROM generate_series(1, ?) i JOIN cast_of_runs r ON r.n = CASE WHEN i % 2 = 0 THEN i / 2 % 20 ELSE i % (SELECT count(*) FROM cast_of_runs) END`, n, n)
	exec(`INSERT INTO operations (connection_id, epoch, run_id, side, action, outcome) SELECT r.connection_id, 1, r.id, 'vtiger', 'update', 'planned'
		FROM cast_of_runs r, generate_series(1, 1000) WHERE r.n = 0`)
	for _, definition := range indexed {
		exec(definition)
	}
	exec("DROP TABLE cast_of_runs")
	exec("VACUUM ANALYZE")
}

// unindexed drops the indexes of operations that are no constraints and gives their definitions: they are made anew faster
// than they are kept.
func unindexed(t *testing.T, l *ledger.Ledger) (definitions []string) {
	l.DB().SetMaxOpenConns(1) // so that a temporary table is seen by all that follows
	var rows []struct{ Indexname, Indexdef string }
	require.NoError(t, l.DB().NewRaw(`SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'operations' AND indexname NOT IN
		(SELECT conname FROM pg_constraint WHERE conrelid = 'operations'::regclass)`).Scan(t.Context(), &rows))
	for _, r := range rows {
		_, err := l.DB().ExecContext(t.Context(), "DROP INDEX "+r.Indexname)
		require.NoError(t, err)
		definitions = append(definitions, r.Indexdef)
	}
	return definitions
}

// asked keeps the queries that the ledger sends.
type asked struct{ queries []string }

func (a *asked) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }
func (a *asked) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	a.queries = append(a.queries, e.Query)
}

// cost is what PostgreSQL does for queries.
type cost struct {
	buffers int
	took    time.Duration
	nodes   []string // "Seq Scan on operations"
}

type planNode struct {
	Type    string     `json:"Node Type"`
	Table   string     `json:"Relation Name"`
	Hit     int        `json:"Shared Hit Blocks"`
	Read    int        `json:"Shared Read Blocks"`
	Parts   []planNode `json:"Plans"`
	Removed float64    `json:"Rows Removed by Filter"`
}

func (n planNode) walk(seen func(planNode)) {
	seen(n)
	for _, p := range n.Parts {
		p.walk(seen)
	}
}

// explain runs queries again and sums up what they cost.
func explain(t *testing.T, l *ledger.Ledger, queries []string) (c cost) {
	for _, q := range queries {
		var text string
		require.NoError(t, l.DB().QueryRowContext(t.Context(), "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "+q).Scan(&text))
		var out []struct {
			Plan     planNode
			Planning float64 `json:"Planning Time"`
			Took     float64 `json:"Execution Time"`
		}
		require.NoError(t, json.Unmarshal([]byte(text), &out))
		c.buffers += out[0].Plan.Hit + out[0].Plan.Read
		c.took += time.Duration((out[0].Took + out[0].Planning) * float64(time.Millisecond))
		out[0].Plan.walk(func(n planNode) { c.nodes = append(c.nodes, n.Type+" on "+n.Table) })
	}
	return c
}

// A page of the log reads about as much as it shows, however long the log is: of one user, of everybody, and of whatever is
// asked for, also where almost nothing is of that kind.
func TestAPageOfTheLogCostsWhatItShows(t *testing.T) {
	l := fresh(t)
	began := time.Now()
	crowd(t, l, 100, *logOperations)
	t.Logf("%d operations in %s", *logOperations, time.Since(began).Round(time.Second))
	var one struct {
		Connection, Run string
		Middle          int64
		At              time.Time
	}
	require.NoError(t, l.DB().NewRaw(`SELECT p.connection_id AS connection, p.run_id AS run, m.place AS middle, m.settled_at AS at FROM operations p, operations m
		WHERE p.outcome = 'planned' AND m.place = (SELECT max(place) / 2 FROM operations) LIMIT 1`).Scan(t.Context(), &one))
	middle := ledger.LogPlace{Time: one.At, Number: one.Middle}
	var caught asked
	//lint:ignore SA1019 a copy with the hook would not be the ledger's own
	l.DB().AddQueryHook(&caught)
	for name, f := range map[string]ledger.LogFilter{
		"everybody":                       {},
		"everybody, in the middle":        {Before: middle},
		"everybody's conflicts":           {Action: "conflict"},
		"everybody's failures":            {Outcome: "failed"},
		"everybody's failed inserts":      {Action: "insert", Outcome: "failed"},
		"one user":                        {UserID: "u1"},
		"one user, in the middle":         {UserID: "u1", Before: middle},
		"one user's skips":                {UserID: "u1", Action: "skip"},
		"one user's failures":             {UserID: "u1", Outcome: "failed"},
		"one user's discarded updates":    {UserID: "u1", Action: "update", Outcome: "discarded", Before: middle},
		"one user's links":                {UserID: "u1", Action: "link"},
		"one of many users":               {UserID: "u50"},
		"one of many users, updates":      {UserID: "u50", Action: "update"},
		"one connection":                  {ConnectionID: one.Connection},
		"one connection of a user, skips": {UserID: "u1", ConnectionID: one.Connection, Action: "skip"},
		"one run":                         {RunID: one.Run},
		"one run of a user":               {UserID: "u1", RunID: one.Run},
		"everybody's updates":             {Action: "update"},
		"one of many users, done":         {UserID: "u50", Outcome: "done"},
		"one run's updates":               {RunID: one.Run, Action: "update"},
		"one run's conflicts":             {RunID: one.Run, Action: "conflict"},
		"one run's held":                  {RunID: one.Run, Outcome: "held"},
		"everybody, into Outlook":         {Side: contact.Outlook},
		"everybody's inserts in Outlook":  {Side: contact.Outlook, Action: "insert"},
		"everybody's failures in Outlook": {Side: contact.Outlook, Outcome: "failed"},
		"one user, into Outlook":          {UserID: "u1", Side: contact.Outlook, Before: middle},
		"one user's deletions in Outlook": {UserID: "u1", Side: contact.Outlook, Action: "delete", Outcome: "done"},
		"one run, into Outlook":           {RunID: one.Run, Side: contact.Outlook},
		"everybody, a minute":             {Since: one.At, Until: one.At.Add(time.Minute)},
		"everybody's conflicts, an hour":  {Since: one.At, Until: one.At.Add(time.Hour), Action: "conflict"},
		"one user, until a time":          {UserID: "u1", Until: one.At},
		"one user's skips, since a time":  {UserID: "u1", Since: one.At, Action: "skip"},
		"one user, before all time":       {UserID: "u1", Until: one.At.AddDate(-1, 0, 0)},
		"everybody, a rare name":          {Text: "müller rare"},
		"everybody, the start of a name":  {Text: "Zoë Mül"},
		"everybody, a word of all":        {Text: "person"},
		"everybody, an id":                {Text: "12x77"},
		"one user, a rare name":           {UserID: "u1", Text: "Rare"},
		"one user, a word of all":         {UserID: "u1", Text: "Person"},
		"one user, an id":                 {UserID: "u1", Text: "12x78"},
		"one user, nobody's name":         {UserID: "u1", Text: "Nobody"},
		"one user's inserts, a rare name": {UserID: "u1", Action: "insert", Text: "Rare"},
		"one run, a rare name":            {RunID: one.Run, Text: "Rare"},
	} {
		caught.queries, f.Limit = nil, 51
		_, err := l.Log(t.Context(), f)
		require.NoError(t, err)
		cheap(t, l, name, slices.Clone(caught.queries), 300)
	}
	// A word that is neither rare nor common costs as much as there are lines between two with it, or lines with it.
	for text, often := range map[string]string{"Middling": "a thousand", "Often": "a hundred"} {
		caught.queries = nil
		_, err := l.Log(t.Context(), ledger.LogFilter{Text: text, Limit: 51})
		require.NoError(t, err)
		t.Logf("a word of one line in %-10s %v", often, explain(t, l, caught.queries).buffers)
	}
	for name, ask := range map[string]func() error{
		"runs of everybody":    func() error { _, err := l.Runs(t.Context(), "", "", 0, 51); return err },
		"runs of one user":     func() error { _, err := l.Runs(t.Context(), "u1", "", 0, 51); return err },
		"holds of one user":    func() error { _, err := l.Waiting(t.Context(), "u1", "", 0, 51); return err },
		"refusals of one user": func() error { _, err := l.Quarantine(t.Context(), ledger.Refusals{UserID: "u1"}, 0, 51); return err },
	} {
		caught.queries = nil
		require.NoError(t, ask())
		cheap(t, l, name, slices.Clone(caught.queries), 300)
	}
}

// cheap demands that queries read at most so many buffers, and no table of operations from end to end.
func cheap(t *testing.T, l *ledger.Ledger, name string, queries []string, most int) {
	require.NotEmpty(t, queries, name)
	c := explain(t, l, queries)
	t.Logf("%-32s %4d buffers, %s", name, c.buffers, c.took.Round(10*time.Microsecond))
	require.LessOrEqual(t, c.buffers, most, "%s\n%s\n%s", name, strings.Join(queries, "\n"), strings.Join(c.nodes, "\n"))
	require.NotContains(t, c.nodes, "Seq Scan on operations", name)
}

// Every filter gives the lines that it names, newest first, and no others.
func TestFiltersOfTheLogLeaveOutNothing(t *testing.T) {
	l := fresh(t)
	ctx := t.Context()
	c := connected(t, l)
	other, err := l.CreateConnection(ctx, "19x6", "Contacts", c.Settings)
	require.NoError(t, err)
	for i, x := range []ledger.Connection{c, other} {
		run, err := l.RequestRun(ctx, x, "k", "", x.UserID)
		require.NoError(t, err)
		for _, action := range ledger.LogActions {
			for _, outcome := range append(slices.Clone(ledger.LogOutcomes), ledger.Planned) {
				for j, side := range ledger.LogSides {
					if side == "" && slices.Contains([]contact.Action{contact.Insert, contact.Update, contact.Delete}, action) {
						continue
					}
					_, err := l.DB().ExecContext(ctx, `INSERT INTO operations (connection_id, epoch, run_id, side, action, outcome, name, vtiger_id, created_at)
						VALUES (?, 1, ?, ?, ?, ?, ?, ?, now() - ? * interval '1 minute')`,
						x.ID, run.ID, side, action, outcome, fmt.Sprintf("Zoë O'Brien-%d %s.%s", i, action, outcome), fmt.Sprint("12x", j), j)
					require.NoError(t, err)
				}
			}
		}
	}
	all, err := l.Log(ctx, ledger.LogFilter{Limit: 1000})
	require.NoError(t, err)
	require.Len(t, all, 2*len(ledger.LogOutcomes)*(3*2+4*3))
	require.True(t, slices.IsSortedFunc(all, func(a, b ledger.Line) int {
		return cmp.Or(b.Time().Compare(a.Time()), cmp.Compare(b.Place, a.Place))
	}))
	for _, f := range filters(c.ID, all[len(all)-1].RunID, all[20]) {
		var want []int64
		for _, line := range all {
			if f.leaves(line) && len(want) < f.Limit {
				want = append(want, line.ID)
			}
		}
		got, err := l.Log(ctx, f.LogFilter)
		require.NoError(t, err)
		var ids []int64
		for _, line := range got {
			ids = append(ids, line.ID)
		}
		require.Equal(t, want, ids, "%+v", f)
	}
}

type filter struct{ ledger.LogFilter }

// filters are all combinations of what a filter can say. line is where some of them begin.
func filters(connection, run string, line ledger.Line) (out []filter) {
	options := []func(*ledger.LogFilter){
		func(f *ledger.LogFilter) { f.UserID = "19x5" },
		func(f *ledger.LogFilter) { f.ConnectionID = connection },
		func(f *ledger.LogFilter) { f.RunID = run },
		func(f *ledger.LogFilter) { f.Side = contact.Outlook },
		func(f *ledger.LogFilter) { f.Action = "insert" },
		func(f *ledger.LogFilter) { f.Outcome = "failed" },
		func(f *ledger.LogFilter) { f.Text = "O'BRIEN zoë fai" },
		func(f *ledger.LogFilter) { f.Since = line.Time().Add(-time.Minute) },
		func(f *ledger.LogFilter) { f.Until = line.Time().Add(-time.Minute) },
		func(f *ledger.LogFilter) { f.Before = line.At() },
	}
	for chosen := range 1 << len(options) {
		f := filter{ledger.LogFilter{Limit: 9}}
		for i, set := range options {
			if chosen>>i&1 == 1 {
				set(&f.LogFilter)
			}
		}
		out = append(out, f)
	}
	for _, f := range []ledger.LogFilter{{UserID: "19x7"}, {Action: "error"}, {Outcome: "done"}, {Side: contact.VTiger}, {Text: "12x2"}, {UserID: "19x5", Text: "12x1"}} {
		f.Limit = 9
		out = append(out, filter{f})
	}
	return out
}

func (f filter) leaves(l ledger.Line) bool {
	return (f.UserID == "" || f.UserID == l.UserID) && (f.ConnectionID == "" || f.ConnectionID == l.ConnectionID) &&
		(f.RunID == "" || f.RunID == l.RunID) && (f.Action == "" || f.Action == string(l.Action)) &&
		(f.Outcome == "" || f.Outcome == string(l.Outcome)) && (f.Side == "" || f.Side == l.Side) &&
		(f.Text == "" || f.Text == l.VTigerID || f.Text == "O'BRIEN zoë fai" && l.Outcome == ledger.Failed) &&
		(f.Since.IsZero() || !l.Time().Before(f.Since)) && (f.Until.IsZero() || l.Time().Before(f.Until)) &&
		(f.Before == ledger.LogPlace{} || l.Time().Before(f.Before.Time) || l.Time().Equal(f.Before.Time) && l.Place < f.Before.Number)
}
