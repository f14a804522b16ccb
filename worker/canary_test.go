package worker_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/encoding/protojson"

	"contactbridge/internal/devstack"
	"contactbridge/workflows"
)

// canary is a word that stands in every field of every contact of these tests, and nowhere else.
const canary = "Zwitscherkanarie"

// recorder is a data converter that keeps every payload that crosses it, either way.
type recorder struct {
	converter.DataConverter
	mu   sync.Mutex
	seen []string
}

func newRecorder() *recorder {
	return &recorder{DataConverter: converter.GetDefaultDataConverter()}
}

func (r *recorder) note(payloads ...*commonpb.Payload) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range payloads {
		r.seen = append(r.seen, string(p.GetData()))
	}
}

func (r *recorder) ToPayload(value any) (*commonpb.Payload, error) {
	p, err := r.DataConverter.ToPayload(value)
	r.note(p)
	return p, err
}

func (r *recorder) ToPayloads(values ...any) (*commonpb.Payloads, error) {
	p, err := r.DataConverter.ToPayloads(values...)
	r.note(p.GetPayloads()...)
	return p, err
}

// singing lists the payloads that hold the canary.
func (r *recorder) singing() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for _, s := range r.seen {
		if strings.Contains(s, canary) {
			out = append(out, s)
		}
	}
	return out
}

// history is a workflow's whole history as text, payloads decoded.
func history(t *testing.T, c client.Client, id string) string {
	var out bytes.Buffer
	for it := c.GetWorkflowHistory(t.Context(), id, "", false, 0); it.HasNext(); {
		event, err := it.Next()
		require.NoError(t, err)
		raw, err := protojson.Marshal(event)
		require.NoError(t, err)
		out.Write(raw)
		for _, p := range event.GetActivityTaskCompletedEventAttributes().GetResult().GetPayloads() {
			out.Write(p.GetData())
		}
	}
	return out.String()
}

// No contact enters a workflow history, whatever a side does with it, refusals and failures included.
func TestNoContactEntersAHistory(t *testing.T) {
	t.Parallel()
	record := newRecorder()
	r := newRig(t, record, nil)
	for i := range 30 {
		r.vtiger.AddContact(r.user.ID, map[string]string{
			"firstname": canary, "lastname": fmt.Sprintf("%s %d", canary, i), "email": fmt.Sprintf("%s%d@x.example", canary, i), "description": canary,
		})
	}
	// Outlook's own: one that vTiger refuses for want of any name, and one that vTiger answers with rubbish.
	r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"personalNotes": canary})
	r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"surname": canary + " other", "givenName": canary})
	run := r.sync("first")

	require.Positive(t, r.counts(run)["insert outlook done"])
	require.NotEmpty(t, r.microsoft.Contacts(r.user.Mailbox, ""), "the contacts must have travelled")
	require.Contains(t, fmt.Sprint(r.microsoft.Contacts(r.user.Mailbox, "")), canary)
	require.NotEmpty(t, record.seen, "payloads must have been seen")
	require.Empty(t, record.singing())
	require.NotContains(t, history(t, r.temporal, workflows.ID(r.connection.ID)), canary)
}

// The test above would find a canary: one planted in an activity's result is seen.
func TestAPlantedCanaryIsFound(t *testing.T) {
	t.Parallel()
	record := newRecorder()
	address, namespace := devstack.Namespace(t)
	c, err := client.Dial(client.Options{HostPort: address, Namespace: namespace, DataConverter: record})
	require.NoError(t, err)
	defer c.Close()

	w := worker.New(c, "canary", worker.Options{})
	w.RegisterActivityWithOptions(func(context.Context) (string, error) { return canary, nil }, activity.RegisterOptions{Name: "plant"})
	w.RegisterWorkflowWithOptions(func(ctx workflow.Context) error {
		return workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 1e9}), "plant").Get(ctx, nil)
	}, workflow.RegisterOptions{Name: "planted"})
	require.NoError(t, w.Start())
	defer w.Stop()

	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "planted", TaskQueue: "canary"}, "planted")
	require.NoError(t, err)
	require.NoError(t, run.Get(t.Context(), nil))
	require.NotEmpty(t, record.singing())
	require.Contains(t, history(t, c, "planted"), canary)
}

// An idle run costs at most 25 history events.
func TestAnIdleRunIsShort(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	r.cast.People(r.vtiger, r.microsoft)
	r.sync("first")
	r.closed()
	r.sync("idle")
	events := r.closed()
	require.LessOrEqual(t, events, 25)
	require.Positive(t, events)
}

// closed waits until the connection's workflow has ended and tells how long its history is.
func (r *rig) closed() (events int) {
	require.Eventually(r.t, func() bool {
		d, err := r.temporal.DescribeWorkflowExecution(r.t.Context(), workflows.ID(r.connection.ID), "")
		events = int(d.GetWorkflowExecutionInfo().GetHistoryLength())
		return err == nil && d.GetWorkflowExecutionInfo().GetCloseTime() != nil
	}, 20*time.Second, 20*time.Millisecond)
	return events
}
