package api

import (
	"context"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"flag"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var exported = flag.Int("log.rows", 30_000, "how many rows the export of TestTheExportHoldsOnePage has")

// line puts a done update into a connection's log, of its newest run.
func (r *rig) line(connection, name string, at time.Time, fields string) {
	r.t.Helper()
	r.exec(`INSERT INTO operations (connection_id, epoch, run_id, side, action, outcome, name, vtiger_id, outlook_id, fields, reason, settled_at)
		SELECT connection_id, 1, id, 'outlook', 'update', 'done', ?1, '12x7', 'AAMk=', ?2, 'It changed in vTiger.', ?3
		FROM runs WHERE connection_id = ?0 ORDER BY seq DESC LIMIT 1`, connection[len(connectionsPath)+1:], name, fields, at)
}

// withLines is alice with a connection and a run, and lines of three days.
func withLines(t *testing.T) (r *rig, admin, alice caller, connection string) {
	r, admin, alice, connection = staged(t)
	require.Equal(t, 202, alice.at("POST /runs", connection, nil).status)
	for day, name := range []string{"Marie Curie", "Zoë O'Brien-Smith", "Ömer Yılmaz"} {
		r.line(connection, name, time.Date(2026, 1, 1+day, 12, 0, 0, 0, time.UTC), `{"jobTitle": {"before": "Clerk", "after": "Head", "lost": "Boss", "conflict": true}}`)
	}
	return r, admin, alice, connection
}

func (c caller) names(query string) []string {
	c.t.Helper()
	var log struct{ Lines []operationView }
	a := c.do("GET", "/api/v1/log?"+query, nil)
	require.Equal(c.t, 200, a.status, a.raw)
	a.read(c.t, &log)
	names := []string{}
	for _, l := range log.Lines {
		names = append(names, strings.Fields(l.Name)[0])
	}
	return names
}

func TestTheLogIsFilteredByTimeTextAndDirection(t *testing.T) {
	_, _, alice, _ := withLines(t)
	for query, want := range map[string][]string{
		"":                           {"Ömer", "Zoë", "Marie"},
		"direction=toOutlook":        {"Ömer", "Zoë", "Marie"},
		"direction=toVtiger":         {},
		"since=2026-01-02T12:00:00Z": {"Ömer", "Zoë"},
		"until=2026-01-02T12:00:00Z": {"Marie"},
		"since=2026-01-02T13:00:00%2B01:00&until=2026-01-03T00:00:00Z": {"Zoë"},
		"text=curie":                            {"Marie"},
		"text=CUR":                              {"Marie"},
		"text=cu":                               {},
		"text=brien":                            {"Zoë"},
		"text=Smith+Zo%C3%AB":                   {"Zoë"},
		"text=12x7":                             {"Ömer", "Zoë", "Marie"},
		"text=AAMk%3D&limit=1":                  {"Ömer"},
		"text=12x":                              {},
		"text=%27+%26+%7C+%5C%5C":               {},
		"text=curie&since=2026-01-02T12:00:00Z": {},
		"text=curie&action=update&outcome=done&direction=toOutlook":                         {"Marie"},
		"direction=toOutlook&action=update&since=2026-01-01T00:00:00Z&outcome=done&limit=2": {"Ömer", "Zoë"},
	} {
		require.Equal(t, want, alice.names(query), query)
	}
	for query, place := range map[string]string{
		"since=yesterday": "query.since", "until=1066-10-14T00:00:00Z": "query.until", "direction=both": "query.direction",
		"since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z": "query.until", "text=" + strings.Repeat("x", 201): "query.text",
	} {
		p := alice.do("GET", "/api/v1/log?"+query, nil).refused(t, 422, "invalid")
		require.Equal(t, place, p.Errors[0].Location, query)
		alice.do("GET", "/api/v1/log.csv?"+query, nil).refused(t, 422, "invalid")
	}
}

// A page begins where the one before ended, whatever was added meanwhile.
func TestPagesOfTheLogStandStill(t *testing.T) {
	r, _, alice, connection := withLines(t)
	moment := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC) // of a line that is there
	var seen []string
	for cursor := ""; ; {
		var p struct {
			Lines []operationView
			Next  string
		}
		alice.do("GET", "/api/v1/log?limit=1&cursor="+cursor, nil).read(t, &p)
		require.Len(t, p.Lines, 1)
		seen = append(seen, p.Lines[0].Name)
		r.line(connection, "Late Comer", time.Now(), "{}")
		if cursor == "" {
			r.line(connection, "Same Moment", moment, "{}")
		}
		if cursor = p.Next; cursor == "" {
			break
		}
	}
	require.Equal(t, []string{"Ömer Yılmaz", "Same Moment", "Zoë O'Brien-Smith", "Marie Curie"}, seen)
	for _, bad := range []string{"bG9nOjE6MTp4", cursorOf("log:-5:1"), cursorOf("log:999999999999999999:1"), cursorOf("log:1")} {
		alice.do("GET", "/api/v1/log?cursor="+bad, nil).refused(t, 422, "invalid")
	}
}

