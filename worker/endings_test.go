package worker_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/temporal"

	"contactbridge/activities"
	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
	"contactbridge/internal/simulator/graphsim"
	"contactbridge/worker"
	"contactbridge/workflows"
)

// ends ends a run as a worker does.
func (s *steps) ends(run, kind string) {
	_, err := s.env.ExecuteActivity(s.a.Finish, activities.Ending{Connection: s.connection.ID, Run: run, Kind: kind, Sentence: "Sign in again."})
	require.NoError(s.t, err)
}

// Whoever comes back late with the end of a run ends no other one, and says nothing of the connection.
func TestALateEndingSaysNothing(t *testing.T) {
	t.Parallel()
	s := newSteps(newStage(t, nil, nil), time.Minute)
	one := s.begin("one")
	s.ends(one, "")
	two := s.begin("two")
	s.ends(one, "needs-sign-in")
	s.ends(one, "")
	run, err := s.ledger.Run(t.Context(), two)
	require.NoError(t, err)
	require.Equal(t, ledger.Running, run.State)
	require.Empty(t, s.current().Trouble)
	s.ends(two, "needs-sign-in")
	require.Equal(t, "needs-sign-in", s.current().Trouble)
	s.ends(two, "")
	require.Equal(t, "needs-sign-in", s.current().Trouble, "it ended already")
	require.NoError(t, s.ledger.SetPhase(t.Context(), two, "applying"))
	run, err = s.ledger.Run(t.Context(), two)
	require.NoError(t, err)
	require.Empty(t, run.Phase, "a run that ended does nothing")
}

// A failure names the run that it ended: the workflow does not know it yet.
func TestAFailureNamesItsRun(t *testing.T) {
	t.Parallel()
	s := newSteps(newStage(t, nil, nil), time.Minute)
	asked, err := s.ledger.RequestRun(t.Context(), s.current(), "one", "", s.user.ID)
	require.NoError(t, err)
	require.NoError(t, s.microsoft.RevokeTokens(s.user.Mailbox))
	_, err = s.env.ExecuteActivity(s.a.Observe, s.connection.ID)
	var failed *temporal.ApplicationError
	require.True(t, errors.As(err, &failed), "%v", err)
	var begun activities.Observed
	require.NoError(t, failed.Details(&begun))
	require.Equal(t, asked.ID, begun.Run)
	require.Equal(t, "needs-sign-in", failed.Type())
	require.True(t, failed.NonRetryable())
}

// A run tells how far it comes by what its batch size lets it send.
func TestProgressEndsWithTheBatch(t *testing.T) {
	t.Parallel()
	s := newSteps(newStage(t, nil, func(c *ledger.Settings) { c.BatchSize = 2 }), time.Minute)
	for i := range 5 {
		s.vtiger.AddContact(s.user.ID, map[string]string{"lastname": fmt.Sprint("N", i)})
	}
	run := s.begin("one")
	require.Equal(t, 2, s.plan(run).Operations)
	reached := func() (done, all, total int) {
		r, err := s.ledger.Run(t.Context(), run)
		require.NoError(t, err)
		sides, _, err := s.ledger.Progress(t.Context(), r)
		require.NoError(t, err)
		for _, side := range sides {
			done, all = done+side.Done, all+side.All
		}
		return done, all, r.Total
	}
	done, all, total := reached()
	require.Equal(t, [3]int{0, 2, 2}, [3]int{done, all, total})
	require.Contains(t, s.apply(run).Line, "applying, 2 of 2 done: Outlook 2 of 2; ")
	done, all, total = reached()
	require.Equal(t, [3]int{2, 2, 2}, [3]int{done, all, total})
	s.ends(run, "")
	done, all, total = reached()
	require.Equal(t, [3]int{2, 2, 2}, [3]int{done, all, total})
}

// The question about a contact that vanished is asked no more, also when nobody else has no link.
func TestTheQuestionAboutWhoVanishedIsClosed(t *testing.T) {
	t.Parallel()
	s := newSteps(newStage(t, nil, nil), time.Minute)
	met(s, "ann")
	s.whole("one")
	again := s.microsoft.AddContact(s.user.Mailbox, "", mailed("ann", "ann@met.example"))
	s.whole("two")
	held, err := s.ledger.Holds(t.Context(), s.current())
	require.NoError(t, err)
	require.Len(t, held, 1)
	require.NoError(t, s.microsoft.Delete(s.user.Mailbox, again))
	s.whole("three")
	held, err = s.ledger.Holds(t.Context(), s.current())
	require.NoError(t, err)
	require.Empty(t, held)
}

