package api

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

func TestSameKeyIsTheSameRun(t *testing.T) {
	r, _, alice, connection := staged(t)
	start := func(key string, body any) reply {
		return alice.at("POST /runs", connection, body, "Idempotency-Key", key)
	}
	first := start("k1", nil)
	require.Equal(t, 202, first.status, first.raw)
	for range 3 {
		again := start("k1", map[string]string{})
		require.Equal(t, 202, again.status)
		require.Equal(t, first.header.Get("Location"), again.header.Get("Location"))
	}
	require.Len(t, r.asked, 4, "a repetition asks again: the first may not have reached Temporal")
	start("k1", map[string]string{"direction": "toOutlook"}).refused(t, 422, "idempotency-key-reused")
	require.Equal(t, first.header.Get("Location"), start("k2", nil).header.Get("Location"), "equal clicks share the run that waits")
	r.exec("UPDATE runs SET state = 'running'")
	require.Equal(t, first.header.Get("Location"), start("k2", nil).header.Get("Location"))
	second := start("k3", nil).header.Get("Location")
	require.NotEqual(t, first.header.Get("Location"), second)
	require.Equal(t, second, start("", nil).header.Get("Location"))
	start("k2", map[string]string{"direction": "toOutlook"}).refused(t, 422, "idempotency-key-reused")
	var list struct{ Runs []runView }
	alice.do("GET", "/api/v1/runs", nil).read(t, &list)
	require.Len(t, list.Runs, 2)
}

func TestARunCanOnlyNarrow(t *testing.T) {
	_, _, alice, connection := staged(t)
	a := alice.at("POST /runs", connection, map[string]string{"direction": "toOutlook"})
	require.Equal(t, "toOutlook", a.text(t, "direction"))
	require.Equal(t, 200, alice.at("PUT /settings", connection, map[string]string{"direction": "toVtiger"}).status)
	for _, wide := range []string{"both", "toOutlook"} {
		p := alice.at("POST /runs", connection, map[string]string{"direction": wide}).refused(t, 422, "invalid")
		require.Equal(t, "body.direction", p.Errors[0].Location)
	}
	require.Equal(t, "toVtiger", alice.at("POST /runs", connection, nil).text(t, "direction"))
}

func TestTemporalDownKeepsTheRunQueued(t *testing.T) {
	r, _, alice, connection := staged(t)
	r.deaf = errors.New("no route to Temporal")
	alice.at("POST /runs", connection, nil, "Idempotency-Key", "k").refused(t, 503, "unavailable")
	r.deaf = nil
	a := alice.at("POST /runs", connection, nil, "Idempotency-Key", "k")
	require.Equal(t, 202, a.status)
	var list struct{ Runs []runView }
	alice.do("GET", "/api/v1/runs", nil).read(t, &list)
	require.Len(t, list.Runs, 1)
}

func TestRunsPageByPage(t *testing.T) {
	r, admin, alice, connection := staged(t)
	var want []string
	for range 5 {
		r.exec("UPDATE runs SET state = 'done'")
		want = append([]string{alice.at("POST /runs", connection, nil).text(t, "id")}, want...)
	}
	require.Equal(t, want, admin.pages("/api/v1/runs?limit=2", "runs"))
	require.Equal(t, want, alice.pages("/api/v1/runs?limit=5", "runs"))
}