// Who administers sees that a field changed, and not to what.
func TestValuesAreShownToTheirUserOnly(t *testing.T) {
	r, admin, alice, connection := withLines(t)
	run := alice.do("GET", connection, nil)
	var c connectionView
	run.read(t, &c)
	for _, path := range []string{"/api/v1/log", "/api/v1/log.csv", "/api/v1/log?text=curie", runsPath + "/" + c.LastRun.ID + "/operations"} {
		own, others := alice.do("GET", path, nil), admin.do("GET", path, nil)
		for _, value := range []string{"Clerk", "Head", "Boss"} {
			require.Contains(t, own.raw, value, path)
			require.NotContains(t, others.raw, value, path)
		}
		require.Contains(t, others.raw, "jobTitle", path)
		require.Contains(t, others.raw, "Marie Curie", path)
	}
	r.as("bob").do("GET", "/api/v1/log.csv?run="+c.LastRun.ID, nil).refused(t, 404, "not-found")
	require.NotContains(t, r.as("bob").do("GET", "/api/v1/log.csv", nil).raw, "Marie")
}

func TestExport(t *testing.T) {
	r, _, alice, connection := withLines(t)
	hostile := []string{"=1+1", "+41", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =cmd|' /C calc'!A0", "\uff1d1", "a \"quoted\", name\nof two lines"}
	for i, name := range hostile {
		r.line(connection, name, time.Date(2026, 2, 1, 0, 0, 59-i, 0, time.UTC), `{"notes": {"before": "", "after": "=HYPERLINK(1)"}, "city": {"before": "Bern", "after": ""}}`)
	}
	a := alice.do("GET", "/api/v1/log.csv?until=2026-02-02T00:00:00Z", nil)
	require.Equal(t, 200, a.status)
	require.Equal(t, "text/csv; charset=utf-8", a.header.Get("Content-Type"))
	require.Regexp(t, `^attachment; filename="contactbridge-log-\d{4}-\d\d-\d\d\.csv"$`, a.header.Get("Content-Disposition"))
	require.True(t, strings.HasPrefix(a.raw, "\uFEFFtime,user,"))
	require.Contains(t, a.raw, "\r\n")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.raw, "\uFEFF"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+len(hostile)+3)
	require.Equal(t, exportColumns, rows[0])
	column := func(row []string, name string) string {
		for i, c := range exportColumns {
			if c == name {
				return row[i]
			}
		}
		return "no such column"
	}
	for i, name := range hostile[:8] {
		require.Equal(t, "'"+strings.ReplaceAll(name, "\r", ""), column(rows[1+i], "name"))
	}
	require.Equal(t, hostile[8], column(rows[9], "name"))
	require.Equal(t, "city, notes", column(rows[1], "fields"))
	require.Equal(t, "city: Bern\nnotes: ", column(rows[1], "before"))
	require.Equal(t, "city: \nnotes: =HYPERLINK(1)", column(rows[1], "after"))
	require.Equal(t, "2026-01-03T12:00:00Z", column(rows[10], "time"))
	require.Equal(t, "jobTitle: Boss", column(rows[10], "lost"))
	for _, row := range rows[1:] {
		for _, cell := range row {
			require.NotRegexp(t, `^\s*[=+\-@]`, cell)
		}
	}
}

