package worker_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/graphsim"
	"contactbridge/workflows"
)

// executions counts how often the connection's workflow ran or runs.
func (r *rig) executions() int64 {
	q := &workflowservice.CountWorkflowExecutionsRequest{Query: fmt.Sprintf("WorkflowId = %q", workflows.ID(r.connection.ID))}
	n, err := r.temporal.CountWorkflow(r.t.Context(), q)
	require.NoError(r.t, err)
	return n.GetCount()
}

// What is asked for during a run is served by the same workflow before it ends: a click by a run of its own, equal clicks by
// one, the schedule by whatever waits.
func TestARequestDuringARunIsServed(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, func(s *ledger.Settings) { s.Automatic = true })
	r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "First"})
	release := r.microsoft.Hold("contacts.create", 1)
	r.work(r.acts(3 * time.Second))
	first := r.ask("first")
	require.NoError(t, r.microsoft.Await(t.Context(), func(n map[string]int) bool { return n["contacts.create"] > 0 }))
	second := r.ask("second")
	require.NotEqual(t, first.ID, second.ID, "what the first one observed may be too old")
	require.Equal(t, second.ID, r.ask("third").ID)
	narrow, err := r.ledger.RequestRun(t.Context(), r.current(), "narrow", contact.ToOutlook, r.user.ID)
	require.NoError(t, err)
	require.NotEqual(t, second.ID, narrow.ID)
	_, err = r.ledger.RequestRun(t.Context(), r.current(), "third", contact.ToOutlook, r.user.ID)
	require.ErrorIs(t, err, ledger.ErrConflict, "a key that shares a run belongs to it")
	byClock, joined, err := r.ledger.ScheduleRun(t.Context(), r.current(), "by the clock")
	require.NoError(t, err)
	require.True(t, joined)
	require.Equal(t, second.ID, byClock.ID)
	release()
	for _, run := range []ledger.Run{first, second, narrow} {
		require.Equal(t, ledger.RunDone, r.await(run).State)
	}
	require.Eventually(t, func() bool { return r.executions() >= 1 }, 20*time.Second, 100*time.Millisecond)
	require.EqualValues(t, 1, r.executions())
	require.Equal(t, second.ID, r.ask("third").ID, "also when it is over")
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 1)
}

// With two worker processes, clicks of several people, the clock and requests without a row at once, a mailbox never has two
// runs at work, as the mailbox itself sees it, every request is served, and no contact is there twice.
func TestSingleFlight(t *testing.T) {
	t.Parallel()
	path, err := program()
	require.NoError(t, err)
	r := newStage(t, nil, func(s *ledger.Settings) { s.Automatic, s.BatchSize = true, 15 })
	for i := range 40 {
		r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": fmt.Sprint("V ", i), "email": fmt.Sprintf("v%d@flight.example", i)})
		r.microsoft.AddContact(r.user.Mailbox, "", mailed("O", fmt.Sprintf("o%d@flight.example", i)))
	}
	// Slow sides show what overlaps.
	r.vtiger.SetLatency(20 * time.Millisecond)
	r.microsoft.Configure(func(s *graphsim.Settings) { s.Latency = 50 * time.Millisecond })
	w, stop := r.witnessed(path, "one", "other")
	defer stop(os.Interrupt)
	var all sync.WaitGroup
	for person := range 4 {
		all.Go(func() { r.clicks(fmt.Sprint("person ", person)) })
	}
	all.Wait()
	require.Eventually(t, func() bool { return r.open() == 0 }, 2*time.Minute, 50*time.Millisecond)
	last := r.sync("last")
	for last.Pending > 0 {
		last = r.sync(fmt.Sprint("after ", last.ID))
	}
	runs, err := r.ledger.Runs(t.Context(), "", r.connection.ID, 0, 1000)
	require.NoError(t, err)
	require.Greater(t, len(runs), 4)
	for i, later := range runs[:len(runs)-1] {
		require.Equal(t, ledger.RunDone, later.State, later.TroubleSentence)
		require.False(t, later.StartedAt.Before(*runs[i+1].EndedAt), "one began before the other had ended")
	}
	asked, together, mixed := w.saw()
	t.Logf("%d runs; requests to the mailbox and writes into vTiger by process: %v", len(runs), asked)
	require.Positive(t, asked["one"])
	require.Positive(t, asked["other"])
	require.Zero(t, together, "requests that found the other process at work")
	require.Zero(t, mixed, "a run that observes, or writes into one side, while another writes into the other one")
	require.Len(t, r.vtiger.Contacts(), 80)
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 80)
	r.equal()
}

// clicks asks in all ways for a while.
func (r *rig) clicks(person string) {
	for i := range 12 {
		switch i % 3 {
		case 0:
			_, err := r.ledger.RequestRun(r.t.Context(), r.connection, fmt.Sprint(person, i), "", person)
			r.harmless(err)
		case 1:
			_, _, err := r.ledger.ScheduleRun(r.t.Context(), r.connection, fmt.Sprint(person, i))
			r.harmless(err)
		}
		r.harmless(workflows.Request(context.WithoutCancel(r.t.Context()), r.temporal, r.connection.ID))
		time.Sleep(200 * time.Millisecond)
	}
}

// harmless reports an error from another goroutine than the test's.
func (r *rig) harmless(err error) {
	if err != nil {
		r.t.Error(err)
	}
}

// open counts the runs that are asked for and not ended.
func (r *rig) open() (n int) {
	runs, err := r.ledger.Runs(r.t.Context(), "", r.connection.ID, 0, 1000)
	require.NoError(r.t, err)
	for _, run := range runs {
		if run.EndedAt == nil {
			n++
		}
	}
	return n
}
