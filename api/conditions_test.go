package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
	"contactbridge/internal/simulator/vtigersim"
	"contactbridge/internal/vtiger"
)

// conditions reads those of a connection.
func (c caller) conditions(connection string) []conditionView {
	c.t.Helper()
	var v settingsView
	c.at("GET /settings", connection, nil).read(c.t, &v)
	return v.Conditions
}

func (c caller) conditioned(connection string, conditions any, header ...string) reply {
	c.t.Helper()
	return c.at("PUT /settings", connection, jsonMap{"conditions": conditions}, header...)
}

// What is absent stays, and an empty list or null takes all away. They need a preview, and stand beside a saved filter.
func TestTheConditionsOfAConnection(t *testing.T) {
	r, admin, alice, connection := staged(t)
	wanted := []jsonMap{
		{"field": "leadsource", "operator": "is", "value": " Web   Site "},
		{"field": "donotcall", "operator": "isNot", "value": "Yes"},
		{"field": "birthday", "operator": "isBefore", "value": "2000-02-29"},
		{"field": "createdtime", "operator": "isAfter", "value": "2020-01-01"},
		{"field": "account_id", "operator": "isNotEmpty"},
	}
	kept := []conditionView{
		{"leadsource", "is", "Web Site"}, {"donotcall", "isNot", "1"}, {"birthday", "isBefore", "2000-02-29"}, {"createdtime", "isAfter", "2020-01-01"}, {"account_id", "isNotEmpty", ""},
	}
	require.Equal(t, []conditionView{}, alice.conditions(connection))
	a := alice.conditioned(connection, wanted)
	require.Equal(t, 200, a.status, a.raw)
	require.Equal(t, kept, alice.conditions(connection))
	alice.at("POST /runs", connection, nil).refused(t, 409, "needs-preview")
	alice.conditioned(connection, nil, "If-Match", `"1"`).refused(t, 412, "changed-meanwhile")
	filter := r.savedFilter(admin.userID("alice"), "Bonn", true)
	require.Equal(t, 200, alice.at("PUT /settings", connection, jsonMap{"filter": jsonMap{"id": filter}, "batchSize": 9}).status)
	require.Equal(t, kept, alice.conditions(connection))
	alice.as("bob").conditioned(connection, nil).refused(t, 404, "not-found")

	for _, none := range []any{[]any{}, nil} {
		require.Equal(t, 200, alice.conditioned(connection, wanted[:1]).status)
		require.Equal(t, 200, alice.conditioned(connection, none).status)
		require.Equal(t, []conditionView{}, alice.conditions(connection))
		c, err := r.server.Ledger.Connection(t.Context(), connection[len(connectionsPath)+1:])
		require.NoError(t, err)
		require.Nil(t, c.Settings.Conditions)
		require.Equal(t, &ledger.Filter{ID: filter, Name: "Bonn"}, c.Settings.Filter)
	}
}

// Those that are set can be sent back though vTiger has the field no more, or does not answer; nothing else can.
func TestConditionsAreHeldAgainstVTigersFields(t *testing.T) {
	r, _, alice, connection := staged(t)
	both := []jsonMap{{"field": "leadsource", "operator": "is", "value": "Web"}, {"field": "department", "operator": "isNotEmpty"}}
	require.Equal(t, 200, alice.conditioned(connection, both).status)
	require.NoError(t, r.vtiger.SetFieldOff("Contacts", "department", true))
	require.Equal(t, 200, alice.conditioned(connection, alice.conditions(connection)).status)
	p := alice.conditioned(connection, append(both, jsonMap{"field": "title", "operator": "isEmpty"})).refused(t, 422, "invalid")
	require.Equal(t, "body.conditions[1].field", p.Errors[0].Location)
	require.Equal(t, 200, alice.conditioned(connection, both[:1]).status)
	r.vtiger.Fail(vtigersim.AnyOperation, -1, vtigersim.BadGateway)
	require.Equal(t, 200, alice.conditioned(connection, both[:1]).status)
	require.GreaterOrEqual(t, alice.conditioned(connection, both).status, 500)
	require.Len(t, alice.conditions(connection), 1)
	require.Equal(t, 200, alice.conditioned(connection, nil).status, "what is taken away needs no field")
}

