package console

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// scene is a small company after some days of syncing.
func (r *rig) scene() {
	r.t.Helper()
	_, connection := r.connected("alice")
	r.crew(7, "H9")
	w := r.writes("bob")
	r.exec("UPDATE connections SET trouble = 'needs-sign-in', trouble_sentence = 'Microsoft no longer accepts the sign-in; sign in again (step 2).' WHERE id = ?", w.connection.ID)
	r.exec("INSERT INTO credentials (connection_id, kind, mailbox_id) VALUES (?, 'delegated', 'b')", w.connection.ID)
	r.exec("UPDATE epochs SET linked = 1284, outside = 12, detached = 3, applied_at = now() WHERE connection_id = ?", connection)
	r.exec("INSERT INTO days (user_id, day, done, failed) SELECT user_id, (now() AT TIME ZONE 'UTC')::date - i, (i * 37) % 61, CASE WHEN i % 4 = 1 THEN 9 ELSE 0 END FROM connections, generate_series(0, 13) i WHERE id = ?", connection)
	c, err := r.server.Ledger.Connection(r.t.Context(), connection)
	require.NoError(r.t, err)
	run, err := r.server.Ledger.RequestRun(r.t.Context(), c, "scene", contact.Both, c.UserID)
	require.NoError(r.t, err)
	a := written{r, c, run.ID}
	change := func(action contact.Action, outcome ledger.Outcome, reason string, fields map[contact.Field]reconcile.FieldChange) func(*ledger.Operation) {
		return func(o *ledger.Operation) {
			o.Action, o.Outcome, o.Reason = action, outcome, reason
			if o.Fields = fields; fields == nil {
				o.Fields = map[contact.Field]reconcile.FieldChange{}
			}
		}
	}
	a.line("Marie Curie", 300, change(contact.Insert, ledger.Done, "New in vTiger.", map[contact.Field]reconcile.FieldChange{"givenName": {After: "Marie"}, "surname": {After: "Curie"}, "jobTitle": {After: "Physicist"}}))
	a.line("Ada Lovelace", 200, change(contact.Update, ledger.Done, "Changed in vTiger.", map[contact.Field]reconcile.FieldChange{"jobTitle": {Before: "Clerk", After: "Head of Sales"}, "mobilePhone": {Before: "+41 79 000 00 00", After: "+41 79 123 45 67", Conflict: true, Lost: "+41 79 999 99 99"}}))
	a.line("Emmy Noether", 90, change(contact.Delete, ledger.Held, "More would be deleted than usual, so a person must decide.", nil))
	a.line("Niels Bohr", 60, change(ledger.SkipAction, ledger.Skipped, "vTiger has its e-mail address already, in a record outside this connection's scope, so it is not inserted.", nil))
	a.line(`<b>Ðorđe "O'Neil" `+strings.Repeat("Wöhr", 60), 30, change(ledger.ErrorAction, ledger.Failed, "Not inserted in Outlook: the name is too long. It is tried again in 15 minutes, and then ever more rarely.", nil))
	a.line("Lise Meitner", 5, change(ledger.LinkAction, ledger.Done, "The same person on both sides: equal e-mail.", nil))
	w.line("Rosalind Franklin", 1, nil)
}

// Log, health and users can be read and worked by everybody: in both themes, on a phone, by the keyboard, without scripts.
func TestWatchingIsAccessible(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.scene()
	alice := r.chromiumAs("alice")
	for _, path := range []string{"/log", "/health"} {
		alice.open(path)
		alice.eval(`document.querySelectorAll("main details").forEach(d => d.open = true)`, nil)
		accessible(alice)
		alice.picture(strings.TrimPrefix(path, "/"))
	}
	alice.open("/log?text=lovelace")
	alice.click(".log summary")
	alice.says("Given up: +41 79 999 99 99")
	alice.fine()

	admin := r.chromiumAs("admin")
	admin.open("/users")
	accessible(admin)
	admin.picture("users")
	admin.click("[data-all]")
	var chosen int
	admin.eval(`document.querySelectorAll("[name=id]:checked").length`, &chosen)
	require.Equal(t, 10, chosen)
	admin.then(func() { admin.click("#bulk button") })
	admin.says("8 more users may sync now.")
	admin.open("/health")
	accessible(admin)
	admin.open("/users?together=yes&state=notAllowed")
	accessible(admin)
	admin.fine()
}

// Without scripts everything works.
func TestWatchingWithoutScripts(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.scene()
	admin := r.chromiumAs("admin")
	admin.scripts(false)
	admin.open("/users?text=h9")
	admin.click("tbody input")
	admin.then(func() { admin.click("#bulk button") })
	admin.scripts(true)
	admin.says("1 more user may sync now.")
	admin.scripts(false)
	admin.then(func() { admin.click("tbody button") })
	admin.scripts(true)
	admin.says("Give this link to h9-000.")
	admin.scripts(false)
	admin.open("/log")
	admin.fill("field-text", "curie")
	admin.then(func() { admin.click("main form button") })
	admin.click(".log summary")
	admin.scripts(true)
	admin.says("Only alice sees what is in the fields. These changed: Given name, Job title, Surname.")
	admin.fine()
}