// A contact whose version changed without a word of the feed, as by a new photo, is looked at and written all the same.
func TestAPhotoStopsNoWrite(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, func(c *ledger.Settings) { c.DeleteInOutlook = true })
	v := r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "Gray", "email": "ann@photo.example"})
	w := r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "Hill", "email": "bea@photo.example"})
	r.sync("one")
	r.sync("the feed's echo")
	for _, c := range r.microsoft.Contacts(r.user.Mailbox, "") {
		require.NoError(t, r.microsoft.SetPhoto(r.user.Mailbox, c["id"].(string)))
	}
	require.NoError(t, r.vtiger.Edit(v, map[string]string{"email": "ann@other.example"}))
	require.NoError(t, r.vtiger.Delete(w))
	r.sync("two")
	left := r.microsoft.Contacts(r.user.Mailbox, "")
	require.Len(t, left, 1)
	require.Contains(t, fmt.Sprint(left[0]["emailAddresses"]), "ann@other.example")
	require.Empty(t, r.counts(r.sync("three")))
}

// What was never begun counts as no attempt.
func TestWhatIsNotSentIsNoAttempt(t *testing.T) {
	t.Parallel()
	s := newSteps(newStage(t, nil, nil), time.Minute)
	s.vtiger.AddContact(s.user.ID, map[string]string{"lastname": "Gray"})
	run := s.begin("one")
	s.plan(run)
	attempts := func() (n int) {
		require.NoError(t, s.ledger.DB().NewRaw("SELECT attempts FROM operations WHERE run_id = ?", run).Scan(t.Context(), &n))
		return n
	}
	for _, unsent := range []bool{true, false} {
		list, _, err := s.ledger.Announce(t.Context(), s.current(), run, func(contact.Side) int { return math.MaxInt32 })
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, 1, attempts())
		require.NoError(t, s.ledger.Settle(t.Context(), s.current(), []ledger.Settlement{{Operation: list[0].Operation, Outcome: ledger.Planned, Unsent: unsent}}))
		require.Equal(t, map[bool]int{true: 0, false: 1}[unsent], attempts())
	}
}

// filled is a Temporal that takes no further search attribute.
func (r *rig) filled() {
	names := map[string]enumspb.IndexedValueType{}
	for i := range 10 {
		names[fmt.Sprint("Filler", i)] = enumspb.INDEXED_VALUE_TYPE_KEYWORD
	}
	_, err := r.temporal.OperatorService().AddSearchAttributes(r.t.Context(), &operatorservice.AddSearchAttributesRequest{Namespace: r.namespace, SearchAttributes: names})
	require.NoError(r.t, err)
	require.Error(r.t, workflows.Prepare(r.t.Context(), r.temporal, r.namespace))
}

// Where Temporal takes no search attributes connections sync by themselves all the same.
func TestSchedulesNeedNoSearchAttributes(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, func(s *ledger.Settings) { s.Automatic = true })
	r.filled()
	r.quick(r.acts(3 * time.Second))
	r.sync("one")
	r.scheduledAs(15*time.Minute, "")
}

// An operator finds runs that a person cancelled.
func TestACancelledRunIsFound(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	for i := range 30 {
		r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": fmt.Sprint("N", i)})
	}
	release := r.microsoft.Hold("contacts.create", 1)
	r.quick(r.acts(3 * time.Second))
	r.scheduledAs(15*time.Minute, "Syncing by itself is switched off.") // by then the worker has looked
	run := r.ask("one")
	require.NoError(t, r.microsoft.Await(t.Context(), func(n map[string]int) bool { return n["contacts.create"] > 0 }))
	require.NoError(t, r.ledger.CancelRun(t.Context(), run.ID))
	release()
	require.Equal(t, ledger.RunCancelled, r.await(run).State)
	require.Eventually(t, func() bool {
		found, err := r.temporal.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Query: `ContactBridgeOutcome = "cancelled"`})
		return err == nil && len(found.GetExecutions()) == 1
	}, 20*time.Second, 100*time.Millisecond)
}

