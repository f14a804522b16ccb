package worker_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/worker"
)

// Of several workers one does a chore, again and again though it fails; when it stops another goes on.
func TestAChoreIsDoneByOneWorkerAtATime(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	var first, second, together atomic.Int32
	chore := func(count *atomic.Int32) worker.Chore {
		return worker.Chore{Name: "test", Every: 10 * time.Millisecond, Log: slog.New(slog.DiscardHandler), Do: func(context.Context) error {
			if together.Add(1) > 1 {
				t.Error("two do it at once")
			}
			defer together.Add(-1)
			count.Add(1)
			return errors.New("it fails")
		}}
	}
	stopFirst := r.doing(chore(&first))
	require.Eventually(t, func() bool { return first.Load() > 3 }, 5*time.Second, time.Millisecond)
	stopSecond := r.doing(chore(&second))
	time.Sleep(200 * time.Millisecond)
	require.Zero(t, second.Load())
	stopFirst()
	require.Eventually(t, func() bool { return second.Load() > 3 }, 5*time.Second, time.Millisecond)
	stopSecond()
}

// doing runs a worker with chores until it is stopped.
func (r *rig) doing(chores ...worker.Chore) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- worker.Run(ctx, r.temporal, r.acts(3*time.Second), worker.Options{Namespace: r.namespace, Chores: chores})
	}()
	return func() {
		cancel()
		require.NoError(r.t, <-ended)
	}
}

// After the janitor was there the log holds what is younger than it is kept, and the next sync writes nothing.
func TestTheJanitorForgetsOldLines(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	r.people()
	stop := r.doing(worker.Janitor(r.ledger, 30*24*time.Hour, slog.New(slog.DiscardHandler)))
	r.sync("one")
	r.sync("two")
	stop()
	exec := func(query string) {
		_, err := r.ledger.DB().ExecContext(t.Context(), query)
		require.NoError(t, err)
	}
	exec("UPDATE operations SET settled_at = settled_at - interval '31 days'")
	exec("UPDATE runs SET requested_at = requested_at - interval '31 days', ended_at = ended_at - interval '31 days'")
	stop = r.doing(worker.Janitor(r.ledger, 30*24*time.Hour, slog.New(slog.DiscardHandler)))
	defer stop()
	require.Eventually(t, func() bool { return len(r.kinds(r.connection)) == 0 }, 10*time.Second, 10*time.Millisecond)
	r.settled(3)
}
