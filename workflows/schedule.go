package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// schedulePrefix begins the ids of the connections' schedules.
const schedulePrefix = "schedule/"

// ScheduleID is the id of a connection's schedule.
func ScheduleID(connectionID string) string { return schedulePrefix + connectionID }

// RequestSync is what a schedule starts: it asks for a run of the connection, once however often it is tried, and ends.
func RequestSync(ctx workflow.Context, connectionID string) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: time.Minute,
		Summary:             "Ask for the sync of connection " + connectionID,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, MaximumInterval: time.Minute, MaximumAttempts: 15},
	})
	key := "schedule/" + workflow.GetInfo(ctx).WorkflowExecution.RunID
	return workflow.ExecuteActivity(ctx, acts.RequestSync, connectionID, key).Get(ctx, nil)
}
