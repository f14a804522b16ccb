package worker_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"contactbridge/activities"
	"contactbridge/internal/devstack"
	"contactbridge/internal/ledger"
	"contactbridge/worker"
	"contactbridge/workflows"
)

// formerly runs a worker that nobody has updated yet until it is stopped.
func (r *rig) formerly(a *activities.Activities) (stop func()) {
	w := sdk.New(r.temporal, workflows.TaskQueue, sdk.Options{WorkerStopTimeout: 10 * time.Second})
	w.RegisterWorkflowWithOptions(formerSync, workflow.RegisterOptions{Name: "SyncConnection"})
	w.RegisterActivity(a)
	require.NoError(r.t, w.Start())
	return w.Stop
}

// lately runs a worker of today until it is stopped.
func (r *rig) lately(a *activities.Activities) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- worker.Run(ctx, r.temporal, a, worker.Options{Namespace: r.namespace}) }()
	return func() {
		cancel()
		require.NoError(r.t, <-ended)
	}
}

// versions counts the connection's workflows by whether today's code began them.
func (r *rig) versions() (former, today int) {
	list, err := r.temporal.ListWorkflow(r.t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Query: fmt.Sprintf("WorkflowId = %q", workflows.ID(r.connection.ID))})
	require.NoError(r.t, err)
	for _, e := range list.GetExecutions() {
		events := r.temporal.GetWorkflowHistory(r.t.Context(), e.GetExecution().GetWorkflowId(), e.GetExecution().GetRunId(), false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		marked := false
		for events.HasNext() {
			event, err := events.Next()
			require.NoError(r.t, err)
			marked = marked || event.GetMarkerRecordedEventAttributes().GetMarkerName() == "Version"
		}
		if marked {
			today++
		} else {
			former++
		}
	}
	return former, today
}

// While a new version is rolled out, workers of the old and of the new code serve the same queue: every run is done, whoever
// began it, and what one began the other finishes, in time.
func TestOldAndNewCodeSideBySide(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	begun := func(name string) ledger.Run { // a run that is held in the middle of its writes
		r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": name})
		before := r.microsoft.Count("contacts.create")
		release := r.microsoft.Hold("contacts.create", 1)
		t.Cleanup(release)
		run := r.ask(name)
		require.NoError(t, r.microsoft.Await(t.Context(), func(n map[string]int) bool { return n["contacts.create"] > before }))
		time.AfterFunc(time.Second, release)
		return run
	}
	stopFormer := r.formerly(r.acts(3 * time.Second))
	byFormer := begun("Before")
	stopLately := r.lately(r.acts(3 * time.Second))
	stopFormer()
	require.Equal(t, ledger.RunDone, r.await(byFormer).State, "what the old code began the new one finishes")

	stopFormer = r.formerly(r.acts(3 * time.Second))
	for i := range 12 {
		r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": fmt.Sprint("Together ", i)})
		r.sync(fmt.Sprint("together ", i))
	}
	byLately := begun("After")
	stopLately()
	time.Sleep(3 * time.Second) // the old code cannot read what the new one began, and breaks nothing
	stopLately = r.lately(r.acts(3 * time.Second))
	defer stopLately()
	defer stopFormer()
	require.Equal(t, ledger.RunDone, r.await(byLately).State)
	r.equal()
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 14)
	// A run may be served by the workflow of the one before, and Temporal lists them some time later.
	require.Eventually(t, func() bool {
		former, today := r.versions()
		t.Logf("workflows: %d of the old code, %d of the new one", former, today)
		return former > 0 && today > 0
	}, 20*time.Second, 500*time.Millisecond)
}

// A Temporal that is killed in the midst of a run, twice, and comes back with what it knew loses and doubles nothing: the same
// workflow goes on.
func TestTemporalKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	path, err := program()
	require.NoError(t, err)
	server, err := devstack.PrivateTemporal(t.Context(), true, func(line string) { t.Log(line) })
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	r := newScene(t)
	r.connection = r.join(r.user, nil)
	r.address, r.namespace = server.Address, server.Namespace
	r.dialTemporal(nil)
	r.strangers()
	defer r.start(path)(os.Interrupt)
	run := r.ask("killed")
	require.NoError(t, r.microsoft.Await(t.Context(), func(n map[string]int) bool { return n["contacts.create"] >= 40 }))
	require.NoError(t, server.Crash(t.Context()))
	require.Eventually(t, func() bool { return r.vtiger.Count("create") >= 40 }, 3*time.Minute, 10*time.Millisecond)
	require.NoError(t, server.Crash(t.Context()))
	run = r.await(run)
	require.Equal(t, ledger.RunDone, run.State, "%s: %s", run.Trouble, run.TroubleSentence)
	require.Len(t, r.vtiger.Contacts(), 2*each)
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 2*each)
	r.equal()
	require.Eventually(t, func() bool { return r.executions() == 1 }, 20*time.Second, 200*time.Millisecond)
	require.Empty(t, r.counts(r.sync("afterwards")))
}
