package worker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/vtiger"
)

// careful gives steps whose vTiger records are not believed for the first minute, unless a second reading shows the same.
func careful(t *testing.T) *steps {
	s := newSteps(newStage(t, nil, nil), time.Minute)
	s.a.VTiger, s.a.Young = fixed(vtiger.Dial(s.integration(), vtiger.WithYoung(time.Minute))), time.Minute
	return s
}

// later lets the minute pass in which records are not believed.
func later(t *testing.T, s *steps) {
	_, err := s.ledger.DB().ExecContext(t.Context(), "UPDATE records SET young_until = young_until - interval '1 minute'")
	require.NoError(t, err)
}

// A record that changed just now may be torn: nothing is planned for it, nor for a stranger that would match it, until a
// second reading shows the same; one that begins so soon that the save may still last says nothing.
func TestAYoungRecordIsReadTwice(t *testing.T) {
	t.Parallel()
	s := careful(t)
	id := s.vtiger.AddContact(s.user.ID, map[string]string{"firstname": "Ann", "lastname": "Young", "email": "ann@x.example"})
	s.microsoft.AddContact(s.user.Mailbox, "", map[string]any{
		"givenName": "Ann", "emailAddresses": []any{map[string]any{"address": "ann@x.example"}},
	})
	run := s.begin("one")
	planned := s.plan(run)
	require.Zero(t, planned.Operations, "the match of a young record waits too")
	require.Equal(t, 1, planned.Young)
	require.Equal(t, time.Minute, planned.Wait)
	s.finish("")
	run = s.begin("too soon")
	require.Equal(t, 1, s.plan(run).Young)
	s.finish("")

	later(t, s)
	s.whole("two")
	require.Len(t, s.vtiger.Contacts(), 1, "they were one person")
	require.Len(t, s.microsoft.Contacts(s.user.Mailbox, ""), 1)

	require.NoError(t, s.vtiger.Edit(id, map[string]string{"title": "Half"}))
	run = s.begin("three")
	require.Zero(t, s.plan(run).Operations)
	s.finish("")
	later(t, s)
	require.NoError(t, s.vtiger.Edit(id, map[string]string{"title": "Whole"}))
	run = s.begin("four")
	require.Zero(t, s.plan(run).Operations, "it shows something else than before, so it is young again")
	s.finish("")
	later(t, s)
	s.whole("five")
	require.Equal(t, "Whole", s.microsoft.Contacts(s.user.Mailbox, "")[0]["jobTitle"])
}

// vTiger shows the time of a save before its values. Until these may be believed nothing is written over them, for the
// time of the record that was read is that of the save.
func TestASaveWithoutItsValuesIsYoung(t *testing.T) {
	t.Parallel()
	s := careful(t)
	id := s.vtiger.AddContact(s.user.ID, map[string]string{"firstname": "Ann", "lastname": "Late", "title": "Before"})
	s.whole("one")
	later(t, s)
	s.whole("two")
	held := s.microsoft.Contacts(s.user.Mailbox, "")[0]["id"].(string)
	require.NoError(t, s.microsoft.Edit(s.user.Mailbox, held, map[string]any{"jobTitle": "Outlook's"}))
	s.vtiger.SetClockSkew(10 * time.Second) // the save is of another second than what was read
	release := s.vtiger.HoldValues(1, 0)
	require.NoError(t, s.vtiger.Edit(id, map[string]string{"title": "vTiger's"}))
	for _, key := range []string{"three", "and three", "and three more"} { // however often it is read meanwhile
		run := s.begin(key)
		planned := s.plan(run)
		s.apply(run)
		s.finish("")
		require.Equal(t, 1, planned.Young)
	}
	release()
	later(t, s)
	s.whole("four")
	later(t, s)
	s.whole("five")
	require.Equal(t, "vTiger's", s.microsoft.Contacts(s.user.Mailbox, "")[0]["jobTitle"])
	require.Equal(t, "vTiger's", s.vtiger.Contacts()[0]["title"])
}

// What our own re-read showed is not new: an own write is no young record.
func TestAnOwnWriteIsNotYoung(t *testing.T) {
	t.Parallel()
	s := careful(t)
	s.microsoft.AddContact(s.user.Mailbox, "", map[string]any{"givenName": "Ann", "surname": "Own"})
	s.whole("one")
	require.Len(t, s.vtiger.Contacts(), 1)
	run := s.begin("two")
	require.Zero(t, s.plan(run).Young)
}

// A run waits once for young records, and then carries what they hold.
func TestARunWaitsForYoungRecords(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	a := r.acts(3 * time.Second)
	a.VTiger, a.Young = fixed(vtiger.Dial(r.integration(), vtiger.WithYoung(2*time.Second))), 2*time.Second
	r.work(a)
	r.cast.People(r.vtiger, r.microsoft)
	r.sync("first")
	r.equal()
	require.NoError(t, r.vtiger.Edit(r.vtiger.Contacts()[0]["id"], map[string]string{"title": "Chief"}))
	require.Equal(t, map[string]int{"update outlook done": 1}, r.counts(r.sync("second")))
	r.equal()
}

// A contact that is deleted while its last save is young is as deleted as any.
func TestADeletionOfAYoungRecordTravels(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, time.Minute)
	id := r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Yo", "lastname": "Ung"})
	r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Liv", "lastname": "Living"})
	s.whole("one")
	s.a.VTiger = fixed(vtiger.Dial(r.integration(), vtiger.WithYoung(time.Hour)))
	require.NoError(t, r.vtiger.Edit(id, map[string]string{"title": "Edited"}))
	run := s.begin("two")
	require.Positive(t, s.plan(run).Young)
	s.finish("")
	require.NoError(t, r.vtiger.Delete(id))
	s.whole("three")
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 1)
}

// Who is deleted before a second reading keeps nobody waiting: no reading will ever show the record again.
func TestNobodyWaitsForADeletedYoungRecord(t *testing.T) {
	t.Parallel()
	s := careful(t)
	id := s.vtiger.AddContact(s.user.ID, map[string]string{"firstname": "Yo", "lastname": "Ung"})
	s.vtiger.AddContact(s.user.ID, map[string]string{"firstname": "Liv", "lastname": "Living"})
	run := s.begin("one")
	require.Equal(t, 2, s.plan(run).Young)
	s.finish("")
	require.NoError(t, s.vtiger.Delete(id))
	later(t, s)
	run = s.begin("two")
	require.Zero(t, s.plan(run).Young)
	s.apply(run)
	require.Len(t, s.microsoft.Contacts(s.user.Mailbox, ""), 1)
}
