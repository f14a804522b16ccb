package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// previewed is a preview that a worker finished: one operation that it shows.
func (r *rig) previewed(alice caller, connection string) string {
	r.t.Helper()
	a := alice.at("POST /runs", connection, map[string]bool{"preview": true})
	require.Equal(r.t, 202, a.status, a.raw)
	id := a.text(r.t, "id")
	ctx, book := r.t.Context(), r.server.Ledger
	c, err := book.Connection(ctx, idOf(connection))
	require.NoError(r.t, err)
	run, err := book.BeginRun(ctx, c.ID)
	require.NoError(r.t, err)
	require.Equal(r.t, id, run.ID)
	require.NoError(r.t, book.SavePreview(ctx, c, run, ledger.PlanRows{Operations: []ledger.Operation{{
		ConnectionID: c.ID, Epoch: c.Epoch, RunID: id, Side: contact.Outlook, Action: contact.Insert, VTigerID: "12x1", Name: "Ann",
		Outcome: ledger.Planned, Fields: map[contact.Field]reconcile.FieldChange{"surname": {After: "Ann"}}, Native: map[string]string{},
	}}}))
	require.NoError(r.t, book.EndRun(ctx, ledger.Ending{Connection: c.ID, State: ledger.RunDone}))
	return id
}

// A preview is needed before the first sync of a folder and after what is synced was changed, and is shown as one.
func TestASyncNeedsAPreview(t *testing.T) {
	r, _, alice, connection := staged(t)
	r.exec("UPDATE connections SET previewed_scope = 0")
	p := alice.at("POST /runs", connection, nil).refused(t, 409, "needs-preview")
	require.Contains(t, p.Detail, "preview first")
	id := r.previewed(alice, connection)
	require.Equal(t, 202, alice.at("POST /runs", connection, nil).status)

	var v runView
	alice.do("GET", runsPath+"/"+id, nil).read(t, &v)
	require.True(t, v.Preview)
	require.Equal(t, []ledger.Count{{Side: contact.Outlook, Action: contact.Insert, Outcome: ledger.Previewed, N: 1}}, v.Counts)
	require.Zero(t, v.Progress.Total)
	var ops struct{ Operations []operationView }
	alice.do("GET", runsPath+"/"+id+"/operations", nil).read(t, &ops)
	require.Equal(t, ledger.Previewed, ops.Operations[0].Outcome)
	require.Equal(t, wholeDiff(reconcile.FieldChange{After: "Ann"}), ops.Operations[0].Fields["surname"])
	var log struct{ Lines []operationView }
	alice.do("GET", "/api/v1/log", nil).read(t, &log)
	require.Empty(t, log.Lines)

	alice.at("PUT /settings", connection, map[string]any{"batchSize": 3, "conflictPolicy": "ask", "deleteInVtiger": true})
	require.Equal(t, 202, alice.at("POST /runs", connection, nil, "Idempotency-Key", "k").status)
	alice.at("PUT /settings", connection, map[string]any{"syncFrom": "2026-01-01"})
	alice.at("POST /runs", connection, nil).refused(t, 409, "needs-preview")
	require.Contains(t, alice.nextStep(connection), "sync")
	require.Equal(t, 202, alice.at("POST /runs", connection, nil, "Idempotency-Key", "k").status, "it was accepted before")
	require.Equal(t, 202, alice.at("POST /runs", connection, map[string]bool{"skipPreview": true}).status)
	require.Equal(t, 202, alice.at("POST /runs", connection, nil).status, "once is enough")
}

func TestAnAnswerStartsNoSyncThatNeedsAPreview(t *testing.T) {
	r, _, alice, connection := staged(t)
	hold := r.waits(connection, "q", reconcile.GuardHold)
	r.exec("UPDATE connections SET previewed_scope = 0")
	require.Equal(t, 200, alice.do("POST", holdsPath+"/"+hold+"/approve", nil).status)
	require.Empty(t, r.asked)
}

func TestWhichPreviewsCanBeApplied(t *testing.T) {
	r, admin, alice, connection := staged(t)
	id := r.previewed(alice, connection)
	require.Contains(t, alice.nextStep(connection), "let it be done as it shows")
	apply := func(id string, header ...string) reply {
		return alice.at("POST /runs", connection, map[string]any{"apply": id}, header...)
	}
	a := apply(id, "Idempotency-Key", "k")
	require.Equal(t, 202, a.status, a.raw)
	var v runView
	alice.do("GET", a.header.Get("Location"), nil).read(t, &v)
	require.Equal(t, id, v.Applies)
	require.False(t, v.Preview)

	require.Equal(t, "body.apply", alice.at("POST /runs", connection, map[string]any{"apply": id, "preview": true}).refused(t, 422, "invalid").Errors[0].Location)
	require.Equal(t, "body.direction", alice.at("POST /runs", connection, map[string]any{"apply": id, "direction": "both"}).refused(t, 422, "invalid").Errors[0].Location)
	require.Equal(t, "body.apply", apply(v.ID).refused(t, 422, "invalid").Errors[0].Location)
	apply("x").refused(t, 404, "not-found")
	apply("00000000-0000-0000-0000-000000000000").refused(t, 404, "not-found")

	waiting := alice.at("POST /runs", connection, map[string]bool{"preview": true}).text(t, "id")
	apply(waiting).refused(t, 409, "conflict")
	alice.at("PUT /settings", connection, map[string]any{"batchSize": 4})
	apply(id).refused(t, 409, "preview-outdated")
	require.Equal(t, v.ID, apply(id, "Idempotency-Key", "k").text(t, "id"), "it was accepted before")

	r.exec("UPDATE runs SET state = 'done', ended_at = now() WHERE state <> 'done'")
	fresh := r.previewed(alice, connection)
	require.Equal(t, 202, apply(fresh).status)
	r.exec("UPDATE runs SET ended_at = now() - interval '8 days' WHERE preview")
	apply(fresh).refused(t, 409, "preview-outdated")
	r.exec("UPDATE runs SET ended_at = now(), state = 'failed' WHERE preview")
	apply(fresh).refused(t, 409, "conflict")

	// Another user's connection has previews of its own.
	bob := r.as("bob")
	theirs := bob.connection()
	require.NotContains(t, []string{"", connection}, theirs)
	r.browser().connect(bob.link(theirs), "bob")
	require.Equal(t, 200, bob.do("PUT", theirs+"/settings", map[string]any{"folderId": "Contacts"}).status)
	admin.at("POST /runs", theirs, map[string]any{"apply": fresh}).refused(t, 404, "not-found")
}
