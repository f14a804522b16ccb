package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// A connection that is deleted takes its sign-in, log and questions with it and nothing of either side; it can be made anew.
func TestAConnectionIsDeleted(t *testing.T) {
	r, admin, alice, connection := staged(t)
	require.Equal(t, 202, alice.at("POST /runs", connection, nil).status)
	run, _ := worked(t, r, idOf(connection))
	open := alice.at("POST /runs", connection, map[string]string{"direction": "toOutlook"}).header.Get("Location")
	r.waits(connection, "q", reconcile.GuardHold)
	r.microsoft.AddContact(mail("alice"), "", map[string]any{"surname": "Stays"})
	r.vtiger.AddContact(admin.userID("alice"), map[string]string{"lastname": "Stays"})

	require.Equal(t, 204, alice.do("DELETE", connection, nil).status)
	for _, path := range []string{connection, open, runsPath + "/" + run.ID} {
		alice.do("GET", path, nil).refused(t, 404, "not-found")
	}
	alice.do("DELETE", connection, nil).refused(t, 404, "not-found")
	for path, field := range map[string]string{"/api/v1/log?limit=50": "lines", "/api/v1/runs?limit=50": "runs"} {
		require.Empty(t, alice.pages(path, field))
	}
	var holds struct{ Holds []any }
	alice.do("GET", "/api/v1/holds", nil).read(t, &holds)
	require.Empty(t, holds.Holds)
	_, _, err := r.server.Ledger.Refresh(t.Context(), idOf(connection))
	require.ErrorIs(t, err, ledger.ErrNotFound)
	require.Len(t, r.vtiger.Contacts(), 1)
	require.Len(t, r.microsoft.Contacts(mail("alice"), ""), 1)
	require.Equal(t, 201, alice.do("POST", connectionsPath, map[string]string{"module": "Contacts"}).status)
}

// A folder is made in the mailbox, by the name that people give it, once.
func TestAFolderIsMade(t *testing.T) {
	_, _, alice, connection := staged(t)
	a := alice.at("POST /folders", connection, map[string]string{"name": " Customers "})
	require.Equal(t, 201, a.status, a.raw)
	var list struct{ Folders []folderView }
	alice.at("GET /folders", connection, nil).read(t, &list)
	require.Contains(t, list.Folders, folderView{ID: a.text(t, "id"), Name: "Customers"})
	p := alice.at("POST /folders", connection, map[string]string{"name": "Customers"}).refused(t, 422, "invalid")
	require.Equal(t, "body.name", p.Errors[0].Location)
	require.Equal(t, 200, alice.at("PUT /settings", connection, map[string]string{"folderId": a.text(t, "id")}).status)
}

// The modules that are shown are those of which a connection can be made.
func TestModulesAreListed(t *testing.T) {
	r, _, alice, connection := staged(t)
	r.vtiger.SetModuleOff("Vendors", true)
	var list struct{ Modules []string }
	alice.at("GET /modules", connection, nil).read(t, &list)
	require.Equal(t, []string{"Contacts", "Leads", "Accounts"}, list.Modules)
	require.JSONEq(t, `{"vtiger":null,"outlook":null}`, alice.at("GET /sample", connection, nil).raw)
}
