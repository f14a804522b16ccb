package api

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/fieldmap"
	"contactbridge/internal/simulator/graphsim"
)

func TestMicrosoftSettingsKeepTheirSecret(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	const path = "/api/v1/settings/microsoft"
	secretSet := func(a reply) bool {
		require.Equal(t, 200, a.status, a.raw)
		var v microsoftView
		a.read(t, &v)
		return v.ClientSecretSet
	}
	a := admin.do("GET", path, nil)
	require.False(t, secretSet(a))
	require.Equal(t, r.url+"/oauth/callback", a.text(t, "redirectUrl"), "suggested")
	require.True(t, secretSet(admin.do("PUT", path, r.step1())))

	absent := r.step1()
	delete(absent, "clientSecret")
	require.True(t, secretSet(admin.do("PUT", path, absent)))
	held, err := r.server.Ledger.Microsoft(t.Context())
	require.NoError(t, err)
	require.Equal(t, clientSecret, held.ClientSecret)

	cleared := r.step1()
	cleared["clientSecret"] = nil
	require.False(t, secretSet(admin.do("PUT", path, cleared)))
	admin.allow("alice")
	alice := r.as("alice")
	p := alice.at("POST /authorization", alice.connection(), nil).refused(t, 409, "step-1-missing")
	require.Contains(t, p.Detail, "clientSecret")
}

// race lets many write the same version at once: one may win.
func race(t *testing.T, put func(i int) reply) {
	t.Helper()
	const writers = 6
	var all sync.WaitGroup
	answers := make([]reply, writers)
	for i := range writers {
		all.Go(func() { answers[i] = put(i) })
	}
	all.Wait()
	won := 0
	for _, a := range answers {
		if a.status == 200 {
			won++
		} else {
			a.refused(t, 412, "changed-meanwhile")
		}
	}
	require.Equal(t, 1, won)
}

func TestLostRaces(t *testing.T) {
	r, admin, alice, connection := staged(t)
	tag := admin.do("GET", "/api/v1/settings/microsoft", nil).header.Get("ETag")
	race(t, func(int) reply { return admin.do("PUT", "/api/v1/settings/microsoft", r.step1(), "If-Match", tag) })
	tag = alice.at("GET /settings", connection, nil).header.Get("ETag")
	race(t, func(i int) reply {
		return alice.at("PUT /settings", connection, map[string]int{"batchSize": i}, "If-Match", tag)
	})
	a := alice.at("PUT /settings", connection, map[string]int{"batchSize": 9}, "If-Match", `"0", `+alice.at("GET /settings", connection, nil).header.Get("ETag"))
	require.Equal(t, 200, a.status, a.raw)
	require.Equal(t, a.header.Get("ETag"), alice.at("GET /settings", connection, nil).header.Get("ETag"))
}

func TestSettingsOfANewConnection(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	admin.allow("alice")
	alice := r.as("alice")
	var v settingsView
	alice.at("GET /settings", alice.connection(), nil).read(t, &v)
	require.Equal(t, settingsView{Mapping: fieldmap.Default("Contacts"), Conditions: []conditionView{}, Locked: []string{}, Limits: []limitView{}, Choices: Choices{
		Direction: "both", ConflictPolicy: "vtiger", DeleteVersus: "editWins", BatchSize: 100,
		IntervalMinutes: 15, OnScopeExit: "keep", ExistsElsewhere: "skip", Guard: guardView{250, 25},
		OwnerScope: nobodyElse,
	}}, v)
}

