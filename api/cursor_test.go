package api

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// line adds a line to the log of a run, as a worker does.
func (r *rig) logLine(connection, run string, n int) string {
	r.t.Helper()
	at := time.Now()
	o := ledger.Operation{
		ConnectionID: idOf(connection), RunID: run, Epoch: 1, Side: contact.VTiger, Action: contact.Update, Outcome: ledger.Done,
		Name: fmt.Sprint("Line ", n), CreatedAt: at, SettledAt: &at, Fields: map[contact.Field]reconcile.FieldChange{}, Native: map[string]string{},
	}
	_, err := r.server.Ledger.DB().NewInsert().Model(&o).ExcludeColumn("id").Returning("id").Exec(r.t.Context())
	require.NoError(r.t, err)
	return fmt.Sprint(o.ID)
}

// refusal quarantines a write.
func (r *rig) refusal(connection string, n int) string {
	r.t.Helper()
	var id int64
	err := r.server.Ledger.DB().NewRaw(`INSERT INTO quarantine (connection_id, epoch, side, action, vtiger_id, kind, sentence, settings)
		VALUES (?, 1, 'vtiger', 'update', ?, 'bad-record', 'Refused.', 1) RETURNING id`, idOf(connection), fmt.Sprint("12x", n)).Scan(context.Background(), &id)
	require.NoError(r.t, err)
	return fmt.Sprint(id)
}

// While somebody follows a list page by page others are added to it: none of those that were there is missed, none comes
// twice, and what came since is at the end where the list goes on, or on no later page where its head is the newest.
func TestCursorsStandStillUnderInserts(t *testing.T) {
	r, _, alice, connection := staged(t)
	run := alice.at("POST /runs", connection, nil).text(t, "id")
	for _, list := range []struct {
		path, field string
		add         func(n int) string
		newest      bool // first
	}{
		{"/api/v1/log?limit=3", "lines", func(n int) string { return r.logLine(connection, run, n) }, true},
		{"/api/v1/log?limit=3&connection=" + idOf(connection), "lines", func(n int) string { return r.logLine(connection, run, n) }, true},
		{"/api/v1/runs?limit=3", "runs", func(int) string { return alice.at("POST /runs", connection, nil).text(t, "id") }, true},
		{runsPath + "/" + run + "/operations?limit=3", "operations", func(n int) string { return r.logLine(connection, run, n) }, false},
		{quarantinePath + "?limit=3", "refusals", func(n int) string { return r.refusal(connection, n) }, false},
	} {
		for n := range 10 {
			list.add(1000 + n)
		}
		there := map[string]int{}
		for _, id := range alice.pages(list.path, list.field) {
			there[id] = 0
		}
		n, added := 0, map[string]bool{}
		seen := alice.pagesWhile(list.path, list.field, func() {
			for range 4 { // more than a page
				n++
				if n <= 40 {
					added[list.add(n)] = true
				}
			}
		})
		for _, id := range seen {
			if _, old := there[id]; old {
				there[id]++
				continue
			}
			require.True(t, added[id], "%s: %s", list.path, id)
			require.False(t, list.newest, "%s: what is newer than the first page is on no later one", list.path)
			delete(added, id)
		}
		for id, times := range there {
			require.Equal(t, 1, times, "%s: %s", list.path, id)
		}
		if !list.newest {
			require.Empty(t, added, "%s: a list that goes on has all", list.path)
		}
	}
}

// pagesWhile is pages with something done between two of them.
func (c caller) pagesWhile(path, field string, between func()) (ids []string) {
	c.t.Helper()
	for cursor := ""; ; between() {
		var p map[string]any
		c.do("GET", path+"&cursor="+cursor, nil).read(c.t, &p)
		for _, row := range p[field].([]any) {
			ids = append(ids, row.(map[string]any)["id"].(string))
		}
		next, more := p["next"].(string)
		if !more {
			return ids
		}
		cursor = next
	}
}
