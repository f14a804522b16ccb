// Package worker runs: it registers workflows and activities and works until its context ends.
package worker

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"contactbridge/activities"
	"contactbridge/workflows"
)

// grace is how long a stopping worker lets activities settle what they sent; a request takes at most 30 seconds.
const grace = 35 * time.Second

// Options are what a worker needs besides its activities.
type Options struct {
	Namespace string        // of Temporal; empty is the default one
	Look      time.Duration // how often what is missing in Temporal is looked for; 0: every half minute
	Log       *slog.Logger  // for what is found; nil: nobody is told
	Chores    []Chore       // besides, one worker at a time
}

// Run works until ctx ends, then lets running activities and chores stop. While it works it keeps Temporal's schedules as the
// connections want them.
func Run(ctx context.Context, c client.Client, a *activities.Activities, o Options) error {
	if a.Request == nil {
		a.Request = func(ctx context.Context, connection string) error { return workflows.Request(ctx, c, connection) }
	}
	w := worker.New(c, workflows.TaskQueue, worker.Options{WorkerStopTimeout: grace})
	w.RegisterWorkflow(workflows.SyncConnection)
	w.RegisterWorkflow(workflows.RequestSync)
	w.RegisterActivity(a)
	if err := w.Start(); err != nil {
		return fmt.Errorf("start the worker: %w", err)
	}
	var busy sync.WaitGroup
	for _, chore := range o.Chores {
		busy.Go(func() { chore.run(ctx, a.Ledger) })
	}
	newSteward(c, a, o).work(ctx)
	w.Stop()
	busy.Wait()
	return nil
}
