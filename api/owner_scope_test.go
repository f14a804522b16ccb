package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/simulator/vtigersim"
)

var nobodyElse = ownerScopeView{Owners: []string{}, Granted: ownersView{Owners: []string{}}}

// owned reads the scope of a connection.
func (c caller) owned(connection string) ownerScopeView {
	c.t.Helper()
	var v settingsView
	c.at("GET /settings", connection, nil).read(c.t, &v)
	return v.OwnerScope
}

func (c caller) own(connection string, scope any) reply {
	c.t.Helper()
	return c.at("PUT /settings", connection, jsonMap{"ownerScope": scope})
}

// Users choose within what an administrator granted, and only an administrator grants.
func TestOwnersAreGrantedByAnAdministrator(t *testing.T) {
	_, admin, alice, connection := staged(t)
	bob, me := admin.userID("bob"), admin.userID("alice")
	refused := func(place string, scope any) {
		t.Helper()
		before := alice.owned(connection)
		p := alice.own(connection, scope).refused(t, 403, "admin-only")
		require.Equal(t, place, p.Errors[0].Location)
		require.Equal(t, before, alice.owned(connection))
	}
	require.Equal(t, nobodyElse, alice.owned(connection))
	refused("body.ownerScope.everyone", jsonMap{"everyone": true})
	refused("body.ownerScope.owners[1]", jsonMap{"owners": []string{me, "20x2"}})
	refused("body.ownerScope.owners[0]", jsonMap{"owners": []string{"20x77"}}) // nor does she learn who is there
	refused("body.ownerScope.granted", jsonMap{"granted": jsonMap{"everyone": true}})
	require.Equal(t, 200, alice.own(connection, jsonMap{"owners": []string{me}}).status, "oneself always")
	require.Equal(t, nobodyElse, alice.owned(connection))

	granted := ownersView{Owners: []string{bob, "20x2"}}
	a := admin.own(connection, jsonMap{"owners": []string{"20x2", bob, "20x2"}})
	require.Equal(t, 200, a.status, a.raw)
	require.Equal(t, ownerScopeView{false, granted.Owners, granted}, alice.owned(connection))
	alice.at("POST /runs", connection, nil).refused(t, 409, "needs-preview")

	// Narrower, and back; what is read can be sent.
	require.Equal(t, 200, alice.own(connection, jsonMap{"owners": []string{"20x2"}}).status)
	require.Equal(t, ownerScopeView{false, []string{"20x2"}, granted}, alice.owned(connection))
	require.Equal(t, 200, alice.own(connection, alice.owned(connection)).status)
	require.Equal(t, 200, alice.own(connection, jsonMap{}).status)
	require.Equal(t, ownerScopeView{false, []string{}, granted}, alice.owned(connection))
	require.Equal(t, 200, alice.own(connection, jsonMap{"owners": []string{bob, "20x2"}}).status)
	refused("body.ownerScope.owners[0]", jsonMap{"owners": []string{"20x3"}})
	refused("body.ownerScope.granted", jsonMap{"granted": jsonMap{"owners": []string{bob}}})
	refused("body.ownerScope.everyone", jsonMap{"everyone": true})

	// Everyone covers all; taking the grant back takes the records along.
	require.Equal(t, 200, admin.own(connection, jsonMap{"owners": []string{"20x2"}, "granted": jsonMap{"everyone": true}}).status)
	require.Equal(t, 200, alice.own(connection, jsonMap{"everyone": true}).status)
	require.Equal(t, 200, alice.own(connection, jsonMap{"owners": []string{bob}}).status)
	require.Equal(t, 200, admin.own(connection, jsonMap{}).status)
	require.Equal(t, nobodyElse, alice.owned(connection))
	refused("body.ownerScope.owners[0]", jsonMap{"owners": []string{bob}})
	alice.as("bob").own(connection, jsonMap{}).refused(t, 404, "not-found")
	a = admin.own(connection, jsonMap{"owners": []string{bob}})
	alice.at("PUT /settings", connection, jsonMap{"ownerScope": jsonMap{}}, "If-Match", `"1"`).refused(t, 412, "changed-meanwhile")
	require.Equal(t, 200, a.status)
}

