package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// A run that wrote something is undone by a run of its own, which may be looked at first; the same key is the same undo.
func TestUndoIsARun(t *testing.T) {
	r, _, alice, connection := staged(t)
	at := alice.at("POST /runs", connection, nil).header.Get("Location")
	undo := func(body any, header ...string) reply { return alice.do("POST", at+"/undo", body, header...) }
	require.Contains(t, undo(nil).refused(t, 409, "conflict").Detail, "not done yet")
	run, _ := worked(t, r, idOf(connection))
	require.NoError(t, r.server.Ledger.EndRun(t.Context(), ledger.Ending{Connection: run.ConnectionID, State: ledger.RunDone}))
	r.exec("UPDATE connections SET previewed_scope = 0")

	preview := undo(map[string]bool{"preview": true})
	require.Equal(t, 202, preview.status, preview.raw)
	var v runView
	preview.read(t, &v)
	require.True(t, v.Preview)
	require.Equal(t, run.ID, v.Undoes)
	a := undo(nil, "Idempotency-Key", "k")
	a.read(t, &v)
	require.False(t, v.Preview)
	require.Equal(t, run.ID, v.Undoes)
	require.Zero(t, v.BatchSize)
	require.Equal(t, runsPath+"/"+v.ID, a.header.Get("Location"))
	undo(map[string]bool{"preview": true}, "Idempotency-Key", "k").refused(t, 422, "idempotency-key-reused")

	r.exec("UPDATE operations SET outcome = 'undone' WHERE outcome = 'done'")
	require.Contains(t, undo(nil).refused(t, 409, "conflict").Detail, "undone already")
	require.Equal(t, v.ID, undo(nil, "Idempotency-Key", "k").text(t, "id"), "it was accepted before")
	var log struct{ Lines []operationView }
	alice.do("GET", "/api/v1/log?outcome=undone", nil).read(t, &log)
	require.Len(t, log.Lines, 1)
	r.exec("UPDATE operations SET outcome = 'done', epoch = 7 WHERE outcome = 'undone'")
	require.Contains(t, undo(nil).refused(t, 409, "conflict").Detail, "another mailbox or folder, or another vTiger")
	r.exec("UPDATE operations SET outcome = 'failed' WHERE outcome = 'done'")
	require.Contains(t, undo(nil).refused(t, 409, "conflict").Detail, "wrote nothing")
	r.exec("UPDATE runs SET state = 'done', ended_at = now()")
	alice.do("POST", preview.header.Get("Location")+"/undo", nil).refused(t, 409, "conflict")
	alice.at("POST /runs", connection, map[string]string{"apply": preview.text(t, "id")}).refused(t, 422, "invalid")
}

// What is applied of an undo is a preview of that very undo, once it is done and while the settings are those that it shows.
func TestAPreviewOfAnUndoIsApplied(t *testing.T) {
	r, _, alice, connection := staged(t)
	at := alice.at("POST /runs", connection, nil).header.Get("Location")
	run, _ := worked(t, r, idOf(connection))
	book := r.server.Ledger
	require.NoError(t, book.EndRun(t.Context(), ledger.Ending{Connection: run.ConnectionID, State: ledger.RunDone}))
	undo := func(body any, header ...string) reply { return alice.do("POST", at+"/undo", body, header...) }
	other := r.previewed(alice, connection)
	preview := undo(map[string]bool{"preview": true}).text(t, "id")
	apply := map[string]string{"apply": preview}

	require.Contains(t, undo(apply).refused(t, 409, "conflict").Detail, "not done yet")
	_, err := book.BeginRun(t.Context(), run.ConnectionID)
	require.NoError(t, err)
	r.exec("UPDATE runs SET settings_version = c.settings_version FROM connections c WHERE runs.id = '" + preview + "'")
	require.NoError(t, book.EndRun(t.Context(), ledger.Ending{Connection: run.ConnectionID, State: ledger.RunDone}))
	for _, body := range []any{
		map[string]any{"apply": preview, "preview": true}, map[string]string{"apply": run.ID}, map[string]string{"apply": other},
	} {
		p := undo(body).refused(t, 422, "invalid")
		require.Equal(t, "body.apply", p.Errors[0].Location)
	}
	undo(map[string]string{"apply": "no-such-run"}).refused(t, 404, "not-found")

	a := undo(apply, "Idempotency-Key", "k")
	require.Equal(t, 202, a.status, a.raw)
	var v runView
	a.read(t, &v)
	require.Equal(t, [2]string{preview, run.ID}, [2]string{v.Applies, v.Undoes})
	require.False(t, v.Preview)
	alice.at("PUT /settings", connection, map[string]any{"batchSize": 3})
	undo(apply).refused(t, 409, "preview-outdated")
	require.Equal(t, v.ID, undo(apply, "Idempotency-Key", "k").text(t, "id"), "it was accepted before")
}

// Approving what an undo waits for asks for that undo again, and for no sync.
func TestAnApprovalAsksForTheUndo(t *testing.T) {
	r, _, alice, connection := staged(t)
	run := alice.at("POST /runs", connection, nil).text(t, "id")
	hold := r.waits(connection, "q", reconcile.GuardHold)
	r.exec("UPDATE holds SET undoes = '" + run + "'")
	require.Equal(t, 200, alice.do("POST", holdsPath+"/"+hold+"/approve", nil).status)
	var list struct{ Runs []runView }
	alice.do("GET", "/api/v1/runs", nil).read(t, &list)
	require.Len(t, list.Runs, 2)
	require.Equal(t, run, list.Runs[0].Undoes)
	r.exec("UPDATE holds SET verdict = ''")
	r.exec("UPDATE runs SET state = 'running'")
	require.Equal(t, 200, alice.do("POST", connection+"/holds", map[string]any{"approve": true, "kind": "guard", "through": newest}).status)
	list.Runs = nil
	alice.do("GET", "/api/v1/runs", nil).read(t, &list)
	require.Equal(t, []string{"", run}, []string{list.Runs[0].Undoes, list.Runs[1].Undoes})
	require.Equal(t, 200, alice.do("POST", holdsPath+"/"+hold+"/discard", nil).status)
}
