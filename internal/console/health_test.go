package console

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/demo"
)

// exec changes the ledger behind everybody's back.
func (r *rig) exec(query string, args ...any) {
	r.t.Helper()
	_, err := r.server.Ledger.DB().ExecContext(r.t.Context(), query, args...)
	require.NoError(r.t, err)
}

func TestHealthSaysWhatIsWrongAndWhatHelps(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, connection := r.connected("alice")
	b := r.writes("bob")
	alice, admin := r.as("alice"), r.as("admin")
	p := alice.open("/health").says("wait for the first sync", "Start the first sync in step 3.", "0 changes were made.")
	p.protected()
	require.NotContains(t, p.text(), "The last sync")
	require.NotContains(t, p.text(), "client secret")
	require.NotContains(t, p.page, `name="who"`)

	r.exec("INSERT INTO days (user_id, day, done, failed) SELECT user_id, (now() AT TIME ZONE 'UTC')::date - i, 10 * i, i % 2 FROM connections, generate_series(1, 13) i WHERE id = ?", connection)
	r.exec("UPDATE epochs SET linked = 4711, outside = 12, detached = 3")
	r.exec("UPDATE connections SET trouble = 'needs-sign-in', trouble_sentence = 'Microsoft no longer accepts the sign-in <b>.' WHERE id = ?", connection)
	p = alice.open("/health").says("Needs somebody", "need a sign-in", "Microsoft no longer accepts the sign-in <b>.", "Open step 2", "4711 in sync", "12 left out", "3 on one side only",
		"910 changes were made. 7 failed.", "Changes of the last 14 days: 910 done, 7 failed.")
	require.Equal(t, 13, strings.Count(p.page, `<rect class="done" x=`))
	require.Equal(t, 7, strings.Count(p.page, `<rect class="hatched" x=`))
	require.Equal(t, 14, strings.Count(p.page, `<tr><th scope="row">`)-1, "each day is in the table")
	require.NotContains(t, p.text(), "bob")

	p = admin.open("/health").says("need a sign-in", "not connected to a mailbox", "alice Contacts", "Invite the user", "The last sync", "waits to begin")
	require.Equal(t, "/users?state=needsSignIn", p.link("Look at them"))
	require.Equal(t, "/users?text=alice", p.link("Invite the user"))
	require.Equal(t, "/runs/"+b.run, p.link("What it did"))
	require.NotContains(t, p.page, "Temporal")
	p = admin.open("/health?who=Bob")
	require.Equal(t, r.person("bob").ID, p.at.Query().Get("user"))
	p.says("How the sync of Bob is.", "not connected to a mailbox", "0 changes were made.")
	require.NotContains(t, p.text(), "need a sign-in")
	admin.open("/health?who=nobody").says("vTiger has no user with the name nobody.")
	require.Equal(t, http.StatusForbidden, alice.open("/health?user="+r.person("bob").ID).status)

	require.NoError(t, r.server.Ledger.SetTrouble(t.Context(), connection, string(contact.NeedsAdmin), "The client secret has ended."))
	admin.open("/health").says("failing", "The client secret has ended.")
}

func TestHealthLinksToTemporalAndToldSecretsEnd(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	w := r.writes("alice")
	r.console.TemporalUI = "http://temporal.example/namespaces/default"
	r.serve()
	admin := r.as("admin")
	want := "http://temporal.example/namespaces/default/workflows?query=WorkflowId%3D%22sync%2F" + w.connection.ID + "%22"
	require.Equal(t, want, admin.open("/health").link("In Temporal"))
	w.line("Ann", 1, nil)
	require.Equal(t, want, admin.open("/log").link("In Temporal"))
	require.NotContains(t, r.as("alice").open("/log").page, "temporal.example")
	require.NotContains(t, r.as("alice").open("/health").page, "temporal.example")
	admin.open("/step1").saveStep1("secretExpiresAt", "2037-01-31")
	p := admin.open("/health").says("Microsoft ends the client secret on 31 January 2037.")
	require.NotContains(t, p.page, "notice warn")
	r.as("admin").open("/step1").saveStep1("secretExpiresAt", "2026-12-05")
	require.Contains(t, admin.open("/health").page, "notice warn")
}

// What a real sync does is what health counts.
func TestHealthCountsWhatASyncDid(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.work()
	r.cast.People(r.vtiger, r.microsoft)
	alice, connection := r.connected("alice")
	run := alice.sync(connection)
	n := 0
	for _, c := range *run.Counts {
		if c.Outcome == "done" && (c.Action == "insert" || c.Action == "update" || c.Action == "delete") {
			n += int(c.N)
		}
	}
	require.Positive(t, n)
	_, differences := demo.Compare(r.vtiger, r.microsoft, r.person("alice"))
	require.Empty(t, differences)
	links, err := r.server.Ledger.DB().NewRaw("SELECT 1 FROM links WHERE connection_id = ? AND state = 'active'", connection).Exec(t.Context())
	require.NoError(t, err)
	active, err := links.RowsAffected()
	require.NoError(t, err)
	p := r.as("alice").open("/health").says(counted("health.done", n), "0 failed.", decimal(active)+" in sync")
	p.says("in sync when asked", "done")
	require.Equal(t, http.StatusOK, p.open(p.link("What it did")).status)
	require.NotEmpty(t, p.open(p.link("Open the log")).names())
}
