package worker_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// met is a contact that both sides know, linked by a first sync.
func met(s *steps, name string) (vtigerID, outlookID string) {
	address := name + "@met.example"
	v := s.vtiger.AddContact(s.user.ID, map[string]string{"firstname": name, "lastname": "Met", "email": address, "title": "old"})
	o := s.microsoft.AddContact(s.user.Mailbox, "", map[string]any{"givenName": name, "surname": "Met", "jobTitle": "old", "emailAddresses": mailsOf(address)})
	return v, o
}

func (s *steps) titles(v, o string) [2]string {
	left, _ := s.vtiger.Record(v)
	right, _ := s.microsoft.Contact(s.user.Mailbox, o)["jobTitle"].(string)
	return [2]string{left["title"], right}
}

// The later edit wins by both sides' clocks, of which vTiger's is an hour wrong.
func TestTheNewestWinsByCorrectedClocks(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, func(s *ledger.Settings) { s.ConflictPolicy = reconcile.NewestWins })
	r.vtiger.SetClockSkew(time.Hour)
	s := newSteps(r, 0)
	v, o := met(s, "ann")
	s.whole("one")
	// vTiger's edit was made ten minutes ago, though by its clock that is fifty minutes from now.
	r.vtiger.SetClockSkew(50 * time.Minute)
	require.NoError(t, r.vtiger.Edit(v, map[string]string{"title": "earlier"}))
	r.vtiger.SetClockSkew(time.Hour)
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, o, map[string]any{"jobTitle": "later"}))
	s.whole("two")
	require.Equal(t, [2]string{"later", "later"}, s.titles(v, o))
	require.Equal(t, 2, r.kinds(r.connection)["conflict done"], "the write and what it took away")
}

// A conflict waits for a person, with both values, and what the person chose is carried out; nobody is asked twice.
func TestAConflictIsAsked(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, func(s *ledger.Settings) { s.ConflictPolicy = reconcile.AskFirst })
	s := newSteps(r, 0)
	v, o := met(s, "ann")
	s.whole("one")
	require.NoError(t, r.vtiger.Edit(v, map[string]string{"title": "left", "department": "Law"}))
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, o, map[string]any{"jobTitle": "right"}))
	s.whole("two")
	s.whole("three")
	require.Equal(t, [2]string{"left", "right"}, s.titles(v, o))
	require.Equal(t, "Law", r.microsoft.Contact(r.user.Mailbox, o)["department"], "the other fields go on")
	held, err := r.ledger.Holds(t.Context(), r.current())
	require.NoError(t, err)
	require.Len(t, held, 1)
	require.Equal(t, reconcile.Faces{VTiger: "left", Outlook: "right"}, held[0].Shown)
	require.NoError(t, r.ledger.AnswerHold(t.Context(), r.current(), held[0].ID, reconcile.Answer{Verdict: reconcile.TakeOutlook}, r.user.ID))
	s.whole("four")
	require.Equal(t, [2]string{"right", "right"}, s.titles(v, o))
	require.Equal(t, 1, r.kinds(r.connection)["conflict held"])
}

// A form that was opened before our write and saved after it brings an old value back: that is a conflict.
func TestAnOldFormIsNoEdit(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, func(s *ledger.Settings) { s.ConflictPolicy = reconcile.OutlookWins })
	s := newSteps(r, 0)
	v, o := met(s, "ann")
	s.whole("one")
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, o, map[string]any{"jobTitle": "new"}))
	s.whole("two")
	require.NoError(t, r.vtiger.Edit(v, map[string]string{"title": "old", "department": "Law"}))
	s.whole("three")
	require.Equal(t, [2]string{"new", "new"}, s.titles(v, o))
	require.Equal(t, "Law", r.microsoft.Contact(r.user.Mailbox, o)["department"])
}

// A record that was given to somebody else takes its copy along where the user wants that, and brings it back.
func TestACopyLeavesWithItsRecord(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, func(s *ledger.Settings) { s.OnScopeExit = ledger.RemoveCopy })
	s := newSteps(r, 0)
	v, _ := met(s, "ann")
	met(s, "bea")
	s.whole("one")
	require.NoError(t, r.vtiger.Reassign(v, r.cast.Users[1].ID))
	s.whole("two")
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 1)
	left, living := r.vtiger.Record(v)
	require.True(t, living, "nothing is deleted in vTiger")
	require.Equal(t, r.cast.Users[1].ID, left["assigned_user_id"])
	require.NoError(t, r.vtiger.Reassign(v, r.user.ID))
	s.whole("three")
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 2)
}

