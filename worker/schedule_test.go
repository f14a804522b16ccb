package worker_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"contactbridge/activities"
	"contactbridge/internal/devstack"
	"contactbridge/internal/ledger"
	"contactbridge/worker"
	"contactbridge/workflows"
)

// quick lets a worker look for what Temporal lacks every half second instead of every minute.
func (r *rig) quick(a *activities.Activities) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- worker.Run(ctx, r.temporal, a, worker.Options{Namespace: r.namespace, Look: 500 * time.Millisecond})
	}()
	r.t.Cleanup(func() {
		stop()
		require.NoError(r.t, <-ended)
	})
}

// schedule is what Temporal has of the connection's.
func (r *rig) schedule() (workflows.Schedule, bool) {
	all, err := workflows.Schedules{Client: r.temporal}.List(r.t.Context())
	require.NoError(r.t, err)
	s, there := all[r.connection.ID]
	return s, there
}

// scheduledAs waits until Temporal's schedule is as it is to be.
func (r *rig) scheduledAs(every time.Duration, paused string) {
	r.t.Helper()
	require.Eventually(r.t, func() bool {
		s, there := r.schedule()
		return there && s.Every == every && s.Paused == paused
	}, 20*time.Second, 100*time.Millisecond, "the schedule is not every %s, paused %q", every, paused)
}

// scheduledRuns counts the connection's runs of the schedule by their state.
func (r *rig) scheduledRuns(state ledger.RunState) int {
	runs, err := r.ledger.Runs(r.t.Context(), "", r.connection.ID, 0, 1000)
	require.NoError(r.t, err)
	n := 0
	for _, run := range runs {
		if run.Scheduled && run.State == state {
			n++
		}
	}
	return n
}

// The schedule follows the settings, waits for the first run of a person, and goes with the sign-in.
func TestTheScheduleFollowsTheSettings(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	r.quick(r.acts(3 * time.Second))
	r.scheduledAs(15*time.Minute, "Syncing by itself is switched off.")
	r.change(func(s *ledger.Settings) { s.Automatic, s.IntervalMinutes = true, 7 })
	r.scheduledAs(7*time.Minute, "The first sync is a person's.")
	r.sync("first")
	r.scheduledAs(7*time.Minute, "")
	require.NoError(t, r.ledger.Allow(t.Context(), r.user.ID, false))
	r.scheduledAs(7*time.Minute, "The user may not sync.")
	require.NoError(t, r.ledger.Allow(t.Context(), r.user.ID, true))
	require.NoError(t, r.ledger.SetTrouble(t.Context(), r.connection.ID, "needs-sign-in", "Sign in again."))
	r.scheduledAs(7*time.Minute, "The mailbox needs a sign-in.")
	r.signInAs(r.user)
	r.scheduledAs(7*time.Minute, "")
	r.change(func(s *ledger.Settings) { s.Automatic = false })
	r.scheduledAs(7*time.Minute, "Syncing by itself is switched off.")
}

// A schedule that somebody deleted by hand is made again, one that somebody paused goes on, and one of a connection that is
// no more goes.
func TestWhatHappensToASchedule(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, func(s *ledger.Settings) { s.Automatic = true })
	r.quick(r.acts(3 * time.Second))
	r.sync("first")
	r.scheduledAs(15*time.Minute, "")
	handle := r.temporal.ScheduleClient().GetHandle(t.Context(), workflows.ScheduleID(r.connection.ID))
	require.NoError(t, handle.Delete(t.Context()))
	require.Eventually(t, func() bool { _, there := r.schedule(); return !there }, 10*time.Second, 20*time.Millisecond)
	r.scheduledAs(15*time.Minute, "")
	require.NoError(t, handle.Pause(t.Context(), client.SchedulePauseOptions{Note: "by hand"}))
	r.scheduledAs(15*time.Minute, "")
	_, err := r.ledger.DB().ExecContext(t.Context(), "DELETE FROM connections")
	require.NoError(t, err)
	require.Eventually(t, func() bool { _, there := r.schedule(); return !there }, 20*time.Second, 100*time.Millisecond)
}

// When the schedule fires, one run is done, which sends all that is left; a request of the schedule joins a run that waits.
func TestTheScheduleSyncs(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, func(s *ledger.Settings) { s.Automatic, s.BatchSize = true, 3 })
	r.quick(r.acts(3 * time.Second))
	r.cast.People(r.vtiger, r.microsoft)
	first := r.sync("first")
	require.Positive(t, first.Pending)
	r.scheduledAs(15*time.Minute, "")
	handle := r.temporal.ScheduleClient().GetHandle(t.Context(), workflows.ScheduleID(r.connection.ID))
	described, err := handle.Describe(t.Context())
	require.NoError(t, err)
	wanted, err := r.ledger.Schedules(t.Context(), r.user.ID)
	require.NoError(t, err)
	require.True(t, wanted[0].Next(described.Info.NextActionTimes[0].Add(-time.Minute)).Equal(described.Info.NextActionTimes[0]), "people are told the time that Temporal has")
	require.NoError(t, handle.Trigger(t.Context(), client.ScheduleTriggerOptions{}))
	require.Eventually(t, func() bool { return r.scheduledRuns(ledger.RunDone) == 1 }, 60*time.Second, 50*time.Millisecond)
	r.equal()
	require.Zero(t, r.scheduledRuns(ledger.Queued)+r.scheduledRuns(ledger.Running))

	waiting, err := r.ledger.RequestRun(t.Context(), r.current(), "waits", "", r.user.ID)
	require.NoError(t, err)
	for range 3 {
		joined, join, err := r.ledger.ScheduleRun(t.Context(), r.current(), "schedule/x")
		require.NoError(t, err)
		require.True(t, join)
		require.Equal(t, waiting.ID, joined.ID)
	}
}

