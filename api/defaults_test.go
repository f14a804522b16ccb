package api

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/fieldmap"
	"contactbridge/internal/ledger"
)

// put saves defaults.
func (c caller) put(body any, header ...string) reply {
	c.t.Helper()
	a := c.do("PUT", defaultsPath, body, header...)
	require.Equal(c.t, 200, a.status, a.raw)
	return a
}

// A new connection starts with what an administrator decided, an old one stays as it is.
func TestNewConnectionsStartWithTheDefaults(t *testing.T) {
	r, admin, alice, connection := staged(t)
	before := alice.at("GET /settings", connection, nil).raw
	rows := fieldmap.Mapping{{Outlook: "surname", VTiger: []string{"lastname"}, Direction: "both"}}
	a := admin.put(jsonMap{
		"mapping": jsonMap{"Contacts": rows}, "direction": "toOutlook", "conflictPolicy": "ask", "deleteInOutlook": true, "deleteInVtiger": true,
		"deleteVersusEdit": "deleteWins", "phoneRegion": "CH", "batchSize": 50, "automatic": true, "intervalMinutes": 30,
		"onScopeExit": "removeCopy", "existsElsewhere": "hold", "deleteGuard": jsonMap{"count": 9, "percent": 5}, "syncFrom": "2026-01-31",
		"outlookFilter": jsonMap{"unwanted": []string{"Private"}}, "ownerScope": jsonMap{"owners": []string{"20x2"}, "granted": jsonMap{"everyone": true}},
	})
	want := Choices{
		Direction: "toOutlook", ConflictPolicy: "ask", DeleteInOutlook: true, DeleteInVTiger: true, DeleteVersus: "deleteWins", PhoneRegion: "CH",
		BatchSize: 50, Automatic: true, IntervalMinutes: 30, OnScopeExit: "removeCopy", ExistsElsewhere: "hold", Guard: guardView{9, 5},
		OutlookFilter: &categoriesView{[]string{}, []string{"Private"}}, OwnerScope: ownerScopeView{false, []string{"20x2"}, ownersView{true, []string{}}},
		SyncFrom: viewDate("2026-01-31"),
	}
	var d defaultsView
	a.read(t, &d)
	require.Equal(t, want, d.Choices)
	admin.do("GET", defaultsPath, nil).read(t, &d)
	require.Equal(t, defaultsView{Mapping: map[string]fieldmap.Mapping{"Contacts": rows}, Locked: []string{}, Caps: capsView{true, true, 1}, Choices: want}, d)
	require.Equal(t, before, alice.at("GET /settings", connection, nil).raw)

	bob := r.as("bob")
	var v settingsView
	bob.at("GET /settings", bob.connection(), nil).read(t, &v)
	require.Equal(t, want, v.Choices)
	require.Equal(t, rows, v.Mapping)
	bob.at("GET /settings", bob.module("Leads"), nil).read(t, &v)
	require.Equal(t, fieldmap.Default("Leads"), v.Mapping, "of another module nothing was decided")

	// null goes back to the default, which is the administrator's.
	require.Equal(t, 200, alice.at("PUT /settings", connection, jsonMap{"mapping": nil}).status)
	alice.at("GET /settings", connection, nil).read(t, &v)
	require.Equal(t, rows, v.Mapping)
	require.Contains(t, admin.put(jsonMap{"mapping": jsonMap{"Contacts": nil}}).raw, `"mapping":{}`)
}

// Users cannot change what is locked, and are told which settings those are; administrators can.
func TestLockedSettings(t *testing.T) {
	_, admin, alice, connection := staged(t)
	admin.put(jsonMap{"locked": []string{"direction", "mapping", "deleteGuard", "syncFrom", "outlookFilter", "ownerScope", "conditions"}})
	require.Equal(t, 200, admin.at("PUT /settings", connection, jsonMap{"ownerScope": jsonMap{"owners": []string{"20x2"}}}).status)
	var v settingsView
	first := alice.at("GET /settings", connection, nil)
	first.read(t, &v)
	require.Equal(t, []string{"conditions", "deleteGuard", "direction", "mapping", "outlookFilter", "ownerScope", "syncFrom"}, v.Locked)
	wanted := jsonMap{
		"direction": "toVtiger", "batchSize": 3, "deleteGuard": jsonMap{"count": 1, "percent": 1}, "syncFrom": "2026-01-01",
		"outlookFilter": jsonMap{"wanted": []string{"Golf"}}, "ownerScope": jsonMap{}, "conditions": []jsonMap{{"field": "leadsource", "operator": "isEmpty"}},
		"mapping": []jsonMap{{"outlook": "surname", "vtiger": []string{"lastname"}, "direction": "both"}},
	}
	p := alice.at("PUT /settings", connection, wanted).refused(t, 403, "locked")
	var places []string
	for _, f := range p.Errors {
		places = append(places, f.Location)
	}
	require.Equal(t, []string{"body.conditions", "body.deleteGuard", "body.direction", "body.mapping", "body.outlookFilter", "body.ownerScope", "body.syncFrom"}, places)
	require.Equal(t, first.raw, alice.at("GET /settings", connection, nil).raw)

	// What stays as it is may be sent along with what changes.
	a := alice.at("PUT /settings", connection, jsonMap{"direction": "both", "mapping": v.Mapping, "deleteGuard": v.Guard, "syncFrom": nil, "batchSize": 3, "outlookFilter": v.OutlookFilter, "ownerScope": v.OwnerScope, "conditions": v.Conditions})
	require.Equal(t, 200, a.status, a.raw)
	require.Equal(t, 200, admin.at("PUT /settings", connection, wanted).status)
	admin.put(jsonMap{"locked": []string{}})
	require.Equal(t, 200, alice.at("PUT /settings", connection, jsonMap{"direction": "both"}).status)
}