// What is no content of a record is listed as such: conditions could never be met by it.
func TestFieldsThatConditionsCanAskFor(t *testing.T) {
	_, _, alice, connection := staged(t)
	var list struct{ Fields []fieldView }
	alice.at("GET /modules/Contacts/fields", connection, nil).read(t, &list)
	var none []string
	for _, f := range list.Fields {
		if !f.Comparable {
			none = append(none, f.Name)
		}
	}
	require.Equal(t, []string{"assigned_user_id", "id", "modifiedby", "modifiedtime", "source", "starred"}, none)
}

// Which operator and value a type of field takes, and what is wrong with the others.
func TestWhatAConditionMayAsk(t *testing.T) {
	field := func(kind string) []vtiger.FieldInfo {
		return []vtiger.FieldInfo{{Name: "f", Type: kind, Content: true}}
	}
	type row struct {
		kind     string
		operator reconcile.Operator
		value    string
		wrong    string // the part; empty: nothing
	}
	rows := []row{
		{"string", "startsWith", "x", ""},
		{"date", "isAfter", "2024-02-29", ""},
		{"date", "isAfter", "2023-02-29", "value"},
		{"date", "isAfter", "31.01.2026", "value"},
		{"date", "is", "31.01.2026", "value"},
		{"date", "isNot", "2026-01-31", ""},
		{"date", "startsWith", "2026-", ""},
		{"datetime", "isBefore", "2026-01-31", ""},
		{"datetime", "isBefore", "2026-01-31 12:00:00", "value"},
		{"time", "isBefore", "2026-01-31", "operator"},
		{"boolean", "is", "TRUE", ""},
		{"boolean", "is", "No", ""},
		{"boolean", "is", "2", "value"},
		{"multipicklist", "is", "North", "operator"},
		{"multipicklist", "isNot", "North", "operator"},
		{"multipicklist", "startsWith", "North", "operator"},
		{"multipicklist", "contains", "North", ""},
	}
	for _, o := range reconcile.Operators {
		rows = append(rows, row{"multipicklist", o, map[bool]string{false: "North"}[o.Alone()], map[bool]string{false: "operator"}[o == reconcile.Contains || o == reconcile.ContainsNot || o.Alone()]})
		rows = append(rows, row{"boolean", o, map[bool]string{false: "1"}[o.Alone()], map[bool]string{false: "operator"}[o == reconcile.Is || o == reconcile.IsNot]})
		rows = append(rows, row{"date", o, map[bool]string{true: "2026-01-31"}[o.Alone()], "value"})
	}
	for _, r := range rows {
		var want []string
		if r.wrong != "" {
			want = []string{"body.conditions[0]." + r.wrong}
		}
		var got []string
		for _, f := range checkConditions(reconcile.Conditions{{Field: "f", Operator: r.operator, Value: r.value}}, field(r.kind)) {
			got = append(got, f.Location)
		}
		require.Equal(t, want, got, "%+v", r)
	}
	for word, box := range map[string]string{"Yes": "1", "no": "0", "true": "1", "FALSE": "0", "1": "1", "0": "0"} {
		c := reconcile.Conditions{{Field: "f", Operator: reconcile.Is, Value: word}}
		require.Empty(t, checkConditions(c, field("boolean")))
		require.Equal(t, box, c[0].Value)
	}
	twice := checkConditions(reconcile.Conditions{{Field: "f", Operator: "is", Value: "yes"}, {Field: "f", Operator: "is", Value: "1"}}, field("boolean"))
	require.Len(t, twice, 1)
	require.Equal(t, "body.conditions[1].field", twice[0].Location)
	require.Len(t, checkConditions(reconcile.Conditions{{Field: "f", Operator: "is", Value: "1"}}, nil), 1, "unknown")
}
