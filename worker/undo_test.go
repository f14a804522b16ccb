package worker_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
	"contactbridge/internal/simulator/graphsim"
	"contactbridge/internal/simulator/vtigersim"
	"contactbridge/workflows"
)

// did does a whole sync and gives its run.
func (s *steps) did(key string) ledger.Run {
	s.whole(key)
	run, err := s.ledger.Keyed(s.t.Context(), s.connection.ID, key)
	require.NoError(s.t, err)
	return run
}

// undo takes a run back.
func (s *steps) undo(run ledger.Run) ledger.Run { return s.asks(ledger.Wanted{Undoes: run.ID}) }

// quiet demands that syncs find nothing to do any more, so that nothing undoes the undo.
func (s *steps) quiet() {
	s.t.Helper()
	writes := func() int {
		v, m := s.vtiger.Counts(), s.microsoft.Counts()
		return v["create"] + v["revise"] + v["delete"] + m["contacts.create"] + m["contacts.update"] + m["contacts.delete"]
	}
	before := writes()
	for i := range 2 {
		require.Empty(s.t, s.counts(s.did(fmt.Sprint("quiet ", time.Now().UnixNano(), i))))
	}
	require.Equal(s.t, before, writes())
}

// An update goes back on the side that was written to, and the next sync leaves it there; a later change travels as ever.
func TestAnUpdateIsUndone(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, 0)
	v, o := met(s, "ann")
	bea, beaO := met(s, "bea")
	s.whole("first")
	require.NoError(t, r.vtiger.Edit(v, map[string]string{"title": "new", "department": "Law"}))
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, beaO, map[string]any{"jobTitle": "outlook's"}))
	run := s.did("second")
	require.Equal(t, [2]string{"new", "new"}, s.titles(v, o))

	preview := s.asks(ledger.Wanted{Undoes: run.ID, Preview: true})
	require.Equal(t, map[string]int{"update outlook previewed": 1, "update vtiger previewed": 1}, r.counts(preview))
	require.Equal(t, [2]string{"new", "new"}, s.titles(v, o))

	undo := s.undo(run)
	require.Equal(t, run.ID, undo.Undoes)
	require.Equal(t, map[string]int{"update outlook done": 1, "update vtiger done": 1}, r.counts(undo))
	require.Equal(t, [2]string{"new", "old"}, s.titles(v, o))
	require.Equal(t, [2]string{"old", "outlook's"}, s.titles(bea, beaO))
	require.Empty(t, r.microsoft.Contact(r.user.Mailbox, o)["department"])
	require.Equal(t, map[string]int{"update outlook undone": 1, "update vtiger undone": 1}, r.counts(run))
	require.Equal(t, 2, r.kinds(r.connection)["undo done"])
	s.quiet()

	require.NoError(t, r.vtiger.Edit(v, map[string]string{"title": "newer"}))
	s.whole("third")
	require.Equal(t, [2]string{"newer", "newer"}, s.titles(v, o))
}

// Of an undo that was looked at only what the preview shows and what is still so is taken back; the rest is listed.
func TestAPreviewOfAnUndoIsApplied(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, 0)
	ann, annO := met(s, "ann")
	bea, beaO := met(s, "bea")
	cyd, cydO := met(s, "cyd")
	s.whole("first")
	for _, v := range []string{ann, bea, cyd} {
		require.NoError(t, r.vtiger.Edit(v, map[string]string{"title": "new"}))
	}
	run := s.did("second")
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, cydO, map[string]any{"jobTitle": "edited"}))
	preview := s.asks(ledger.Wanted{Undoes: run.ID, Preview: true})
	require.Equal(t, map[string]int{"update outlook previewed": 2, "skip outlook skipped": 1}, r.counts(preview))
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, beaO, map[string]any{"jobTitle": "later"}))
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, cydO, map[string]any{"jobTitle": "new"}))

	applied := s.asks(ledger.Wanted{Undoes: run.ID, Applies: preview.ID})
	require.Equal(t, 1, r.counts(applied)["update outlook done"], "%v", r.counts(applied))
	require.Equal(t, 1, r.kinds(r.connection)["changed-since-preview discarded"])
	require.Equal(t, [2]string{"new", "old"}, s.titles(ann, annO))
	require.Equal(t, [2]string{"new", "later"}, s.titles(bea, beaO))
	require.Equal(t, [2]string{"new", "new"}, s.titles(cyd, cydO), "the preview showed that it stays")
}