// A run whose workflow was terminated, or never asked for, is served all the same, once.
func TestAnOrphanedRunIsServed(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	r.cast.People(r.vtiger, r.microsoft)
	release := r.microsoft.Hold("contacts.create", 1)
	r.quick(r.acts(3 * time.Second))
	run := r.ask("one")
	require.NoError(t, r.microsoft.Await(t.Context(), func(n map[string]int) bool { return n["contacts.create"] > 0 }))
	require.NoError(t, r.temporal.TerminateWorkflow(t.Context(), workflows.ID(r.connection.ID), "", "by hand"))
	release()
	require.Equal(t, ledger.RunDone, r.await(run).State)
	r.equal()
	lost, err := r.ledger.RequestRun(t.Context(), r.current(), "lost", "", r.user.ID)
	require.NoError(t, err)
	require.Equal(t, ledger.RunDone, r.await(lost).State)
}

// A cancelled run sends no further batch, settles what it sent, and leaves the rest to the next one.
func TestACancelledRunStops(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	for i := range 130 {
		r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": string(rune('A'+i%26)) + time.Duration(i).String()})
	}
	release := r.microsoft.Hold("contacts.create", 1)
	r.work(r.acts(3 * time.Second))
	run := r.ask("one")
	require.NoError(t, r.microsoft.Await(t.Context(), func(n map[string]int) bool { return n["contacts.create"] > 0 }))
	require.NoError(t, r.ledger.CancelRun(t.Context(), run.ID))
	release()
	require.Equal(t, ledger.RunCancelled, r.await(run).State)
	require.NoError(t, r.ledger.CancelRun(t.Context(), run.ID), "again changes nothing")
	next := r.ask("two")
	require.Less(t, r.microsoft.Count("contacts.create"), 60)
	require.Equal(t, ledger.RunDone, r.await(next).State)
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 130)
	require.Equal(t, ledger.RunCancelled, r.await(run).State)
	r.quietAfter(t)
}

// A run that finds nothing to do costs at most 25 events, however it is asked for.
func TestAnIdleScheduledRunIsShort(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, func(s *ledger.Settings) { s.Automatic = true })
	r.quick(r.acts(3 * time.Second))
	r.cast.People(r.vtiger, r.microsoft)
	r.sync("first")
	r.scheduledAs(15*time.Minute, "")
	require.NoError(t, r.temporal.ScheduleClient().GetHandle(t.Context(), workflows.ScheduleID(r.connection.ID)).Trigger(t.Context(), client.ScheduleTriggerOptions{}))
	require.Eventually(t, func() bool { return r.scheduledRuns(ledger.RunDone) == 1 }, 60*time.Second, 50*time.Millisecond)
	require.Eventually(t, func() bool {
		d, err := r.temporal.DescribeWorkflowExecution(t.Context(), workflows.ID(r.connection.ID), "")
		return err == nil && d.GetWorkflowExecutionInfo().GetCloseTime() != nil
	}, 20*time.Second, 20*time.Millisecond)
	d, err := r.temporal.DescribeWorkflowExecution(t.Context(), workflows.ID(r.connection.ID), "")
	require.NoError(t, err)
	n := d.GetWorkflowExecutionInfo().GetHistoryLength()
	t.Logf("%d events", n)
	require.LessOrEqual(t, n, int64(25))
	require.Greater(t, n, int64(10))
}

// A Temporal that lost everything gets the schedule back, and the run that waited is done once.
func TestAnEmptiedTemporal(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, func(s *ledger.Settings) { s.Automatic = true })
	r.cast.People(r.vtiger, r.microsoft)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	a := r.acts(3 * time.Second)
	go func() {
		ended <- worker.Run(ctx, r.temporal, a, worker.Options{Namespace: r.namespace, Look: 500 * time.Millisecond})
	}()
	r.sync("first")
	r.scheduledAs(15*time.Minute, "")
	stop()
	require.NoError(t, <-ended)

	r.microsoft.AddContact(r.user.Mailbox, "", mailed("While", "while@emptied.example"))
	waiting, _, err := r.ledger.ScheduleRun(t.Context(), r.current(), "waits")
	require.NoError(t, err)
	r.address, r.namespace = devstack.Namespace(t)
	r.temporal, err = client.Dial(client.Options{HostPort: r.address, Namespace: r.namespace})
	require.NoError(t, err)
	t.Cleanup(r.temporal.Close)
	r.quick(r.acts(3 * time.Second))
	require.Equal(t, ledger.RunDone, r.await(waiting).State)
	r.scheduledAs(15*time.Minute, "")
	r.equal()
	require.Equal(t, 1, r.scheduledRuns(ledger.RunDone))
}
