// Package worker runs: it registers workflows and activities and works until its context ends.
package worker

import (
	"context"
	"fmt"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"contactbridge/activities"
	"contactbridge/workflows"
)

// Run works until ctx ends, then lets running activities stop.
func Run(ctx context.Context, c client.Client, a *activities.Activities) error {
	w := worker.New(c, workflows.TaskQueue, worker.Options{})
	w.RegisterWorkflow(workflows.SyncConnection)
	w.RegisterActivity(a)
	if err := w.Start(); err != nil {
		return fmt.Errorf("start the worker: %w", err)
	}
	<-ctx.Done()
	w.Stop()
	return nil
}