// "From a date" is the beginning of that day for the vTiger user; what is linked goes on whatever its time.
func TestFromADateInTheUsersTimeZone(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, func(s *ledger.Settings) { s.SyncFrom = "2026-01-31" })
	require.NoError(t, r.ledger.SaveUsers(t.Context(), []ledger.User{{ID: r.user.ID, UserName: r.user.UserName, Active: true, TimeZone: "America/New_York"}}))
	midnight := time.Date(2026, 1, 31, 5, 0, 0, 0, time.UTC)
	v, _ := met(newSteps(r, 0), "ann")
	for i, at := range []time.Time{midnight.Add(-time.Second), midnight} {
		r.vtiger.SetClockSkew(time.Until(at) + 500*time.Millisecond)
		r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": fmt.Sprint("N", i)})
	}
	require.NoError(t, r.vtiger.Edit(v, map[string]string{"mobile": "1"}))
	r.vtiger.SetClockSkew(0)
	s := newSteps(r, 0)
	s.whole("one")
	names := map[string]bool{}
	for _, c := range r.microsoft.Contacts(r.user.Mailbox, "") {
		names[c["surname"].(string)] = true
	}
	require.Equal(t, map[string]bool{"Met": true, "N1": true}, names)
}

// Twelve of thirty contacts vanish from Outlook at once: their deletion waits, also when the day is over, until somebody
// approves it; one that is discarded stays.
func TestManyDeletionsWait(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, 0)
	var ids []string
	for i := range 30 {
		_, o := met(s, fmt.Sprint("n", i))
		ids = append(ids, o)
	}
	s.whole("one")
	for _, o := range ids[:12] {
		require.NoError(t, r.microsoft.Delete(r.user.Mailbox, o))
	}
	s.whole("two")
	_, err := r.ledger.DB().NewRaw("UPDATE links SET created_at = created_at - interval '30 hours'; UPDATE epochs SET began_at = began_at - interval '30 hours'").Exec(t.Context())
	require.NoError(t, err)
	s.whole("three")
	require.Zero(t, r.vtiger.Count("delete"))
	require.Equal(t, 12, r.kinds(r.connection)["guard-too-many held"])
	held, err := r.ledger.Holds(t.Context(), r.current())
	require.NoError(t, err)
	require.Len(t, held, 12)
	require.NoError(t, r.ledger.AnswerHold(t.Context(), r.current(), held[0].ID, reconcile.Answer{Verdict: reconcile.Discard}, r.user.ID))
	n, err := r.ledger.AnswerHolds(t.Context(), r.current(), reconcile.GuardHold, math.MaxInt64, reconcile.Answer{Verdict: reconcile.Approve}, r.user.ID)
	require.NoError(t, err)
	require.Equal(t, 11, n)
	s.whole("four")
	require.Equal(t, 11, r.vtiger.Count("delete"))
	require.Len(t, r.vtiger.Contacts(), 19)
	// What was approved counts no more.
	for _, o := range ids[12:14] {
		require.NoError(t, r.microsoft.Delete(r.user.Mailbox, o))
	}
	s.whole("five")
	require.Equal(t, 13, r.vtiger.Count("delete"))
}

// Deletions of one day add up over many runs.
func TestDeletionsOfADayAddUp(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, 0)
	var ids []string
	for i := range 30 {
		_, o := met(s, fmt.Sprint("n", i))
		ids = append(ids, o)
	}
	s.whole("one")
	for i := range 4 {
		for _, o := range ids[3*i : 3*i+3] {
			require.NoError(t, r.microsoft.Delete(r.user.Mailbox, o))
		}
		s.whole(fmt.Sprint("few ", i))
	}
	require.Equal(t, 9, r.vtiger.Count("delete"))
	held, err := r.ledger.Holds(t.Context(), r.current())
	require.NoError(t, err)
	require.Len(t, held, 3)
}