// A field that somebody edited since stays, with the reason; the others go back.
func TestWhatWasEditedSinceStays(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, 0)
	v, o := met(s, "ann")
	s.whole("first")
	require.NoError(t, r.vtiger.Edit(v, map[string]string{"title": "new", "department": "Law", "assistant": "Al"}))
	run := s.did("second")
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, o, map[string]any{"jobTitle": "edited"}))
	require.NoError(t, r.vtiger.Edit(v, map[string]string{"assistant": "Bo"}))
	undo := s.undo(run)
	require.Equal(t, map[string]int{"update outlook done": 1, "skip outlook skipped": 2}, r.counts(undo))
	require.Equal(t, 2, r.kinds(r.connection)["undo-edited skipped"])
	now := r.microsoft.Contact(r.user.Mailbox, o)
	require.Equal(t, "edited", now["jobTitle"])
	require.Empty(t, now["department"])
	require.Equal(t, "Al", now["assistantName"])
	s.whole("third")
	require.Equal(t, [2]string{"edited", "edited"}, s.titles(v, o), "the edits travel")
	require.Equal(t, "Bo", r.microsoft.Contact(r.user.Mailbox, o)["assistantName"])
	left, _ := r.vtiger.Record(v)
	require.Equal(t, "Law", left["department"], "and nothing else does")
	s.quiet()
}

// What was inserted is deleted on either side, also with the switches off, and its survivor is not inserted again. One that
// somebody edited stays, also where the edit is of a field that is not mapped.
func TestInsertsAreUndone(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, func(s *ledger.Settings) { s.DeleteInOutlook, s.DeleteInVTiger = false, false })
	s := newSteps(r, 0)
	for _, name := range []string{"A", "B", "C"} {
		r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": name, "lastname": "InVtiger", "email": name + "@vtiger.example"})
		r.microsoft.AddContact(r.user.Mailbox, "", mailed(name, name+"@x.example"))
	}
	run := s.did("first")
	require.Len(t, r.vtiger.Contacts(), 6)
	for _, c := range r.vtiger.Contacts() {
		if c["lastname"] == "Mailed" && c["firstname"] == "A" {
			require.NoError(t, r.vtiger.Edit(c["id"], map[string]string{"fax": "1"}))
		}
	}
	for _, c := range r.microsoft.Contacts(r.user.Mailbox, "") {
		if c["surname"] == "InVtiger" && c["givenName"] == "A" {
			require.NoError(t, r.microsoft.Edit(r.user.Mailbox, c["id"].(string), map[string]any{"jobTitle": "edited"}))
		}
	}
	undo := s.undo(run)
	require.Equal(t, map[string]int{
		"delete vtiger done": 2, "delete outlook done": 2, "skip vtiger skipped": 1, "skip outlook skipped": 1,
	}, r.counts(undo))
	require.Len(t, r.vtiger.Contacts(), 4)
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 4)
	require.Equal(t, map[string]int{"insert vtiger undone": 2, "insert outlook undone": 2, "insert vtiger done": 1, "insert outlook done": 1}, r.counts(run))
	s.whole("the edit travels")
	s.quiet()
	require.Len(t, r.vtiger.Contacts(), 4)

	// Taking the undo back inserts them again, linked as before.
	require.Equal(t, map[string]int{"insert vtiger done": 2, "insert outlook done": 2}, r.counts(s.undo(undo)))
	require.Len(t, r.vtiger.Contacts(), 6)
	s.quiet()
	r.equal()
}

// What was deleted is inserted again from what it showed, and no sync deletes or doubles it, while its partner is gone.
func TestADeletionIsUndone(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, 0)
	_, o := met(s, "ann")
	bea, _ := met(s, "bea")
	met(s, "cyd")
	s.whole("first")
	require.NoError(t, r.microsoft.Delete(r.user.Mailbox, o))
	require.NoError(t, r.vtiger.Delete(bea))
	run := s.did("second")
	require.Equal(t, map[string]int{"delete vtiger done": 1, "delete outlook done": 1}, r.counts(run))

	undo := s.undo(run)
	require.Equal(t, map[string]int{"insert vtiger done": 1, "insert outlook done": 1}, r.counts(undo))
	require.Equal(t, map[string]int{"delete vtiger undone": 1, "delete outlook undone": 1}, r.counts(run))
	require.Len(t, r.vtiger.Contacts(), 2)
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 2)
	for _, c := range r.vtiger.Contacts() {
		require.Equal(t, "old", c["title"])
		require.NotEmpty(t, c["email"])
	}
	s.quiet()
	require.Len(t, r.vtiger.Contacts(), 2)
}

