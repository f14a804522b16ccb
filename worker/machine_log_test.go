package worker_test

import (
	"context"
	"strings"

	"github.com/stretchr/testify/require"
)

// What the ledger tells of a history.

// lost lists the values that conflicts gave up, as the log tells them. Of clearing it names the records too.
func (m *machine) lost() map[string]bool {
	var rows []struct{ Value, V, O string }
	err := m.ledger.DB().NewRaw(`SELECT coalesce(f.value ->> 'lost', '') AS value, o.vtiger_id AS v, o.outlook_id AS o
		FROM operations o, jsonb_each(o.fields) f
		WHERE (f.value ->> 'conflict')::boolean AND (o.action = 'conflict' OR o.action = 'update' AND o.attempts > 0)`).Scan(m.t.Context(), &rows)
	require.NoError(m.t, err)
	out := map[string]bool{}
	for _, r := range rows {
		if v := plain(r.Value); v != "" {
			out[v] = true
			continue
		}
		out[r.V], out[r.O] = true, true
	}
	return out
}

// ledgerSays tells the ledger's rows, for whoever looks for the cause.
func (m *machine) ledgerSays() string {
	var lines []string
	err := m.ledger.DB().NewRaw(`SELECT line FROM (
		SELECT 1 AS part, id, 'link ' || connection_id || ' ' || epoch || ' ' || state || ' ' || vtiger_id || ' ' || outlook_id || ' ' || missing AS line
			FROM links
		UNION SELECT 2, 0, 'record ' || feed || ' ' || r.id || ' ' || presence || ' young ' || (young_until IS NOT NULL) || ' stamp ' || stamp FROM records r
		UNION SELECT 3, id, id || ' ' || connection_id || ' ' || action || ' in ' || side || ' ' || vtiger_id || ' ' || outlook_id
			|| ' ' || outcome || ' ' || reason_kind || ' ' || attempts || ' ' || fields FROM operations
		UNION SELECT 4, 0, 'claim ' || address || ' by ' || operation_id FROM claims
		UNION SELECT 5, 0, 'answer ' || address || ' ' || hits FROM answers
		) lines ORDER BY part, id`).Scan(context.Background(), &lines) // the test's own context has ended
	if err != nil {
		return err.Error()
	}
	return strings.Join(lines, "\n")
}
