package worker_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"contactbridge/activities"
	"contactbridge/internal/contact"
)

// asked is how a sync is asked for.
type asked struct {
	direction contact.Direction // empty: the connection's
	clock     bool              // by the schedule, not by a person
}

// errDied says that the worker died in the midst of a sync, as the story wants it.
var errDied = errors.New("the worker died")

// serve does one sync as the workflow does it: rounds of observing, planning and applying until nothing changed meanwhile.
func (s *story) serve(x *actor, how asked) error {
	c := s.connected(x)
	x.clicks++
	key := fmt.Sprintf("click %d", x.clicks)
	var err error
	if how.clock {
		require.NoError(s.t, s.ledger.SkipPreview(s.t.Context(), c))
		_, _, err = s.ledger.ScheduleRun(s.t.Context(), c, key)
	} else {
		_, err = s.ledger.RequestRun(s.t.Context(), c, key, how.direction, x.ID)
	}
	require.NoError(s.t, err)
	err = s.rounds(x.connection)
	if s.dying != nil {
		s.dying()
		s.dying = nil
		return errDied
	}
	ending := activities.Ending{Connection: x.connection}
	var failed *temporal.ApplicationError
	if errors.As(err, &failed) {
		ending.Kind, ending.Sentence = failed.Type(), failed.Message()
	}
	require.NoError(s.t, s.do(s.a.Finish, ending, nil))
	s.play(&s.after)
	return err
}

// play lets what waits for a moment of the sync happen, once.
func (s *story) play(waiting *[]func()) {
	for _, f := range *waiting {
		f()
	}
	*waiting = nil
}

// mostRounds is how often a sync plans anew.
const mostRounds = 4

func (s *story) rounds(connection string) error {
	for range mostRounds {
		var observed activities.Observed
		if err := s.do(s.a.Observe, connection, &observed); err != nil {
			return err
		}
		var planned activities.Planned
		if err := s.do(s.a.Plan, observed.Run, &planned); err != nil {
			return err
		}
		if planned.Operations == 0 && planned.Unclear == 0 {
			return nil
		}
		s.play(&s.between)
		replan, err := s.applied(observed.Run)
		if err != nil || !replan && planned.Unclear == 0 {
			return err
		}
	}
	return nil
}

// applied sends a plan to its end and tells whether another is needed.
func (s *story) applied(run string) (replan bool, err error) {
	for {
		var a activities.Applied
		if err := s.do(s.a.Apply, run, &a); err != nil {
			return false, err
		}
		replan = replan || a.Replan
		if !a.Left && a.Unclear == 0 {
			return replan, nil
		}
		time.Sleep(a.Wait)
	}
}

// mostAttempts is how often an activity is tried before its error counts.
const mostAttempts = 5

// do calls an activity as Temporal does: again while its error may pass, after as long as the error asks for.
func (s *story) do(activity, argument, result any) error {
	for attempt := 1; ; attempt++ {
		v, err := s.env.ExecuteActivity(activity, argument)
		if err == nil {
			if result != nil {
				require.NoError(s.t, v.Get(result))
			}
			return nil
		}
		var failed *temporal.ApplicationError
		if !errors.As(err, &failed) || failed.NonRetryable() || attempt == mostAttempts || s.dying != nil {
			return err
		}
		time.Sleep(failed.NextRetryDelay() + 10*time.Millisecond)
	}
}