// A copy that left with its record comes back, and waits for it.
func TestARemovedCopyIsUndone(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, func(s *ledger.Settings) { s.OnScopeExit = ledger.RemoveCopy })
	s := newSteps(r, 0)
	v, _ := met(s, "ann")
	met(s, "bea")
	s.whole("first")
	require.NoError(t, r.vtiger.Reassign(v, r.cast.Users[1].ID))
	run := s.did("second")
	require.Equal(t, map[string]int{"insert outlook done": 1}, r.counts(s.undo(run)))
	s.quiet()
	require.NoError(t, r.vtiger.Edit(v, map[string]string{"title": "new"}))
	require.NoError(t, r.vtiger.Reassign(v, r.user.ID))
	s.whole("back")
	titles := map[any]int{}
	for _, c := range r.microsoft.Contacts(r.user.Mailbox, "") {
		titles[c["jobTitle"]]++
	}
	require.Equal(t, map[any]int{"new": 1, "old": 1}, titles)
	s.quiet()
}

// The guard holds the undo of many inserts. Its approval is the undo's alone, and is used up by it.
func TestTheGuardHoldsAnUndo(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, 0)
	for i := range 12 {
		r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": fmt.Sprint("N", i)})
	}
	run := s.did("first")
	require.Equal(t, map[string]int{"delete outlook held": 12}, r.counts(s.undo(run)))
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 12)
	s.whole("a sync in between knows nothing of the question")
	held, err := r.ledger.Holds(t.Context(), r.current())
	require.NoError(t, err)
	require.Len(t, held, 12)
	n, err := r.ledger.AnswerHolds(t.Context(), r.current(), reconcile.GuardHold, math.MaxInt64, reconcile.Answer{Verdict: reconcile.Approve}, r.user.ID)
	require.NoError(t, err)
	require.Equal(t, 12, n)
	waiting, err := r.ledger.HeldUndos(t.Context(), r.current())
	require.NoError(t, err)
	require.Equal(t, []string{run.ID}, waiting)
	require.Equal(t, 12, r.counts(s.undo(run))["delete outlook done"])
	require.Empty(t, r.microsoft.Contacts(r.user.Mailbox, ""))
	held, err = r.ledger.Holds(t.Context(), r.current())
	require.NoError(t, err)
	require.Empty(t, held)
	s.quiet()
}

// An undo whose answers are lost is found out about like any write, and done once.
func TestAnUndoWithoutAnAnswerIsDoneOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	s := &steps{rig: r}
	_, o := met(s, "ann")
	bea, _ := met(s, "bea")
	met(s, "cyd")
	r.sync("first")
	require.NoError(t, r.microsoft.Delete(r.user.Mailbox, o))
	require.NoError(t, r.vtiger.Edit(bea, map[string]string{"title": "new"}))
	r.microsoft.AddContact(r.user.Mailbox, "", mailed("New", "new@x.example"))
	r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "Newer"})
	run := r.sync("second")
	counts := r.counts(run)
	require.Equal(t, map[string]int{"delete vtiger done": 1, "update outlook done": 1, "insert vtiger done": 1, "insert outlook done": 1}, counts)

	r.vtiger.Fail("create", 1, vtigersim.HangUp)
	r.vtiger.Fail("delete", 1, vtigersim.HangUp)
	r.microsoft.Fail("contacts.update", 1, graphsim.GatewayTimeout().Committed())
	r.microsoft.Fail("contacts.delete", 1, graphsim.GatewayTimeout().Committed())
	undo, err := r.ledger.Request(t.Context(), r.current(), ledger.Wanted{Undoes: run.ID, By: r.user.ID})
	require.NoError(t, err)
	require.NoError(t, workflows.Request(t.Context(), r.temporal, r.connection.ID))
	undo = r.await(undo)
	require.Equal(t, ledger.RunDone, undo.State, undo.TroubleSentence)
	require.Equal(t, map[string]int{"insert vtiger done": 1, "update outlook done": 1, "delete vtiger done": 1, "delete outlook done": 1}, r.counts(undo))
	require.Equal(t, 4, r.kinds(r.connection)["undo done"])
	for what := range r.counts(run) {
		require.Contains(t, what, "undone")
	}
	require.Empty(t, r.counts(r.sync("quiet")))
	require.Len(t, r.vtiger.Contacts(), 4)
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 3)
}

// Somebody who made the deleted contact again does not get it twice.
func TestADeletedContactThatIsBackStaysSingle(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, 0)
	_, o := met(s, "ann")
	met(s, "bea")
	s.whole("first")
	require.NoError(t, r.microsoft.Delete(r.user.Mailbox, o))
	run := s.did("second")
	r.vtiger.AddContact(r.cast.Users[1].ID, map[string]string{"lastname": "Again", "email": "ann@met.example"})
	require.Equal(t, map[string]int{"skip vtiger skipped": 1}, r.counts(s.undo(run)))
	require.Equal(t, 1, r.kinds(r.connection)["undo-there skipped"])
	require.Len(t, r.vtiger.Contacts(), 2)
}