// Users learn the names of those alone whose records they may choose.
func TestOwnersThatMayBeChosen(t *testing.T) {
	_, admin, alice, connection := staged(t)
	list := func(c caller) (names []string) {
		var out struct{ Owners []ownerView }
		a := c.at("GET /owners", connection, nil)
		require.Equal(t, 200, a.status, a.raw)
		a.read(t, &out)
		for _, o := range out.Owners {
			require.Equal(t, o.ID[:3] == "20x", o.Group, o.ID)
			names = append(names, o.ID)
		}
		return names
	}
	bob, me := admin.userID("bob"), admin.userID("alice")
	require.Empty(t, list(alice))
	require.Contains(t, list(admin), bob)
	require.Contains(t, list(admin), "20x2")
	require.NotContains(t, list(admin), me)
	admin.own(connection, jsonMap{"granted": jsonMap{"owners": []string{"20x2"}}})
	require.Equal(t, []string{"20x2"}, list(alice))
	admin.own(connection, jsonMap{"granted": jsonMap{"owners": []string{bob}}})
	require.Equal(t, []string{bob}, list(alice))
	admin.own(connection, jsonMap{"granted": jsonMap{"everyone": true}})
	require.Equal(t, list(admin), list(alice))
}

// A user whom vTiger has since a moment ago is known; where it cannot be asked nothing is changed.
func TestOwnersAreVTigers(t *testing.T) {
	r, admin, _, connection := staged(t)
	require.Equal(t, 200, admin.own(connection, jsonMap{"owners": []string{"20x2"}}).status)
	r.vtiger.Fail(vtigersim.AnyOperation, -1, vtigersim.BadGateway)
	require.Equal(t, 200, admin.own(connection, jsonMap{"owners": []string{"20x2"}}).status, "what is held already")
	require.GreaterOrEqual(t, admin.own(connection, jsonMap{"owners": []string{"20x3"}}).status, 500)
	r.vtiger.ClearFaults()
	require.Equal(t, []string{"20x2"}, admin.owned(connection).Owners)
}

// The defaults grant to new connections, and to all when an administrator applies them.
func TestDefaultsGrantOwners(t *testing.T) {
	r, admin, alice, connection := staged(t)
	admin.put(jsonMap{"ownerScope": jsonMap{"granted": jsonMap{"owners": []string{"20x2"}}}})
	require.Equal(t, nobodyElse, alice.owned(connection))
	bob := r.as("bob")
	bobs := bob.connection()
	require.Equal(t, ownersView{Owners: []string{"20x2"}}, bob.owned(bobs).Granted)
	require.Equal(t, 200, bob.own(bobs, jsonMap{"owners": []string{"20x2"}}).status)
	a := admin.do("POST", defaultsPath+"/apply", jsonMap{"fields": []string{"ownerScope", "outlookFilter"}})
	require.Equal(t, 200, a.status, a.raw)
	for who, c := range map[caller]string{alice: connection, bob: bobs} {
		require.Equal(t, ownerScopeView{false, []string{}, ownersView{Owners: []string{"20x2"}}}, who.owned(c))
	}
}

// Fields are listed of every module that can be synced, whatever the connection's own is.
func TestFieldsOfAModule(t *testing.T) {
	_, _, alice, connection := staged(t)
	var list struct{ Modules []string }
	alice.at("GET /modules", connection, nil).read(t, &list)
	require.Contains(t, list.Modules, "Vendors")
	for _, module := range list.Modules {
		var fields struct{ Fields []fieldView }
		a := alice.at("GET /modules/"+module+"/fields", connection, nil)
		require.Equal(t, 200, a.status, a.raw)
		a.read(t, &fields)
		require.NotEmpty(t, fields.Fields)
	}
	for _, module := range []string{"contacts", "Users", "Nothing"} {
		p := alice.at("GET /modules/"+module+"/fields", connection, nil).refused(t, 422, "invalid")
		require.Equal(t, "path.module", p.Errors[0].Location)
	}
}