func TestSettingsKeepWhatIsAbsent(t *testing.T) {
	_, _, alice, connection := staged(t)
	rows := fieldmap.Mapping{{Outlook: "surname", VTiger: []string{"lastname"}, Direction: "both"}}
	web := []conditionView{{"leadsource", "is", "Web"}}
	a := alice.at("PUT /settings", connection, map[string]any{
		"mapping": rows, "direction": "toVtiger", "conflictPolicy": "outlook", "deleteInOutlook": true, "deleteInVtiger": true,
		"deleteVersusEdit": "deleteWins", "phoneRegion": "CH", "batchSize": 0,
		"automatic": true, "intervalMinutes": 7, "onScopeExit": "removeCopy", "existsElsewhere": "hold", "deleteGuard": map[string]int{"count": 9, "percent": 5}, "syncFrom": "2026-01-31",
		"outlookFilter": map[string]any{"wanted": []string{" Key  customers"}}, "conditions": web,
	})
	require.Equal(t, 200, a.status, a.raw)
	a = alice.at("PUT /settings", connection, map[string]any{"direction": "both"})
	require.Equal(t, 200, a.status, a.raw)
	var v settingsView
	alice.at("GET /settings", connection, nil).read(t, &v)
	require.NotEmpty(t, v.FolderID)
	require.Equal(t, settingsView{FolderID: v.FolderID, FolderName: v.FolderName, Mapping: rows, Conditions: web, Locked: []string{}, Limits: []limitView{}, Choices: Choices{
		Direction: "both", ConflictPolicy: "outlook",
		DeleteInOutlook: true, DeleteInVTiger: true, DeleteVersus: "deleteWins", PhoneRegion: "CH", BatchSize: 0,
		Automatic: true, IntervalMinutes: 7, OnScopeExit: "removeCopy", ExistsElsewhere: "hold", Guard: guardView{9, 5},
		OutlookFilter: &categoriesView{[]string{"Key customers"}, []string{}}, OwnerScope: nobodyElse, SyncFrom: viewDate("2026-01-31"),
	}}, v)
}

func TestFolders(t *testing.T) {
	r, admin, alice, connection := staged(t)
	other := r.microsoft.AddFolder(mail("alice"), "Customers")
	var list struct{ Folders []folderView }
	alice.at("GET /folders", connection, nil).read(t, &list)
	require.Len(t, list.Folders, 2)
	require.True(t, list.Folders[0].Default)
	require.Equal(t, folderView{ID: other, Name: "Customers"}, list.Folders[1])

	// The chosen one again, by alias and by id, is no change; another one can be chosen and left again.
	for _, same := range []string{"Contacts", list.Folders[0].ID, other, "Contacts"} {
		require.Equal(t, 200, alice.at("PUT /settings", connection, map[string]string{"folderId": same}).status)
	}

	// Bob signs in with alice's mailbox: her folder is taken, another one of hers is free.
	require.NotNil(t, admin)
	bob := r.as("bob")
	bobs := bob.connection()
	r.browser().connect(bob.link(bobs), "alice")
	bob.at("PUT /settings", bobs, map[string]string{"folderId": "Contacts"}).refused(t, 409, "folder-taken")
	require.Equal(t, 200, bob.at("PUT /settings", bobs, map[string]string{"folderId": other}).status)
}

func TestDeadSignInIsSaid(t *testing.T) {
	r, _, alice, connection := staged(t)
	require.NoError(t, r.microsoft.RevokeTokens(mail("alice")))
	alice.at("GET /folders", connection, nil).refused(t, 409, "needs-sign-in")
	r.browser().connect(alice.link(connection), "alice")
	r.microsoft.Fail("token", 1, graphsim.Blank(503))
	alice.at("GET /folders", connection, nil).refused(t, 503, "unavailable")
	r.microsoft.Fail("folders.get", 1, graphsim.Throttled("6.5"))
	a := alice.at("GET /folders", connection, nil)
	a.refused(t, 503, "throttled")
	require.Equal(t, "7", a.header.Get("Retry-After"))

	c := connection[len("/api/v1/connections/"):]
	require.NoError(t, r.server.Ledger.SetTrouble(t.Context(), c, "needs-sign-in", "Microsoft no longer accepts the sign-in; sign in again."))
	alice.at("POST /runs", connection, nil).refused(t, 409, "needs-sign-in")
	var v connectionView
	alice.do("GET", connection, nil).read(t, &v)
	require.Equal(t, []string{"signIn"}, v.Steps.Missing)
	r.browser().connect(alice.link(connection), "alice")
	require.Equal(t, 202, alice.at("POST /runs", connection, nil).status)
}

func TestChoices(t *testing.T) {
	_, _, alice, connection := staged(t)
	var fields struct{ Fields []fieldView }
	alice.at("GET /modules/Contacts/fields", connection, nil).read(t, &fields)
	require.Contains(t, fields.Fields, fieldView{Name: "lastname", Label: "Last Name", Type: "string", Mandatory: true, Editable: true, Comparable: true})
	var properties struct{ Fields []fieldmap.Property }
	alice.at("GET /outlook-fields", connection, nil).read(t, &properties)
	require.Len(t, properties.Fields, len(fieldmap.Properties))
	require.Equal(t, "givenName", properties.Fields[1].Name)
	require.NotEmpty(t, properties.Fields[1].Type)
}
