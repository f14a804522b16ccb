package worker

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"go.temporal.io/sdk/client"

	"contactbridge/activities"
	"contactbridge/internal/ledger"
	"contactbridge/workflows"
)

// steward mends what Temporal lacks: schedules that differ from what the connections want, and the workflows of runs that
// were asked for. The ledger is what counts; Temporal may be emptied at any time.
type steward struct {
	client    client.Client
	schedules workflows.Schedules
	acts      *activities.Activities
	Options
}

func newSteward(c client.Client, a *activities.Activities, o Options) *steward {
	o.Namespace, o.Look = cmp.Or(o.Namespace, client.DefaultNamespace), cmp.Or(o.Look, lookEvery)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &steward{c, workflows.Schedules{Client: c}, a, o}
}

// work looks again and again until ctx ends. Of all workers one looks at a time.
func (s *steward) work(ctx context.Context) {
	for {
		if err := s.look(ctx); err != nil && ctx.Err() == nil {
			s.Log.Warn("what Temporal lacks could not be mended; it is tried again", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(s.Look):
		}
	}
}

// lookEvery lets a schedule that was lost fire within its interval and less than a minute.
const lookEvery = 30 * time.Second

// lookLease bounds how long a worker that was killed while it looked keeps the others from looking.
const lookLease = 30 * time.Second

func (s *steward) look(ctx context.Context) error {
	// Without them runs are not found by what they did, and sync all the same.
	unprepared := workflows.Prepare(ctx, s.client, s.Namespace)
	s.acts.Searchable.Store(unprepared == nil)
	held, _, release, err := s.acts.Ledger.HoldLease(ctx, lookLease, "steward")
	if errors.Is(err, ledger.ErrHeld) {
		return unprepared
	}
	if err != nil {
		return errors.Join(unprepared, err)
	}
	defer release()
	return errors.Join(unprepared, s.mendSchedules(held), s.mendRuns(held))
}

// mendSchedules makes, changes and removes what differs.
func (s *steward) mendSchedules(ctx context.Context) error {
	wanted, err := s.acts.Ledger.Schedules(ctx, "")
	if err != nil {
		return err
	}
	there, err := s.schedules.List(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, w := range wanted {
		want := workflows.Schedule{Connection: w.ConnectionID, Every: w.Every, Offset: w.Offset(), Paused: w.Paused}
		if have, found := there[w.ConnectionID]; !found || have != want {
			failed = errors.Join(failed, s.schedules.Put(ctx, want))
		}
		delete(there, w.ConnectionID)
	}
	for connection := range there {
		failed = errors.Join(failed, s.schedules.Remove(ctx, connection))
	}
	return failed
}

// unserved is how long a run may wait for its workflow before somebody asks again.
const unserved = 20 * time.Second

// mendRuns asks for the workflows of runs that none serves: it was terminated, Temporal was emptied, or the request was lost.
func (s *steward) mendRuns(ctx context.Context) error {
	open, err := s.acts.Ledger.OpenRuns(ctx, min(unserved, s.Look))
	if err != nil {
		return err
	}
	var failed error
	for _, connection := range open {
		working, err := s.schedules.Working(ctx, connection)
		if err == nil && !working {
			err = s.acts.Request(ctx, connection)
		}
		failed = errors.Join(failed, err)
	}
	return failed
}