// Caps hold at once; the views say so, and a setting that they would not let count is refused, also to administrators.
func TestCapsAreShownAndHeld(t *testing.T) {
	_, admin, alice, connection := staged(t)
	require.Equal(t, 200, alice.at("PUT /settings", connection, jsonMap{"deleteInVtiger": true, "intervalMinutes": 5}).status)
	admin.put(jsonMap{"caps": jsonMap{"usersMayDeleteInVtiger": false, "usersMayCreateInVtiger": false, "smallestInterval": 20}})
	for _, path := range []string{connection, connection + "/settings"} {
		var v struct {
			Limits          []limitView
			DeleteInVTiger  bool `json:"deleteInVtiger"`
			IntervalMinutes int
		}
		alice.do("GET", path, nil).read(t, &v)
		var fields []string
		for _, l := range v.Limits {
			fields = append(fields, l.Field)
			require.Contains(t, l.Sentence, "An administrator")
		}
		require.Equal(t, []string{"direction", "deleteInVtiger", "intervalMinutes"}, fields, path)
	}
	var v settingsView
	alice.at("GET /settings", connection, nil).read(t, &v)
	require.True(t, v.DeleteInVTiger, "the user's own decision counts again when the cap is lifted")
	require.Equal(t, 5, v.IntervalMinutes)
	require.Equal(t, 200, alice.at("PUT /settings", connection, jsonMap{"deleteInVtiger": true, "intervalMinutes": 5, "batchSize": 9}).status, "what stays is no change")
	require.Equal(t, 200, alice.at("PUT /settings", connection, jsonMap{"deleteInVtiger": false, "intervalMinutes": 20}).status)
	for _, who := range []caller{alice, admin} {
		require.Equal(t, "body.deleteInVtiger", who.at("PUT /settings", connection, jsonMap{"deleteInVtiger": true}).refused(t, 422, "invalid").Errors[0].Location)
		require.Equal(t, "body.intervalMinutes", who.at("PUT /settings", connection, jsonMap{"intervalMinutes": 19}).refused(t, 422, "invalid").Errors[0].Location)
	}
	admin.put(jsonMap{"caps": jsonMap{"usersMayDeleteInVtiger": true, "smallestInterval": 1}})
	require.Equal(t, 200, alice.at("PUT /settings", connection, jsonMap{"deleteInVtiger": true, "intervalMinutes": 5}).status)
	alice.at("GET /settings", connection, nil).read(t, &v)
	require.Len(t, v.Limits, 1, "the other cap stays")
}

// A preview of before a cap shows what is no longer so.
func TestAPreviewOfBeforeACapCannotBeApplied(t *testing.T) {
	r, admin, alice, connection := staged(t)
	id := r.previewed(alice, connection)
	admin.put(jsonMap{"caps": jsonMap{"usersMayCreateInVtiger": false}})
	alice.at("POST /runs", connection, jsonMap{"apply": id}).refused(t, 409, "preview-outdated")
}

// An administrator gives some of the defaults to everybody, with or without a preview of their own.
func TestDefaultsGoToAllConnections(t *testing.T) {
	for _, skip := range []bool{false, true} {
		r, admin, alice, connection := staged(t)
		bob := r.as("bob")
		theirs := bob.connection()
		admin.put(jsonMap{"conflictPolicy": "outlook", "batchSize": 5, "syncFrom": "2026-01-01", "locked": []string{"conflictPolicy"}})
		var v struct{ Changed int }
		a := admin.do("POST", defaultsPath+"/apply", jsonMap{"fields": []string{"conflictPolicy", "syncFrom"}, "skipPreview": skip})
		require.Equal(t, 200, a.status, a.raw)
		a.read(t, &v)
		require.Equal(t, 2, v.Changed)
		for at, who := range map[string]caller{connection: alice, theirs: bob} {
			var now settingsView
			who.at("GET /settings", at, nil).read(t, &now)
			require.Equal(t, "outlook", string(now.ConflictPolicy))
			require.Equal(t, 100, now.BatchSize)
		}
		start := alice.at("POST /runs", connection, nil)
		if !skip {
			start.refused(t, 409, "needs-preview")
			continue
		}
		require.Equal(t, 202, start.status, start.raw)
	}
}

// Whatever a connection decides can be locked, but the folder, without which nobody could begin.
func TestEverySettingCanBeLocked(t *testing.T) {
	held, _ := reflect.TypeFor[defaultsChange]().FieldByName("Locked")
	all := slices.Sorted(maps.Keys(settingsByName(ledger.Settings{})))
	require.Equal(t, strings.Join(all, ","), held.Tag.Get("enum"))
	spread, _ := reflect.TypeFor[spreadInput]().FieldByName("Body")
	fields, _ := spread.Type.FieldByName("Fields")
	shared := slices.DeleteFunc(all, func(name string) bool { return name == "filter" || name == "conditions" })
	require.Equal(t, strings.Join(shared, ","), fields.Tag.Get("enum"), "defaults have no filter and no conditions: they are about one module's fields")
}

func TestLostRacesOfTheDefaults(t *testing.T) {
	_, admin, _, _ := staged(t)
	tag := admin.do("GET", defaultsPath, nil).header.Get("ETag")
	race(t, func(i int) reply {
		return admin.do("PUT", defaultsPath, map[string]int{"batchSize": i}, "If-Match", tag)
	})
	again := admin.put(jsonMap{"batchSize": 9}, "If-Match", admin.do("GET", defaultsPath, nil).header.Get("ETag"))
	require.Equal(t, again.header.Get("ETag"), admin.do("GET", defaultsPath, nil).header.Get("ETag"))
}
