package workflows

import (
	"context"
	"fmt"

	"go.temporal.io/sdk/client"
)

// Request asks for the connection's workflow: it starts, or goes on when it runs already. What is wanted must stand in the
// ledger before.
func Request(ctx context.Context, c client.Client, connectionID string) error {
	options := client.StartWorkflowOptions{TaskQueue: TaskQueue, StaticSummary: "Sync of connection " + connectionID}
	_, err := c.SignalWithStartWorkflow(ctx, ID(connectionID), SignalRequest, nil, options, SyncConnection, connectionID)
	if err != nil {
		return fmt.Errorf("ask Temporal for the sync of connection %s: %w", connectionID, err)
	}
	return nil
}
