package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/fieldmap"
)

type jsonMap = map[string]any

func TestTransformsAreSavedAsTheyWereSent(t *testing.T) {
	r := newRig(t)
	r.as("ada").allow("alice")
	alice := r.as("alice")
	connection := alice.module("Contacts")
	rows := []jsonMap{
		{"outlook": "givenName", "also": []string{"surname"}, "vtiger": []string{"lastname"}, "direction": "both", "transform": jsonMap{"kind": "join", "separator": "space"}},
		{"outlook": "profession", "vtiger": []string{"leadsource"}, "direction": "both", "transform": jsonMap{
			"kind": "picklist", "pairs": []jsonMap{{"outlook": "Messe", "vtiger": "Trade Show"}},
		}},
		{"outlook": "", "vtiger": []string{"title"}, "direction": "toVtiger", "transform": jsonMap{"kind": "fixed", "value": "Lead"}},
		{"outlook": "department", "vtiger": []string{}, "direction": "toOutlook", "transform": jsonMap{"kind": "fixed", "value": "CRM"}},
		{"outlook": "mobilePhone", "vtiger": []string{"mobile"}, "direction": "both", "transform": jsonMap{"kind": "e164", "into": "vtiger"}},
	}
	a := alice.at("PUT /settings", connection, jsonMap{"mapping": rows})
	require.Equal(t, 200, a.status, a.raw)
	var saved struct{ Mapping fieldmap.Mapping }
	alice.at("GET /settings", connection, nil).read(t, &saved)
	require.Len(t, saved.Mapping, len(rows))
	require.Equal(t, []fieldmap.Pair{{Outlook: "Messe", VTiger: "Trade Show"}}, saved.Mapping[1].Transform.Pairs)

	// What was read can be sent back.
	a = alice.at("PUT /settings", connection, saved)
	require.Equal(t, 200, a.status, a.raw)

	rows[1]["transform"] = jsonMap{"kind": "picklist", "pairs": []jsonMap{{"outlook": "Messe", "vtiger": "Fair"}}}
	rows[4]["transform"] = jsonMap{"kind": "trim", "value": "x"}
	p := alice.at("PUT /settings", connection, jsonMap{"mapping": rows}).refused(t, 422, "invalid")
	require.Len(t, p.Errors, 2)
	require.Equal(t, "body.mapping[1]", p.Errors[0].Location)
	require.Contains(t, p.Errors[0].Message, `"leadsource" has no value "Fair"`)
	require.Equal(t, "body.mapping[4]", p.Errors[1].Location)
	rows[4]["transform"] = jsonMap{"kind": "rot13"}
	p = alice.at("PUT /settings", connection, jsonMap{"mapping": rows}).refused(t, 422, "invalid")
	require.Equal(t, "body.mapping[4].transform.kind", p.Errors[0].Location)
}

func TestNullGoesBackToTheDefaultMapping(t *testing.T) {
	r := newRig(t)
	r.as("ada").allow("alice")
	alice := r.as("alice")
	connection := alice.module("Leads")
	rows := fieldmap.Mapping{{Outlook: "surname", VTiger: []string{"lastname"}, Direction: "both"}}
	require.Equal(t, 200, alice.at("PUT /settings", connection, jsonMap{"mapping": rows}).status)
	shown := func() fieldmap.Mapping {
		var v settingsView
		alice.at("GET /settings", connection, nil).read(t, &v)
		return v.Mapping
	}
	require.Equal(t, 200, alice.at("PUT /settings", connection, jsonMap{"batchSize": 7}).status)
	require.Equal(t, rows, shown(), "absence keeps it")
	a := alice.at("PUT /settings", connection, jsonMap{"mapping": nil})
	require.Equal(t, 200, a.status, a.raw)
	require.Equal(t, fieldmap.Default("Leads"), shown())
}

func TestPicklistsShowTheirValues(t *testing.T) {
	r := newRig(t)
	r.as("ada").allow("alice")
	alice := r.as("alice")
	var list struct{ Fields []fieldView }
	alice.at("GET /modules/Contacts/fields", alice.module("Contacts"), nil).read(t, &list)
	for _, f := range list.Fields {
		require.Equal(t, f.Type == "picklist", len(f.Choices) > 0, f.Name)
	}
}
