package worker_test

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/graphsim"
	"contactbridge/internal/vtiger"
	"contactbridge/workflows"
)

// recordTo makes TestRecordAHistory write its history to a file: do that for every new version of the workflow.
var recordTo = flag.String("record", "", "write the history of a whole sync to this file, for workflows/testdata")

// A sync with young records, an unclear answer and a second run makes the history that workflows/testdata keeps; a run that
// fails at once makes another one beside it.
func TestRecordAHistory(t *testing.T) {
	if *recordTo == "" {
		t.Skip("records only with -record")
	}
	r := newStage(t, nil, nil)
	a := r.acts(3 * time.Second)
	a.VTiger, a.Young = fixed(vtiger.Dial(r.integration(), vtiger.WithYoung(2*time.Second))), 2*time.Second
	require.NoError(t, workflows.Prepare(t.Context(), r.temporal, r.namespace))
	a.Searchable.Store(true)
	r.work(a)
	r.cast.People(r.vtiger, r.microsoft)
	r.microsoft.Fail("contacts.create", 1, graphsim.GatewayTimeout().Committed())
	first, second := r.ask("first"), r.ask("second")
	r.await(first)
	r.await(second)
	r.closed()
	r.writeHistory(*recordTo)

	require.NoError(t, r.microsoft.RevokeTokens(r.user.Mailbox))
	require.Equal(t, ledger.RunFailed, r.await(r.ask("third")).State)
	r.closed()
	r.writeHistory(strings.TrimSuffix(*recordTo, ".json") + "-failed.json")
}

// writeHistory writes the history of the connection's latest workflow.
func (r *rig) writeHistory(to string) {
	all := &historypb.History{}
	for it := r.temporal.GetWorkflowHistory(r.t.Context(), workflows.ID(r.connection.ID), "", false, 0); it.HasNext(); {
		event, err := it.Next()
		require.NoError(r.t, err)
		all.Events = append(all.Events, event)
	}
	raw, err := protojson.MarshalOptions{Indent: " "}.Marshal(all)
	require.NoError(r.t, err)
	require.NoError(r.t, os.WriteFile(to, raw, 0o600))
}
