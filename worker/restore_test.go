package worker_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
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

// acquaintance is a contact on either side.
type acquaintance struct{ address, vtiger, outlook string }

// since are the changes that the ledger forgets: by kind, how many of them are made.
var since = map[string]int{
	"insert vtiger": 40, "insert outlook": 40, "edit vtiger": 40, "edit outlook": 40, "delete vtiger": 20, "delete outlook": 20,
}

// made makes one of them, with whoever was let alone for the longest time, so that no two between syncs meet, and tells whom
// it deleted.
func (r *rig) made(kind string, i int, left []acquaintance) (gone, rest []acquaintance) {
	p := left[0]
	switch kind {
	case "insert vtiger":
		r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "V", "lastname": fmt.Sprint("New ", i), "email": fmt.Sprintf("v%d@new.example", i)})
		return nil, left
	case "insert outlook":
		r.microsoft.AddContact(r.user.Mailbox, "", mailed("O", fmt.Sprintf("o%d@new.example", i)))
		return nil, left
	case "edit vtiger":
		require.NoError(r.t, r.vtiger.Edit(p.vtiger, map[string]string{"title": fmt.Sprint("edit ", i)}))
	case "edit outlook":
		require.NoError(r.t, r.microsoft.Edit(r.user.Mailbox, p.outlook, map[string]any{"personalNotes": fmt.Sprint("note ", i)}))
	case "delete vtiger":
		require.NoError(r.t, r.vtiger.Delete(p.vtiger))
		return []acquaintance{p}, left[1:]
	case "delete outlook":
		require.NoError(r.t, r.microsoft.Delete(r.user.Mailbox, p.outlook))
		return []acquaintance{p}, left[1:]
	}
	return nil, append(left[1:], p)
}

// shown is what each side shows of everybody, by address; nobody has another's.
func (r *rig) shown() (left, right map[string]string) {
	left, right = map[string]string{}, map[string]string{}
	for _, v := range r.vtiger.Contacts() {
		require.NotContains(r.t, left, v["email"], "twice in vTiger")
		left[v["email"]] = v["title"] + "/" + v["description"]
	}
	for _, o := range r.microsoft.Contacts(r.user.Mailbox, "") {
		address := fmt.Sprint(o["emailAddresses"].([]any)[0].(map[string]any)["address"])
		require.NotContains(r.t, right, address, "twice in Outlook")
		right[address] = fmt.Sprintf("%v/%v", o["jobTitle"], o["personalNotes"])
	}
	return left, right
}

// Two hundred inserts, edits and deletions on both sides were synced after the dump that the ledger is restored from. Then two
// syncs make nobody twice, bring nobody back, take no edit back, and the second one writes nothing.
func TestARestoredDump(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	chance := rand.New(rand.NewPCG(13, 6))
	var both, gone []acquaintance
	s := newSteps(r, 3*time.Second)
	for i := range 120 {
		v, o := met(s, fmt.Sprint("p", i))
		both = append(both, acquaintance{fmt.Sprintf("p%d@met.example", i), v, o})
	}
	s.finished("one")
	live := r.dsn
	r.ledger.Close()
	dump := devstack.Copy(t, live)
	r.opened(live)
	s = newSteps(r, 3*time.Second)

	var kinds []string
	for _, kind := range slices.Sorted(maps.Keys(since)) {
		kinds = append(kinds, slices.Repeat([]string{kind}, since[kind])...)
	}
	require.Len(t, kinds, 200)
	chance.Shuffle(len(kinds), func(i, k int) { kinds[i], kinds[k] = kinds[k], kinds[i] })
	for i, kind := range kinds {
		deleted, rest := r.made(kind, i, both)
		both, gone = rest, append(gone, deleted...)
		if i%50 == 49 {
			s.finished(fmt.Sprint("during ", i))
		}
	}
	r.equal()
	left, right := r.shown()
	const people = 120 + 40 + 40 - 20 - 20
	require.Len(t, left, people)
	require.Len(t, right, people)
	require.Len(t, gone, 40)

	r.opened(dump)
	s = newSteps(r, 3*time.Second)
	s.finished("after")
	r.restored(left, right, gone)
	before := r.writes()
	s.finished("again")
	r.restored(left, right, gone)
	require.Equal(t, before, r.writes())
}

// restored demands that both sides show what they showed before, and nobody who was deleted.
func (r *rig) restored(left, right map[string]string, gone []acquaintance) {
	nowLeft, nowRight := r.shown()
	require.Equal(r.t, left, nowLeft)
	require.Equal(r.t, right, nowRight)
	for _, p := range gone {
		binned, _ := r.vtiger.Record(p.vtiger)
		require.Equal(r.t, "1", binned["deleted"], "%s is back in vTiger", p.address)
		require.Nil(r.t, r.microsoft.Contact(r.user.Mailbox, p.outlook), "%s is back in Outlook", p.address)
		require.NotContains(r.t, nowLeft, p.address)
		require.NotContains(r.t, nowRight, p.address)
	}
	r.equal()
}
