package worker_test

import (
	"slices"

	"github.com/stretchr/testify/require"
)

// rests syncs until neither home has anything left to do, and demands that syncs which plan nothing write nothing.
func (m *machine) rests() {
	before := m.writes()
	for quiet, i := 0, 0; quiet < 2; i++ {
		require.Less(m.t, i, 24, "it does not come to rest")
		h := m.homes[i%2]
		h.tries++
		r := m.serve(h, order{}, func() {})
		require.False(m.t, r.failed || r.abandoned, "a quiet sync fails")
		m.tell("%s syncs at the end: %d operations", h.user.Name, r.operations)
		m.wasClean(h)
		if quiet++; m.answers(h, true) || r.operations > 0 || m.anyYoung() {
			quiet, before = 0, m.writes()
		}
	}
	require.Equal(m.t, before, m.writes(), "a quiet sync writes nothing")
	var open int
	err := m.ledger.DB().NewRaw(`SELECT count(*) FROM operations o JOIN connections c ON c.id = o.connection_id AND c.epoch = o.epoch
		WHERE outcome IN ('planned', 'unclear')`).Scan(m.t.Context(), &open)
	require.NoError(m.t, err)
	require.Zero(m.t, open, "nothing is left planned or unclear")
}

// anyYoung tells whether a record of vTiger is not believed yet, which a further sync settles. One that nobody links and
// that was deleted meanwhile stays so.
func (m *machine) anyYoung() bool {
	var ids []string
	require.NoError(m.t, m.ledger.DB().NewRaw("SELECT id FROM records WHERE young_until IS NOT NULL AND presence = 'present'").Scan(m.t.Context(), &ids))
	for _, s := range m.all() {
		if slices.Contains(ids, s.id) {
			return true
		}
	}
	return false
}

func (m *machine) writes() map[string]int {
	out := map[string]int{}
	for _, op := range []string{"create", "revise", "update", "delete"} {
		out["vtiger "+op] = m.vtiger.Count(op)
	}
	for _, op := range []string{"contacts.create", "contacts.update", "contacts.delete"} {
		out[op] = m.microsoft.Count(op)
	}
	return out
}
