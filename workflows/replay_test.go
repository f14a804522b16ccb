package workflows_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/worker"
	"google.golang.org/protobuf/encoding/protojson"

	"contactbridge/workflows"
)

// Every recorded history replays: a change of the workflow's code does not break runs that are under way.
func TestRecordedHistoriesReplay(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			replayer := worker.NewWorkflowReplayer()
			replayer.RegisterWorkflow(workflows.SyncConnection)
			require.NoError(t, replayer.ReplayWorkflowHistoryFromJSONFile(nil, file))
		})
	}
}

// Every version of the workflow has a recorded history, so that a new one cannot be forgotten.
func TestEveryVersionHasAHistory(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	require.NoError(t, err)
	recorded := map[int]bool{}
	for _, file := range files {
		recorded[versionOf(t, file)] = true
	}
	for version := range workflows.Latest + 1 {
		require.True(t, recorded[version], "record a history of version %d, see CONTRIBUTING.md", version)
	}
}

// versionOf reads the version of SyncConnection that a history was recorded with; 0 from before there were versions.
func versionOf(t *testing.T, file string) int {
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	var history historypb.History
	require.NoError(t, protojson.Unmarshal(raw, &history))
	for _, event := range history.GetEvents() {
		details := event.GetMarkerRecordedEventAttributes().GetDetails()
		if event.GetMarkerRecordedEventAttributes().GetMarkerName() != "Version" {
			continue
		}
		var change string
		version := 0
		require.NoError(t, converter.GetDefaultDataConverter().FromPayloads(details["change-id"], &change))
		require.NoError(t, converter.GetDefaultDataConverter().FromPayloads(details["version"], &version))
		if change == "sync" {
			return version
		}
	}
	return 0
}