// The export holds a page at a time, however long the log is.
func TestTheExportHoldsOnePage(t *testing.T) {
	r, _, alice, _ := withLines(t)
	r.exec(`INSERT INTO operations (connection_id, epoch, run_id, side, action, outcome, name, vtiger_id, outlook_id, fields, native, reason, settled_at)
		SELECT o.connection_id, 1, o.run_id, 'outlook', 'update', 'done', 'Person ' || i, '12x' || i, 'AAMk' || md5(i::text),
			jsonb_build_object('jobTitle', jsonb_build_object('before', repeat(md5(i::text), 10), 'after', repeat('x', 300))), '{}', 'It changed.', now() - i * interval '1 second'
		FROM (SELECT connection_id, run_id FROM operations LIMIT 1) o, generate_series(1, ?) i`, *exported)
	r.exec("ANALYZE operations")
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+"/api/v1/log.csv?since=2026-02-01T00:00:00Z", nil)
	require.NoError(t, err)
	q.Header.Set("Authorization", "Bearer "+alice.token)
	runtime.GC()
	most, began := uint64(0), time.Now()
	a, err := http.DefaultTransport.RoundTrip(q)
	require.NoError(t, err)
	defer a.Body.Close()
	table := csv.NewReader(a.Body)
	table.ReuseRecord = true
	rows := -1
	for {
		_, err := table.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if rows++; rows%200 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}
	require.Equal(t, *exported, rows)
	t.Logf("%d rows in %s, at most %.1f MB of heap", rows, time.Since(began).Round(time.Millisecond), float64(most)/1e6)
	require.Less(t, most, uint64(64e6), "the heap grows with the log")
}

// A client that hangs up ends the reading; one that is told a part only sees that it is one.
func TestTheExportEndsWithItsClientAndWithTheDatabase(t *testing.T) {
	r, _, alice, _ := withLines(t)
	r.exec(`INSERT INTO operations (connection_id, epoch, run_id, side, action, outcome, name, reason, settled_at)
		SELECT o.connection_id, 1, o.run_id, 'outlook', 'update', 'done', repeat('Person ', 100) || i, 'It changed.', now()
		FROM (SELECT connection_id, run_id FROM operations LIMIT 1) o, generate_series(1, 30000) i`)
	begin := func() (*http.Response, context.CancelFunc) {
		ctx, hangUp := context.WithCancel(t.Context())
		q, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+"/api/v1/log.csv", nil)
		require.NoError(t, err)
		q.Header.Set("Authorization", "Bearer "+alice.token)
		a, err := http.DefaultTransport.RoundTrip(q)
		require.NoError(t, err)
		_, err = io.ReadFull(a.Body, make([]byte, 1000))
		require.NoError(t, err)
		return a, hangUp
	}
	a, hangUp := begin()
	hangUp()
	a.Body.Close()
	exports := func() int { // requests that have ended
		r.mu.Lock()
		defer r.mu.Unlock()
		return strings.Count(r.logged.String(), "/api/v1/log.csv")
	}
	require.Eventually(t, func() bool { return exports() == 1 }, 10*time.Second, 10*time.Millisecond)
	r.mu.Lock()
	require.NotContains(t, r.logged.String(), "a call failed")
	r.mu.Unlock()

	a, hangUp = begin()
	defer hangUp()
	defer a.Body.Close()
	r.exec("ALTER TABLE operations RENAME TO gone")
	_, err := io.Copy(io.Discard, a.Body)
	require.Error(t, err, "a part of the table looks like the whole")
	require.Eventually(t, func() bool { return exports() == 2 }, 10*time.Second, 10*time.Millisecond)
	r.mu.Lock()
	require.Contains(t, r.logged.String(), "export the log")
	r.mu.Unlock()
}

func cursorOf(text string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}
