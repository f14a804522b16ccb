package ledger_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// conditioned changes what vTiger's records have to meet to be a connection's.
func conditioned(t *testing.T, l *ledger.Ledger, c ledger.Connection, conditions ...reconcile.Condition) ledger.Connection {
	t.Helper()
	c, err := l.Connection(t.Context(), c.ID)
	require.NoError(t, err)
	c.Settings.Conditions = conditions
	require.NoError(t, l.SaveConnectionSettings(t.Context(), c))
	c, err = l.Connection(t.Context(), c.ID)
	require.NoError(t, err)
	require.Equal(t, conditions, []reconcile.Condition(c.Settings.Conditions), "they are stored as they are")
	return c
}

// of is a record of an owner that shows the given values.
func of(owner, id string, values map[string]string) contact.Record {
	return contact.Record{ID: id, Version: "1", Owner: owner, Values: values, Changed: time.Unix(1000, 0)}
}

// Who does not meet all conditions gives a connection nothing to do; what is compared with strangers is still all of them.
// PostgreSQL folds Ä otherwise than Go, and what a field lacks is as an empty text.
func TestStrangersOutsideTheConditionsAreNone(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	store(t, l, reading(t, l, 1), []contact.Record{
		of("19x5", "doctor", map[string]string{"lastname": "Ann", "leadsource": "ÄRZTE  tag", "mailingcity": "Bonn"}),
		of("19x5", "nowhere", map[string]string{"lastname": "Bea", "leadsource": "ärzte tag"}),
		of("19x5", "other", map[string]string{"lastname": "Cid", "leadsource": "Web", "mailingcity": "Köln"}),
		of(sales, "group's", map[string]string{"lastname": "Dan", "leadsource": "Golf"}),
	})
	read := func(c ledger.Connection) int {
		t.Helper()
		trees, err := l.Trees(t.Context(), c, ledger.Run{})
		require.NoError(t, err)
		return len(trees.VTiger)
	}
	doctors := reconcile.Condition{Field: "leadsource", Operator: reconcile.Is, Value: "Ärzte Tag"}
	inTown := reconcile.Condition{Field: "mailingcity", Operator: reconcile.IsNotEmpty}
	for _, row := range []struct {
		what       string
		conditions []reconcile.Condition
		want       int
	}{
		{"none", nil, 3},
		{"whatever the case and the blanks", []reconcile.Condition{doctors}, 3},
		{"all of them", []reconcile.Condition{doctors, inTown}, 3},
		{"of two that are met, but by nobody at once", []reconcile.Condition{doctors, {Field: "mailingcity", Operator: reconcile.Is, Value: "köln"}}, 0},
		{"an empty field is one that is not there", []reconcile.Condition{{Field: "leadsource", Operator: reconcile.Is, Value: "web"}, {Field: "mailingcity", Operator: reconcile.IsEmpty}}, 0},
		{"nobody has the field", []reconcile.Condition{{Field: "cf_901", Operator: reconcile.IsNotEmpty}}, 0},
		{"everybody lacks it", []reconcile.Condition{{Field: "cf_901", Operator: reconcile.IsNot, Value: "x"}}, 3},
		{"only another owner's record meets it", []reconcile.Condition{{Field: "leadsource", Operator: reconcile.Is, Value: "Golf"}}, 0},
	} {
		require.Equal(t, row.want, read(conditioned(t, l, c, row.conditions...)), row.what)
	}
	sample, _, err := l.Sample(t.Context(), conditioned(t, l, c, doctors, inTown))
	require.NoError(t, err)
	require.Equal(t, "doctor", sample.ID)
}

// A record has to be the saved filter's and meet the conditions.
func TestConditionsAndAFilterAreBothMet(t *testing.T) {
	l := fresh(t)
	connected(t, l)
	store(t, l, reading(t, l, 1), []contact.Record{
		of("19x5", "member", map[string]string{"leadsource": "Web"}), of("19x5", "stranger", map[string]string{"leadsource": "Fair"}),
	})
	c := filtered(t, l, "19x5", &bonn)
	require.NoError(t, l.StoreMembers(t.Context(), due(t, l, time.Hour)[0], []string{"member"}))
	for source, want := range map[string]int{"web": 2, "fair": 0} {
		trees, err := l.Trees(t.Context(), conditioned(t, l, c, reconcile.Condition{Field: "leadsource", Operator: reconcile.Is, Value: source}), ledger.Run{})
		require.NoError(t, err)
		require.Len(t, trees.VTiger, want, source)
	}
}