// pages follows a list to its end and gives the ids.
func (c caller) pages(path, field string) []string {
	c.t.Helper()
	var ids []string
	for cursor := ""; ; {
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

// worked puts operations of every kind into a run, as a worker would leave them.
func worked(t *testing.T, r *rig, connectionID string) (run ledger.Run, ids []int64) {
	t.Helper()
	run, err := r.server.Ledger.BeginRun(t.Context(), connectionID)
	require.NoError(t, err)
	settled := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	fields := map[contact.Field]reconcile.FieldChange{"jobTitle": {Before: "Clerk", After: "Head", Conflict: true, Lost: "Boss"}}
	for i, o := range []ledger.Operation{
		{Side: contact.VTiger, Action: contact.Insert, Outcome: ledger.Done, OutlookID: "o1", VTigerID: "12x1", Name: "Ann", SettledAt: &settled, Fields: fields, Reason: "New in Outlook."},
		{Side: contact.Outlook, Action: contact.Update, Outcome: ledger.Failed, Name: "Ben", Reason: "Outlook refused it.", ReasonKind: "bad-record"},
		{Action: ledger.SkipAction, Outcome: ledger.Skipped, Name: "Cid"},
		{Side: contact.Outlook, Action: contact.Delete, Outcome: ledger.Planned, Name: "Dot"},
	} {
		o.ConnectionID, o.RunID, o.Epoch, o.CreatedAt = connectionID, run.ID, 1, settled.Add(time.Duration(i))
		if o.Fields == nil {
			o.Fields = map[contact.Field]reconcile.FieldChange{}
		}
		o.Native = map[string]string{}
		_, err := r.server.Ledger.DB().NewInsert().Model(&o).ExcludeColumn("id").Returning("id").Exec(t.Context())
		require.NoError(t, err)
		ids = append(ids, o.ID)
	}
	require.NoError(t, r.server.Ledger.SetPhase(t.Context(), run.ID, "applying"))
	return run, ids
}

func TestRunShowsProgressAndCounts(t *testing.T) {
	r, _, alice, connection := staged(t)
	at := alice.at("POST /runs", connection, nil).header.Get("Location")
	run, ids := worked(t, r, connection[len("/api/v1/connections/"):])
	var v runView
	alice.do("GET", at, nil).read(t, &v)
	require.Equal(t, run.ID, v.ID)
	require.Equal(t, "running", v.State)
	require.Equal(t, "applying", v.Phase)
	require.Equal(t, &progressView{Done: 2, Total: 3, Sides: []sideProgress{{contact.Outlook, 1, 2}, {contact.VTiger, 1, 1}}}, v.Progress)
	require.Len(t, v.Counts, 4)
	require.Contains(t, v.Counts, ledger.Count{Side: contact.VTiger, Action: contact.Insert, Outcome: ledger.Done, N: 1})
	var all []string
	for _, id := range ids {
		all = append(all, fmt.Sprint(id))
	}
	require.Equal(t, all, alice.pages(at+"/operations?limit=3", "operations"))

	require.NoError(t, r.server.Ledger.EndRun(t.Context(), ledger.Ending{Connection: run.ConnectionID, State: ledger.RunFailed, Trouble: "needs-admin", Sentence: "An admin must act."}))
	alice.do("GET", at, nil).read(t, &v)
	require.Equal(t, "failed", v.State)
	require.Equal(t, 1, v.Pending)
	require.Equal(t, &trouble{"needs-admin", "An admin must act."}, v.Trouble)
}

func TestLog(t *testing.T) {
	r, admin, alice, connection := staged(t)
	alice.at("POST /runs", connection, nil)
	id := connection[len("/api/v1/connections/"):]
	run, _ := worked(t, r, id)
	var log struct{ Lines []operationView }
	alice.do("GET", "/api/v1/log", nil).read(t, &log)
	require.Len(t, log.Lines, 3, "what is merely planned is no line")
	first := log.Lines[2]
	require.Equal(t, operationView{
		ID: first.ID, Time: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), RunID: run.ID, Connection: id, UserID: admin.userID("alice"), User: "alice",
		Module: "Contacts", Direction: "toVtiger", Action: "insert", VTigerID: "12x1", OutlookID: "o1", Name: "Ann",
		Fields:  map[contact.Field]fieldDiff{"jobTitle": wholeDiff(reconcile.FieldChange{Before: "Clerk", After: "Head", Conflict: true, Lost: "Boss"})},
		Outcome: "done", Reason: "New in Outlook.",
	}, first)
	require.Equal(t, "toOutlook", log.Lines[1].Direction)
	require.Empty(t, log.Lines[0].Direction)

	for query, want := range map[string]int{
		"action=update": 1, "outcome=done": 1, "outcome=held": 0, "run=" + run.ID: 3, "connection=" + id: 3,
		"user=" + admin.userID("alice"): 3, "user=" + admin.userID("bob"): 0,
	} {
		admin.do("GET", "/api/v1/log?"+query, nil).read(t, &log)
		require.Len(t, log.Lines, want, query)
	}
	require.Len(t, admin.pages("/api/v1/log?limit=1", "lines"), 3)
	r.as("bob").do("GET", "/api/v1/log", nil).read(t, &log)
	require.Empty(t, log.Lines)
}
