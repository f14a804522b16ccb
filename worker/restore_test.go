package worker_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/activities"
	"contactbridge/internal/devstack"
	"contactbridge/internal/ledger"
)

// opened opens a database with the rig's keys in place of the one before, which is closed.
func (r *rig) opened(dsn string) {
	keyset, err := ledger.ParseKeyset(r.keyset)
	require.NoError(r.t, err)
	r.ledger.Close()
	r.ledger, err = ledger.Open(r.t.Context(), dsn, keyset)
	require.NoError(r.t, err)
	r.t.Cleanup(func() { r.ledger.Close() })
	r.dsn = dsn
}

// finished does a run to its end, in as many calls as it takes, as the workflow would. A dump may say that the mailbox is at
// work, for as long as a request can take.
func (s *steps) finished(key string) {
	_, err := s.ledger.RequestRun(s.t.Context(), s.current(), key, "", s.user.ID)
	require.NoError(s.t, err)
	var observed activities.Observed
	require.Eventually(s.t, func() bool {
		v, err := s.env.ExecuteActivity(s.a.Observe, s.connection.ID)
		return err == nil && v.Get(&observed) == nil
	}, 2*time.Minute, time.Second)
	run := observed.Run
	s.plan(run)
	for a := s.apply(run); a.Left || a.Unclear > 0; a = s.apply(run) {
		time.Sleep(a.Wait)
	}
	s.finish("")
}

// Two hundred inserts, edits and deletions were synced after the dump that the ledger is restored from. Then two syncs make
// nobody twice, bring nobody back, and the second one writes nothing.
func TestARestoredDump(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	chance := rand.New(rand.NewPCG(13, 6))
	var both [][2]string
	s := newSteps(r, 3*time.Second)
	for i := range 120 {
		v, o := met(s, fmt.Sprint("p", i))
		both = append(both, [2]string{v, o})
	}
	s.finished("one")
	live := r.dsn
	r.ledger.Close()
	dump := devstack.Copy(t, live)
	r.opened(live)
	s = newSteps(r, 3*time.Second)

	gone := map[string]bool{}
	for i := range 200 {
		switch at := chance.IntN(len(both)); chance.IntN(5) {
		case 0:
			r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "V", "lastname": fmt.Sprint("New ", i), "email": fmt.Sprintf("v%d@new.example", i)})
		case 1:
			r.microsoft.AddContact(r.user.Mailbox, "", mailed("O", fmt.Sprintf("o%d@new.example", i)))
		case 2:
			if !gone[both[at][0]] {
				require.NoError(t, r.vtiger.Edit(both[at][0], map[string]string{"title": fmt.Sprint("edit ", i)}))
			}
		case 3:
			if !gone[both[at][0]] && len(gone) < 20 {
				gone[both[at][0]] = true
				require.NoError(t, r.microsoft.Delete(r.user.Mailbox, both[at][1]))
			}
		case 4:
			if !gone[both[at][0]] {
				require.NoError(t, r.microsoft.Edit(r.user.Mailbox, both[at][1], map[string]any{"personalNotes": fmt.Sprint("note ", i)}))
			}
		}
		if i%50 == 49 {
			s.finished(fmt.Sprint("during ", i))
		}
	}
	s.finished("last")
	r.equal()
	left, right := len(r.vtiger.Contacts()), len(r.microsoft.Contacts(r.user.Mailbox, ""))
	require.Greater(t, len(gone), 10)

	r.opened(dump)
	s = newSteps(r, 3*time.Second)
	s.finished("after")
	require.Len(t, r.vtiger.Contacts(), left, "nobody is there twice, and nobody came back")
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), right)
	r.equal()
	before := r.writes()
	s.finished("again")
	require.Equal(t, before, r.writes())
}