// Where the log is kept for ever, previews and old alerts still go.
func TestTheJanitorForgetsPreviewsWhateverIsKept(t *testing.T) {
	t.Parallel()
	s := newSteps(newStage(t, nil, nil), time.Minute)
	s.vtiger.AddContact(s.user.ID, map[string]string{"lastname": "Gray"})
	_, err := s.ledger.Request(t.Context(), s.current(), ledger.Wanted{Key: "preview", By: s.user.ID, Preview: true})
	require.NoError(t, err)
	run := s.observed()
	s.plan(run)
	s.ends(run, "")
	s.whole("one")
	exec := func(query string) {
		_, err := s.ledger.DB().ExecContext(t.Context(), query)
		require.NoError(t, err)
	}
	exec("UPDATE operations SET created_at = created_at - interval '400 days', settled_at = settled_at - interval '400 days'")
	exec("UPDATE runs SET requested_at = requested_at - interval '400 days', ended_at = ended_at - interval '400 days'")
	count := func(where string) (n int) {
		require.NoError(t, s.ledger.DB().NewRaw("SELECT count(*) FROM operations WHERE "+where).Scan(t.Context(), &n))
		return n
	}
	require.Equal(t, 1, count("preview"))
	kept := count("NOT preview")
	require.NoError(t, worker.Janitor(s.ledger, 0, slog.New(slog.DiscardHandler)).Do(context.Background()))
	require.Zero(t, count("preview"))
	require.Equal(t, kept, count("NOT preview"))
}

// thrownAway gives the id of Gray's contact, which lies among the deleted ones.
func (r *rig) thrownAway() string {
	for _, c := range r.microsoft.Contacts(r.user.Mailbox, "") {
		if c["surname"] == "Gray" {
			require.NoError(r.t, r.microsoft.Delete(r.user.Mailbox, c["id"].(string)))
			return c["id"].(string)
		}
	}
	require.Fail(r.t, "nobody is there")
	return ""
}

// A contact that a person takes back out of the deleted ones is found by the next sync that a person starts, whether its
// deletion travels, does not, or waits for an answer.
func TestWhoIsTakenBackFromTheDeletedIsFound(t *testing.T) {
	t.Parallel()
	for what, others := range map[string]int{"detached": 1, "held, since nobody else is there": 0} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, nil, func(c *ledger.Settings) { c.DeleteInVTiger = others == 0 })
			r.microsoft.Configure(func(s *graphsim.Settings) { s.DeletedItems = true })
			v := r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "Gray", "title": "old", "email": "gray@back.example"})
			for range others {
				r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "Hill", "email": "hill@back.example"})
			}
			r.sync("one")
			id := r.thrownAway()
			r.sync("two")
			require.NoError(t, r.vtiger.Edit(v, map[string]string{"title": "new"}))
			require.NoError(t, r.microsoft.Move(r.user.Mailbox, id, "Contacts"))
			r.sync("three")
			require.Equal(t, "new", r.inOutlookBySurname()["Gray"]["jobTitle"])
			r.settled(1 + others)
			held, err := r.ledger.Holds(t.Context(), r.current())
			require.NoError(t, err)
			require.Empty(t, held)
		})
	}
}

// An undo does not double who was taken back from the deleted ones meanwhile.
func TestAnUndoDoublesNobodyWhoWasTakenBack(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, func(c *ledger.Settings) { c.DeleteInOutlook = true })
	r.microsoft.Configure(func(s *graphsim.Settings) { s.DeletedItems = true })
	v := r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "Gray"})
	r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "Hill"})
	r.sync("one")
	id := r.inOutlookBySurname()["Gray"]["id"].(string)
	require.NoError(t, r.vtiger.Delete(v))
	deleted := r.sync("two")
	require.NotContains(t, r.inOutlookBySurname(), "Gray")
	require.NoError(t, r.microsoft.Move(r.user.Mailbox, id, "Contacts"))
	undo, err := r.ledger.Request(t.Context(), r.current(), ledger.Wanted{Key: "undo", By: r.user.ID, Undoes: deleted.ID})
	require.NoError(t, err)
	require.NoError(t, workflows.Request(t.Context(), r.temporal, r.connection.ID))
	require.Equal(t, ledger.RunDone, r.await(undo).State)
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 2)
}

// A worker that has not spoken to a mailbox yet asks it for the time before it judges which edit is newer.
func TestAWorkerAsksWhoseClockIsRight(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, func(s *ledger.Settings) { s.ConflictPolicy = reconcile.NewestWins })
	one, other := newSteps(r, 0), newSteps(r, 0)
	v, o := met(one, "ann")
	one.whole("one")
	require.NoError(t, r.vtiger.Edit(v, map[string]string{"title": "left"}))
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, o, map[string]any{"jobTitle": "right"}))
	run := one.begin("two")
	before := r.microsoft.Count("folders.get")
	other.plan(run)
	require.Equal(t, before+1, r.microsoft.Count("folders.get"))
	other.plan(run)
	require.Equal(t, before+1, r.microsoft.Count("folders.get"), "it knows by now")
}
