// Package worker runs: it registers workflows and activities and works until its context ends.
package worker

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"contactbridge/activities"
	"contactbridge/workflows"
)

// grace is how long a stopping worker lets activities settle what they sent; a request takes at most 30 seconds.
const grace = 35 * time.Second

// Run works until ctx ends, then lets running activities stop.
func Run(ctx context.Context, c client.Client, a *activities.Activities) error {
	w := worker.New(c, workflows.TaskQueue, worker.Options{WorkerStopTimeout: grace})
	w.RegisterWorkflow(workflows.SyncConnection)
	w.RegisterActivity(a)
	if err := w.Start(); err != nil {
		return fmt.Errorf("start the worker: %w", err)
	}
	<-ctx.Done()
	w.Stop()
	return nil
}
