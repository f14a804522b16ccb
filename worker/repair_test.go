package worker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// A tree that holds nonsense is read again as a whole, and not one write follows; the same for a weekly reading that is due.
func TestObserveAgain(t *testing.T) {
	t.Parallel()
	for _, side := range contact.Sides {
		t.Run(string(side), func(t *testing.T) {
			r := newStage(t, nil, nil)
			r.cast.People(r.vtiger, r.microsoft)
			s := newSteps(r, 3*time.Second)
			s.whole("one")
			before := r.writes()
			_, err := r.ledger.DB().NewRaw(`UPDATE records SET "values" = jsonb_build_object('title', 'nonsense', 'jobTitle', 'nonsense'), hash = md5(id) WHERE feed = ?`,
				r.current().Feed(side)).Exec(t.Context())
			require.NoError(t, err)
			require.NoError(t, r.ledger.ObserveAgain(t.Context(), r.current(), side))
			s.whole("two")
			require.Equal(t, before, r.writes())
			_, err = r.ledger.DB().NewRaw("UPDATE feeds SET whole_due = now() - interval '1 minute'").Exec(t.Context())
			require.NoError(t, err)
			s.whole("three")
			require.Equal(t, before, r.writes())
			r.equal()
			var nonsense int
			require.NoError(t, r.ledger.DB().NewRaw(`SELECT count(*) FROM records WHERE "values"::text LIKE '%nonsense%' AND owner IN ('', ?)`, r.user.ID).Scan(t.Context(), &nonsense))
			require.Zero(t, nonsense)
		})
	}
}
