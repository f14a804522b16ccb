package worker_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/api/workflowservice/v1"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/workflows"
)

// details is the line that Temporal's Web UI shows of the connection's workflow.
func (r *rig) details() string {
	ctx, cancel := context.WithTimeout(r.t.Context(), 20*time.Second)
	defer cancel()
	answer, err := r.temporal.QueryWorkflow(ctx, workflows.ID(r.connection.ID), "", "__temporal_workflow_metadata")
	require.NoError(r.t, err)
	var metadata sdkpb.WorkflowMetadata
	require.NoError(r.t, answer.Get(&metadata))
	return metadata.GetCurrentDetails()
}

// attributes are the search attributes of the connection's newest workflow, as far as they are ours.
func (r *rig) attributes() map[string]string {
	d, err := r.temporal.DescribeWorkflow(r.t.Context(), workflows.ID(r.connection.ID), "")
	require.NoError(r.t, err)
	out := map[string]string{}
	for key, value := range d.TypedSearchAttributes.GetUntypedValues() {
		if text, is := value.(string); is {
			out[key.GetName()] = text
		}
	}
	return out
}

// An operator finds runs by user, direction and outcome, and sees of one that is at work its phase, how much of it is done and
// how much there is; when it is over, that it is done.
func TestRunsAreFound(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	r.quick(r.acts(3 * time.Second))
	r.scheduledAs(15*time.Minute, "Syncing by itself is switched off.") // by then the worker has looked
	const n = 230                                                       // of which an activity sends 200
	for i := range n {
		r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": string(rune('A'+i%26)) + time.Duration(i).String()})
	}
	observing := r.microsoft.Hold("delta", 1)
	run := r.ask("one")
	require.NoError(t, r.microsoft.Await(t.Context(), func(n map[string]int) bool { return n["delta"] > 0 }))
	require.Equal(t, "observing both sides", r.details())
	batch := r.halt()
	observing()
	batch.stands()
	require.Contains(t, r.details(), "applying, 0 of 230 done: ")
	require.Equal(t, map[string]string{"ContactBridgeUser": "alice", "ContactBridgeDirection": "both"}, r.attributes(), "it has no outcome yet")
	for r.microsoft.Count("contacts.create") <= 200 {
		batch = batch.next()
	}
	require.Contains(t, r.details(), "applying, 200 of 230 done: ")
	batch.release()
	require.Equal(t, ledger.RunDone, r.await(run).State)
	r.closed()
	require.Equal(t, "done", r.details())
	require.Equal(t, map[string]string{"ContactBridgeUser": "alice", "ContactBridgeDirection": "both", "ContactBridgeOutcome": "done"}, r.attributes())
	r.found(`ContactBridgeUser = "alice" AND ContactBridgeOutcome = "done" AND ContactBridgeDirection = "both"`)
}

// halted keeps back the answer to a $batch that is carried out next.
type halted struct {
	*rig
	before  int
	release func()
}

// halt orders it.
func (r *rig) halt() halted {
	return halted{r, r.microsoft.Count("batch"), r.microsoft.Hold("batch", 1)}
}

// stands waits until the $batch was carried out.
func (h halted) stands() halted {
	require.NoError(h.t, h.microsoft.Await(h.t.Context(), func(n map[string]int) bool { return n["batch"] > h.before }))
	return h
}

// next lets the answer go, and waits until the next $batch stands so.
func (h halted) next() halted {
	next := h.halt()
	h.release()
	return next.stands()
}

// found waits until one workflow fits a search of an operator's.
func (r *rig) found(query string) {
	require.Eventually(r.t, func() bool {
		found, err := r.temporal.ListWorkflow(r.t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Query: query})
		return err == nil && len(found.GetExecutions()) == 1
	}, 20*time.Second, 100*time.Millisecond, query)
}

// A run that fails on its way is found where only `migrate` prepared Temporal: by who it was for, which way it went and why
// it failed.
func TestAFailedRunIsFound(t *testing.T) {
	t.Parallel()
	path, err := program()
	require.NoError(t, err)
	r := newStage(t, nil, func(s *ledger.Settings) { s.Direction = contact.ToOutlook })
	migrates := exec.Command(path, "migrate")
	migrates.Env = append(os.Environ(), "DATABASE_URL="+r.dsn, "TEMPORAL_ADDRESS="+r.address, "TEMPORAL_NAMESPACE="+r.namespace)
	out, err := migrates.CombinedOutput()
	require.NoError(t, err, string(out))
	for i := range 30 { // two batches
		r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": fmt.Sprint("Found ", i)})
	}
	a := r.acts(3 * time.Second)
	a.Searchable.Store(true) // as the worker does when it has looked
	r.work(a)
	batch := r.halt()
	run := r.ask("revoked on its way")
	batch.stands()
	require.NoError(t, r.microsoft.RevokeTokens(r.user.Mailbox))
	require.NoError(t, r.microsoft.ExpireAccessTokens(r.user.Mailbox))
	batch.release()
	require.Equal(t, "needs-sign-in", r.await(run).Trouble)
	r.found(`ContactBridgeUser = "alice" AND ContactBridgeOutcome = "needs-sign-in" AND ContactBridgeDirection = "toOutlook"`)
	require.Equal(t, map[string]string{
		"ContactBridgeUser": "alice", "ContactBridgeDirection": "toOutlook", "ContactBridgeOutcome": "needs-sign-in",
	}, r.attributes())
}

// A run that fails before both sides were observed is found too, and its line says that it failed.
func TestARunThatFailsAtOnceIsFound(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	require.NoError(t, workflows.Prepare(t.Context(), r.temporal, r.namespace))
	a := r.acts(3 * time.Second)
	a.Searchable.Store(true)
	r.work(a)
	require.NoError(t, r.microsoft.RevokeTokens(r.user.Mailbox))
	require.Equal(t, ledger.RunFailed, r.await(r.ask("one")).State)
	r.found(`ContactBridgeUser = "alice" AND ContactBridgeOutcome = "needs-sign-in" AND ContactBridgeDirection = "both"`)
	r.closed()
	require.Equal(t, "failed: needs-sign-in", r.details())
}
