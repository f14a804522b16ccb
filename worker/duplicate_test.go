package worker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
	"contactbridge/internal/simulator/vtigersim"
)

// refusing is a vTiger that refuses a second contact with an e-mail address, and a mailbox with Ann and Bob.
func refusing(t *testing.T) *rig {
	r := newStage(t, nil, nil)
	r.vtiger.SetUniqueEmails(true)
	for _, n := range []string{"Ann", "Bob"} {
		r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{
			"givenName": n, "surname": "Unique", "jobTitle": "of " + n, "emailAddresses": mailsOf(n + "@unique.example"),
		})
	}
	return r
}

// A contact that appears in vTiger between the plan and its insert is the one that the insert would have made: the two
// are linked, and the same run makes both sides equal.
func TestWhatStandsInAnInsertsWayIsAdopted(t *testing.T) {
	t.Parallel()
	r := refusing(t)
	r.work(r.acts(3 * time.Second))
	release := r.vtiger.Stall("create", 1)
	run := r.ask("one")
	require.NoError(t, r.vtiger.Await(t.Context(), func(n vtigersim.Counts) bool { return n["create.stalled"] > 0 }))
	r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Ann", "lastname": "Unique", "email": "ANN@unique.example", "department": "Law"})
	release()
	run = r.await(run)
	require.Equal(t, ledger.RunDone, run.State)
	counts := r.counts(run)
	require.Equal(t, 1, counts["insert vtiger skipped"])
	require.Equal(t, 1, counts["insert vtiger done"], "the rest of the batch goes on")
	require.Equal(t, 1, counts["link  done"])
	require.Equal(t, 1, counts["update vtiger done"], "the title")
	require.Equal(t, 1, counts["update outlook done"], "the department")
	require.Contains(t, r.lines(run), "adopted-duplicate")
	r.settled(2)
}

// An own create that comes late is no stranger in the way of the one that was sent again.
func TestAnInsertInItsOwnWayIsAdopted(t *testing.T) {
	t.Parallel()
	r := refusing(t)
	s := newSteps(r, time.Minute)
	s.a.VTiger = r.impatient().VTiger
	release := r.vtiger.Stall("create", 1)
	run := s.begin("one")
	s.plan(run)
	s.apply(run)
	// The look-up that is about to be the last one finds nothing; then the first create is carried out.
	s.a.Settle = 0
	again := r.vtiger.Stall("create", 1)
	go func() {
		if r.vtiger.Await(t.Context(), func(n vtigersim.Counts) bool { return n["create.stalled"] > 1 }) == nil {
			release()
			if r.vtiger.Await(t.Context(), func(n vtigersim.Counts) bool { return n["create"] > 0 }) == nil {
				again()
			}
		}
	}()
	s.apply(run)
	s.finish("")
	lines, err := r.ledger.Log(t.Context(), ledger.LogFilter{RunID: run, Limit: 100})
	require.NoError(t, err)
	require.Len(t, lines, 2)
	for _, l := range lines {
		require.Equal(t, ledger.Done, l.Outcome)
	}
	r.work(s.a)
	r.settled(2)
}

// A contact of another owner is not this connection's to link: the insert fails, and says why once.
func TestAnInvisibleDuplicateFails(t *testing.T) {
	t.Parallel()
	r := refusing(t)
	r.change(func(s *ledger.Settings) { s.ExistsElsewhere = reconcile.InsertElsewhere })
	r.work(r.acts(3 * time.Second))
	r.vtiger.AddContact(r.cast.Users[1].ID, map[string]string{"lastname": "Other", "email": "ann@unique.example"})
	one := r.sync("one")
	require.Equal(t, map[string]int{"error vtiger failed": 1, "insert vtiger done": 1}, r.counts(one))
	require.Contains(t, r.lines(one), "duplicate")
	require.Empty(t, r.counts(r.sync("two")), "it is said once")
	require.Len(t, r.vtiger.Contacts(), 2)
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 2)

	require.NoError(t, r.vtiger.Delete(r.vtiger.Contacts()[0]["id"]))
	require.Equal(t, map[string]int{"insert vtiger done": 1}, r.counts(r.sync("three")), "its address is free again")
	r.settled(2)
}

// A contact that is synced with another one already cannot be linked twice.
func TestALinkedDuplicateFails(t *testing.T) {
	t.Parallel()
	r := refusing(t)
	s := newSteps(r, time.Minute)
	s.whole("one")
	r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"givenName": "Eve", "surname": "Unique", "emailAddresses": mailsOf("eve@unique.example")})
	run := s.begin("two")
	require.Equal(t, 1, s.plan(run).Operations)
	require.NoError(t, r.vtiger.Edit(r.vtiger.Contacts()[0]["id"], map[string]string{"email": "eve@unique.example"}))
	require.False(t, s.apply(run).Replan)
	s.finish("")
	lines, err := r.ledger.Log(t.Context(), ledger.LogFilter{RunID: run, Limit: 100})
	require.NoError(t, err)
	require.Len(t, lines, 1)
	require.Equal(t, ledger.Failed, lines[0].Outcome)
	require.Equal(t, "duplicate", lines[0].ReasonKind)
	require.Contains(t, lines[0].Reason, "already")
	require.Len(t, r.vtiger.Contacts(), 2)
}

// Two inserts of one address with the same record in their way: the first one takes it, and the second, which waited for
// it, finds the address taken.
func TestTwoInsertsAdoptOneRecordOnce(t *testing.T) {
	t.Parallel()
	r := refusing(t)
	s := newSteps(r, time.Minute)
	r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"givenName": "Ann", "surname": "Again", "emailAddresses": mailsOf("ann@unique.example")})
	run := s.begin("one")
	s.plan(run)
	r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "Unique", "email": "ann@unique.example"})
	require.True(t, s.apply(run).Replan)
	require.Equal(t, 1, r.counts(ledger.Run{ID: run})["insert vtiger skipped"])
	s.finish("")
	s.whole("two")
	require.Equal(t, 1, r.kinds(r.connection)["possible-duplicate held"])
	require.Len(t, r.vtiger.Contacts(), 2)
}
