package devstack_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"contactbridge/internal/devstack"
)

func startTemporal(t *testing.T) *devstack.TemporalServer {
	t.Helper()
	needTemporal(t)
	t.Setenv("CONTACTBRIDGE_TEST_TEMPORAL_ADDRESS", "")
	server, err := devstack.Temporal(t.Context(), func(line string) { t.Log(line) })
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	return server
}

func dial(t *testing.T, address, namespace string) client.Client {
	t.Helper()
	dialled, err := client.DialContext(t.Context(), client.Options{HostPort: address, Namespace: namespace})
	require.NoError(t, err)
	t.Cleanup(dialled.Close)
	return dialled
}

func namespaces(t *testing.T, from client.Client) []string {
	t.Helper()
	answer, err := from.WorkflowService().ListNamespaces(t.Context(), &workflowservice.ListNamespacesRequest{PageSize: 100})
	require.NoError(t, err)
	var names []string
	for _, namespace := range answer.GetNamespaces() {
		names = append(names, namespace.GetNamespaceInfo().GetName())
	}
	return names
}

func TestWorkflowRunsInAFreshNamespace(t *testing.T) {
	address, namespace := needTemporal(t)
	dialled := dial(t, address, namespace)
	w := worker.New(dialled, "queue", worker.Options{})
	w.RegisterWorkflowWithOptions(func(workflow.Context) (string, error) { return "done", nil },
		workflow.RegisterOptions{Name: "greet"})
	require.NoError(t, w.Start())
	defer w.Stop()
	run, err := dialled.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{TaskQueue: "queue"}, "greet")
	require.NoError(t, err)
	var answer string
	require.NoError(t, run.Get(t.Context(), &answer))
	require.Equal(t, "done", answer)
}

func TestPrivateTemporalServesUntilStopped(t *testing.T) {
	t.Setenv("TEMPORAL_ADDRESS", "production.invalid:7233")
	t.Setenv("TEMPORAL_NAMESPACE", "company")
	server := startTemporal(t)
	require.Equal(t, "default", server.Namespace)
	require.Contains(t, namespaces(t, dial(t, server.Address, server.Namespace)), "default")

	page, err := http.Get(server.UIURL)
	require.NoError(t, err)
	require.NoError(t, page.Body.Close())
	require.Equal(t, http.StatusOK, page.StatusCode)

	_, folder := server.PrivateProcess()
	require.DirExists(t, folder)
	server.Stop()
	require.NoDirExists(t, folder)
	_, err = http.Get(server.UIURL)
	require.Error(t, err)
	server.Stop()
}

func TestBorrowedTemporalIsUsedInANamespaceOfOurOwn(t *testing.T) {
	lender := startTemporal(t)
	lenders := dial(t, lender.Address, lender.Namespace)
	before := namespaces(t, lenders)

	t.Setenv("CONTACTBRIDGE_TEST_TEMPORAL_ADDRESS", lender.Address)
	borrower, err := devstack.Temporal(t.Context(), func(line string) { t.Log(line) })
	require.NoError(t, err)
	t.Cleanup(borrower.Stop)
	require.Empty(t, borrower.UIURL)
	require.NotContains(t, before, borrower.Namespace)
	require.Contains(t, namespaces(t, lenders), borrower.Namespace)

	borrower.Stop()
	require.NotContains(t, namespaces(t, lenders), borrower.Namespace)
	require.Subset(t, namespaces(t, lenders), before)
	_, err = lenders.CheckHealth(t.Context(), &client.CheckHealthRequest{})
	require.NoError(t, err)
}

func TestUnreachableBorrowedTemporalIsAnError(t *testing.T) {
	ports, err := devstack.FreePorts(1)
	require.NoError(t, err)
	t.Setenv("CONTACTBRIDGE_TEST_TEMPORAL_ADDRESS", "127.0.0.1:"+itoa(ports[0]))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err = devstack.Temporal(ctx, func(string) {})
	require.ErrorContains(t, err, "reach Temporal at 127.0.0.1")
	require.NotErrorIs(t, err, devstack.ErrMissing)
}
