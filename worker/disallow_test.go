package worker_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"contactbridge/internal/ledger"
	"contactbridge/workflows"
)

// Who is no longer allowed stops at once: the batch on its way is the last one, what waits ends with a sentence, the clock
// asks for nothing, and nothing is deleted. Allowed again, the next sync does what is left.
func TestADisallowedUserStopsAtOnce(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, func(s *ledger.Settings) { s.Automatic = true })
	r.quick(r.acts(3 * time.Second))
	r.sync("first")
	r.scheduledAs(15*time.Minute, "")
	r.cast.People(r.vtiger, r.microsoft)
	for n := range 200 { // more than one batch
		r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": fmt.Sprintf("Many %d", n), "email": fmt.Sprintf("many%d@x.example", n)})
	}
	release := r.microsoft.Hold("contacts.create", 1)
	working := r.ask("second")
	require.NoError(t, r.microsoft.Await(t.Context(), func(n map[string]int) bool { return n["contacts.create"] > 0 }))
	waiting := r.ask("third")

	require.NoError(t, r.ledger.Allow(t.Context(), r.user.ID, false))
	for _, run := range []ledger.Run{working, waiting} {
		run = r.now(run)
		require.Equal(t, ledger.RunCancelled, run.State)
		require.Equal(t, "not-allowed", run.Trouble)
		require.Contains(t, run.TroubleSentence, "no longer allows this user to sync")
		require.Contains(t, run.TroubleSentence, "Nothing was deleted")
	}
	require.Positive(t, r.now(working).Pending)
	release()
	require.NoError(t, r.temporal.GetWorkflow(t.Context(), workflows.ID(r.connection.ID), "").Get(t.Context(), nil))
	require.Positive(t, r.now(working).Pending, "no other batch was begun")
	require.Zero(t, r.deletions())
	links, err := r.ledger.ActiveLinks(t.Context(), r.current())
	require.NoError(t, err)
	require.Positive(t, links)
	require.True(t, r.current().SignedIn)

	r.scheduledAs(15*time.Minute, "The user may not sync.")
	// The clock's request may have been on its way already.
	handle := r.temporal.ScheduleClient().GetHandle(t.Context(), workflows.ScheduleID(r.connection.ID))
	require.NoError(t, handle.Trigger(t.Context(), client.ScheduleTriggerOptions{}))
	require.NoError(t, r.temporal.GetWorkflow(t.Context(), requested(t, r, handle), "").Get(t.Context(), nil))
	_, _, err = r.ledger.ScheduleRun(t.Context(), r.current(), "clock")
	require.ErrorIs(t, err, ledger.ErrNotAllowed)
	require.Zero(t, r.scheduledRuns(ledger.Queued)+r.scheduledRuns(ledger.Running)+r.scheduledRuns(ledger.RunFailed))
	require.Empty(t, r.current().Trouble, "that an administrator wants it is no trouble of the connection")

	require.NoError(t, r.ledger.Allow(t.Context(), r.user.ID, true))
	r.scheduledAs(15*time.Minute, "")
	r.sync("fourth")
	r.equal()
	require.Zero(t, r.deletions())
}

// requested waits for the workflow that a triggered schedule starts.
func requested(t *testing.T, r *rig, handle client.ScheduleHandle) (id string) {
	require.Eventually(t, func() bool {
		d, err := handle.Describe(t.Context())
		if err != nil || len(d.Info.RecentActions) == 0 {
			return false
		}
		id = d.Info.RecentActions[len(d.Info.RecentActions)-1].StartWorkflowResult.WorkflowID
		return true
	}, 20*time.Second, 50*time.Millisecond)
	return id
}

// A run that was asked for in the moment in which the leave was taken is never begun.
func TestARunOfADisallowedUserIsNotBegun(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, 0)
	require.NoError(t, r.ledger.Allow(t.Context(), r.user.ID, false))
	run, err := r.ledger.RequestRun(t.Context(), r.current(), "late", "", r.user.ID)
	require.NoError(t, err)
	require.Empty(t, s.observed())
	run = r.now(run)
	require.Equal(t, ledger.RunCancelled, run.State)
	require.Equal(t, "not-allowed", run.Trouble)
	require.Zero(t, r.microsoft.Count("contacts.delta"))

	require.NoError(t, r.ledger.Allow(t.Context(), r.user.ID, true))
	require.NoError(t, r.ledger.SaveUsers(t.Context(), []ledger.User{{ID: r.user.ID, UserName: r.user.UserName}}))
	_, err = r.ledger.RequestRun(t.Context(), r.current(), "inactive", "", r.user.ID)
	require.NoError(t, err)
	require.Empty(t, s.observed(), "who is inactive in vTiger may not sync either")
}
