package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/vtigersim"
)

// savedFilter adds one of alice's filters and gives its id.
func (r *rig) savedFilter(owner, name string, shared bool) string {
	r.t.Helper()
	id, err := r.vtiger.AddFilter(vtigersim.SavedFilter{Owner: owner, Module: "Contacts", Name: name, Shared: shared})
	require.NoError(r.t, err)
	return id
}

func TestWhichFiltersMayBeChosen(t *testing.T) {
	r, admin, alice, connection := staged(t)
	shared := r.savedFilter(admin.userID("alice"), "Bonn", true)
	private := r.savedFilter(admin.userID("bob"), "Bob's", false)
	var list struct{ Filters []filterView }
	alice.at("GET /filters", connection, nil).read(t, &list)
	require.Equal(t, []filterView{{ID: "7", Name: "All", Shared: true}, {ID: shared, Name: "Bonn", Shared: true}}, list.Filters)
	admin.at("GET /filters", connection, nil).read(t, &list)
	require.Contains(t, list.Filters, filterView{ID: private, Name: "Bob's"})
	r.as("bob").at("GET /filters", connection, nil).refused(t, 404, "not-found")
	r.vtiger.SetMobileOff(true)
	alice.at("GET /filters", connection, nil).refused(t, 409, "needs-admin")
}

func TestTheFilterOfAConnection(t *testing.T) {
	r, admin, alice, connection := staged(t)
	shared := r.savedFilter(admin.userID("alice"), "Bonn", true)
	private := r.savedFilter(admin.userID("bob"), "Bob's", false)
	held := func() *chosenFilter {
		var v settingsView
		alice.at("GET /settings", connection, nil).read(t, &v)
		return v.Filter
	}
	choose := func(who caller, filter any) reply {
		return who.at("PUT /settings", connection, map[string]any{"filter": filter})
	}
	require.Nil(t, held())
	require.Equal(t, 200, choose(alice, map[string]string{"id": shared, "name": "of my own making"}).status)
	require.Equal(t, &chosenFilter{shared, "Bonn"}, held(), "the name is vTiger's")
	require.Equal(t, 200, alice.at("PUT /settings", connection, map[string]int{"batchSize": 7}).status)
	require.NotNil(t, held(), "absent keeps")

	for _, id := range []string{private, "8", "999", "garbage"} {
		p := choose(alice, map[string]string{"id": id}).refused(t, 422, "invalid")
		require.Equal(t, "body.filter", p.Errors[0].Location)
	}
	for place, wrong := range map[string]any{"body.filter": "7", "body.filter.id": map[string]string{"id": ""}, "body.filter.shared": map[string]any{"id": "7", "shared": true}} {
		p := choose(alice, wrong).refused(t, 422, "invalid")
		require.Equal(t, place, p.Errors[0].Location)
	}
	require.Equal(t, &chosenFilter{shared, "Bonn"}, held())

	require.Equal(t, 200, choose(admin, map[string]string{"id": private}).status)
	require.Equal(t, 200, choose(alice, held()).status, "what an administrator chose may be sent back")
	require.Equal(t, &chosenFilter{private, "Bob's"}, held())

	// Renamed: choosing it again takes the new name.
	require.NoError(t, r.vtiger.UpdateFilter(shared, func(f *vtigersim.SavedFilter) { f.Name = "Cologne" }))
	require.Equal(t, 200, choose(alice, map[string]string{"id": shared}).status)
	require.Equal(t, &chosenFilter{shared, "Cologne"}, held())
	due, err := r.server.Ledger.DueFilters(t.Context(), "Contacts", 0)
	require.NoError(t, err)
	require.Len(t, due, 1)
	require.Equal(t, ledger.Filter{ID: shared, Name: "Cologne"}, due[0].Filter)

	require.Equal(t, 200, choose(alice, nil).status)
	require.Nil(t, held(), "null is all")
}
