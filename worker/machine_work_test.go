package worker_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"contactbridge/activities"
)

// errAbandoned says that nobody goes on with a run until it is asked for again.
var errAbandoned = errors.New("the process died, and its run with it")

// mostTries is how often an activity is tried; Temporal does it for ten minutes.
const mostTries = 12

// work names an activity of whichever process lives.
type work func(*activities.Activities) any

func observe(a *activities.Activities) any { return a.Observe }
func plan(a *activities.Activities) any    { return a.Plan }
func apply(a *activities.Activities) any   { return a.Apply }
func finish(a *activities.Activities) any  { return a.Finish }

// do runs an activity, again after each failure as Temporal would. After a crash a new process goes on with it, or the run
// is left to whoever asks for the next one.
func (m *machine) do(what work, argument, into any) error {
	var err error
	for range mostTries {
		if m.living().isDying() {
			m.tell("a new process begins")
			m.born()
			if m.afterCrash() {
				return errAbandoned
			}
		}
		if err = m.attempt(m.living(), what, argument, into); err == nil {
			return nil
		}
		var failed *temporal.ApplicationError
		if errors.As(err, &failed) && failed.NonRetryable() {
			break
		}
		time.Sleep(3 * time.Millisecond)
	}
	return err
}

func (m *machine) attempt(p *process, what work, argument, into any) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	p.works(cancel)
	env := m.suite().NewTestActivityEnvironment()
	env.SetWorkerOptions(worker.Options{BackgroundActivityContext: ctx})
	env.RegisterActivity(p.acts)
	v, err := env.ExecuteActivity(what(p.acts), argument)
	if err == nil && into != nil {
		return v.Get(into)
	}
	return err
}

// suite has the activities' warnings told in the story.
func (m *machine) suite() *testsuite.WorkflowTestSuite {
	s := &testsuite.WorkflowTestSuite{}
	s.SetLogger(sdklog.NewStructuredLogger(slog.New(slog.NewTextHandler(teller{m}, &slog.HandlerOptions{Level: slog.LevelWarn}))))
	return s
}

type teller struct{ *machine }

func (t teller) Write(line []byte) (int, error) {
	_, text, _ := strings.Cut(strings.TrimSpace(string(line)), "error=")
	t.tell("  %s", text)
	return len(line), nil
}
