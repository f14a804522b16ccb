package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFirstRun walks an installation from nothing to the first run, through public calls only.
func TestFirstRun(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	r.as("alice").do("POST", "/api/v1/connections", map[string]string{"module": "Contacts"}).refused(t, 403, "not-allowed")
	admin.allow("alice")
	alice := r.as("alice")
	connection := alice.connection()
	require.Equal(t, "An administrator must save the Microsoft settings first (step 1).", alice.nextStep(connection))
	for _, call := range []string{"POST /authorization", "GET /folders", "POST /runs"} {
		alice.at(call, connection, nil).refused(t, 409, "step-1-missing")
	}
	alice.at("PUT /settings", connection, map[string]any{"folderId": "Contacts"}).refused(t, 409, "step-1-missing")

	admin.saveStep1()
	require.Contains(t, alice.nextStep(connection), "Sign in to Microsoft")
	alice.at("POST /runs", connection, nil).refused(t, 409, "needs-sign-in")
	alice.at("GET /folders", connection, nil).refused(t, 409, "needs-sign-in")

	link := alice.link(connection)
	b := r.browser()
	opened := b.visit(http.MethodGet, link, nil)
	require.Contains(t, opened.text(), "vTiger user Alice Sales (alice)")
	require.Equal(t, "no-store", opened.header.Get("Cache-Control"))
	p := b.answer(b.visit(http.MethodPost, link, nil), "alice", "signin")
	require.Equal(t, 200, p.status, p.text())
	require.Contains(t, p.text(), "The mailbox alice@bridge.example is now connected for the vTiger user Alice Sales (alice)")
	require.Equal(t, 410, b.visit(http.MethodGet, link, nil).status, "the link is spent")

	require.Contains(t, alice.nextStep(connection), "Choose the Outlook folder")
	alice.at("POST /runs", connection, nil).refused(t, 409, "needs-folder")
	a := alice.at("PUT /settings", connection, map[string]any{"folderId": "Contacts", "batchSize": 7})
	require.Equal(t, 200, a.status, a.raw)
	require.NotEqual(t, "Contacts", a.text(t, "folderId"), "the alias is resolved")

	require.Contains(t, alice.nextStep(connection), "Start the first sync")
	alice.at("POST /runs", connection, nil).refused(t, 409, "needs-preview")
	a = alice.at("POST /runs", connection, map[string]bool{"skipPreview": true})
	require.Equal(t, 202, a.status, a.raw)
	require.Equal(t, []string{connection[len("/api/v1/connections/"):]}, r.asked)
	var run runView
	alice.do("GET", a.header.Get("Location"), nil).read(t, &run)
	require.Equal(t, "queued", run.State)
	require.Equal(t, 7, run.BatchSize)
	var state connectionView
	alice.do("GET", connection, nil).read(t, &state)
	require.Equal(t, []string{"microsoft", "signIn", "folder", "mapping"}, state.Steps.Done)
	require.Empty(t, state.Steps.Missing)
	require.Equal(t, accountView{"alice@bridge.example", "alice", true}, state.Account)
	require.Equal(t, run.ID, state.LastRun.ID)
}

// at makes a call named as "POST /runs" below a connection.
func (c caller) at(call, connection string, body any, header ...string) reply {
	c.t.Helper()
	method, path, _ := strings.Cut(call, " ")
	return c.do(method, connection+path, body, header...)
}

func (c caller) nextStep(connection string) string {
	c.t.Helper()
	a := c.do("GET", connection, nil)
	require.Equal(c.t, 200, a.status, a.raw)
	return a.text(c.t, "nextStep")
}
