package worker_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"golang.org/x/sync/errgroup"

	"contactbridge/activities"
	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/workflows"
)

// atTheTurn does something once, after the workflow has decided to go on as a new one and before Temporal hears of it.
type atTheTurn struct {
	once sync.Once
	do   func()
}

func (x *atTheTurn) CheckCallAllowed(_ context.Context, _ string, call, _ any) error {
	completed, is := call.(*workflowservice.RespondWorkflowTaskCompletedRequest)
	if is && turns(completed.GetCommands()) {
		x.once.Do(x.do)
	}
	return nil
}

func turns(commands []*commandpb.Command) bool {
	for _, c := range commands {
		if c.GetCommandType() == enumspb.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION {
			return true
		}
	}
	return false
}

// A workflow that was asked for so often that its history is long goes on as a new one, and loses nothing: what was asked for
// before, while it decided so, and afterwards is served once each, in order.
func TestALongHistoryGoesOnAsANewWorkflow(t *testing.T) {
	t.Parallel()
	const signals = 2100 // each is an event
	r := newStage(t, nil, nil)
	turn, turned := &atTheTurn{}, make(chan string, 1)
	var err error
	r.temporal, err = client.Dial(client.Options{HostPort: r.address, Namespace: r.namespace, TrafficController: turn})
	require.NoError(t, err)
	t.Cleanup(r.temporal.Close)
	ask := func(d contact.Direction) string { // of a direction of its own, so that it joins no run that waits
		r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "Asked " + string(d), "email": string(d) + "@long.example"})
		run, err := r.ledger.RequestRun(t.Context(), r.connection, "asked "+string(d), d, r.user.ID)
		r.harmless(err)
		r.harmless(workflows.Request(t.Context(), r.temporal, r.connection.ID))
		return run.ID
	}
	turn.do = func() { turned <- ask(contact.ToVTiger) }
	release := r.microsoft.Hold("contacts.create", 1)
	r.work(r.acts(3 * time.Second))
	r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "First", "email": "first@long.example"})
	asked := []string{r.ask("first").ID}
	require.NoError(t, r.microsoft.Await(t.Context(), func(n map[string]int) bool { return n["contacts.create"] > 0 }))
	asked = append(asked, ask(contact.Both))
	var all errgroup.Group
	all.SetLimit(20)
	for range signals {
		all.Go(func() error { return workflows.Request(t.Context(), r.temporal, r.connection.ID) })
	}
	require.NoError(t, all.Wait())
	release()
	select {
	case id := <-turned:
		asked = append(asked, id, ask(contact.ToOutlook))
	case <-time.After(2 * time.Minute):
		require.Fail(t, "it did not go on as a new one")
	}
	for _, id := range asked {
		r.done([]ledger.Run{{ID: id}})
	}
	r.closed()
	r.equal()
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), len(asked))

	before, after := r.executed()
	require.Greater(t, len(before), signals)
	require.Equal(t, asked, append(begun(t, before), begun(t, after)...))
	require.Subset(t, begun(t, after), asked[2:], "what was asked for at the turn")
}

// executed gives the events of the workflow that went on as a new one, and all that came after it.
func (r *rig) executed() (before, after []*historypb.HistoryEvent) {
	list, err := r.temporal.ListWorkflow(r.t.Context(), &workflowservice.ListWorkflowExecutionsRequest{
		Query: fmt.Sprintf("WorkflowId = %q AND ExecutionStatus = 'ContinuedAsNew'", workflows.ID(r.connection.ID)),
	})
	require.NoError(r.t, err)
	require.Len(r.t, list.GetExecutions(), 1)
	before = r.events(list.GetExecutions()[0].GetExecution().GetRunId())
	next := before[len(before)-1].GetWorkflowExecutionContinuedAsNewEventAttributes().GetNewExecutionRunId()
	after = r.events(next)
	// What was asked for when that had ended began another one.
	now, err := r.temporal.DescribeWorkflow(r.t.Context(), workflows.ID(r.connection.ID), "")
	require.NoError(r.t, err)
	if id := now.WorkflowExecution.RunID; id != next {
		after = append(after, r.events(id)...)
	}
	return before, after
}

// events is the history of one execution.
func (r *rig) events(runID string) (all []*historypb.HistoryEvent) {
	for it := r.temporal.GetWorkflowHistory(r.t.Context(), workflows.ID(r.connection.ID), runID, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); it.HasNext(); {
		event, err := it.Next()
		require.NoError(r.t, err)
		all = append(all, event)
	}
	return all
}

// begun names the runs that were begun, in order; what a run observes again is no other run.
func begun(t *testing.T, events []*historypb.HistoryEvent) (runs []string) {
	for _, e := range events {
		var o activities.Observed
		result := e.GetActivityTaskCompletedEventAttributes().GetResult()
		if converter.GetDefaultDataConverter().FromPayloads(result, &o) == nil && o.Run != "" {
			runs = append(runs, o.Run)
		}
	}
	return slices.Compact(runs)
}
