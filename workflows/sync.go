// Package workflows says when: one workflow a connection serves its runs one after the other, each observing, planning,
// applying and finishing through activities.
package workflows

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"contactbridge/activities"
	"contactbridge/internal/contact"
)

// Names that clients and histories know.
const (
	TaskQueue     = "contact-bridge"
	SignalRequest = "request" // carries nothing: what is asked for stands in the ledger
	idPrefix      = "sync/"
)

// ID is the workflow id of a connection: the only workflow that syncs it.
func ID(connectionID string) string { return idPrefix + connectionID }

// most bounds how often a run plans anew because something changed while it worked; what then still differs is left to
// the next run.
const most = 4

// longHistory is when a workflow goes on as a new one.
const longHistory = 2000

// acts names the activities by method.
var acts *activities.Activities

// SyncConnection serves every queued run of a connection, in order, and ends when none is left.
func SyncConnection(ctx workflow.Context, connectionID string) error {
	s := sync{
		ctx: ctx, connection: connectionID, requests: workflow.GetSignalChannel(ctx, SignalRequest),
		version: workflow.GetVersion(ctx, "sync", workflow.DefaultVersion, latest),
	}
	for {
		s.drain()
		more, err := s.serve()
		switch {
		case s.drain() || more:
		case err != nil:
			return err
		default:
			return nil
		}
		if workflow.GetInfo(ctx).GetCurrentHistoryLength() > longHistory {
			return workflow.NewContinueAsNewError(ctx, SyncConnection, connectionID)
		}
	}
}

// The versions of SyncConnection. A new one needs a recorded history in testdata.
const (
	searchable = 1 // a run is found by user, direction and outcome, and is closed by a local activity, which costs fewer events
	foundEarly = 2 // a run that fails before both sides were observed is found too
	latest     = foundEarly
)

// sync is one execution.
type sync struct {
	version    workflow.Version
	ctx        workflow.Context
	connection string
	requests   workflow.ReceiveChannel
	ended      bool // the run was ended from outside: a person cancelled it, or may sync no more
}

// drain takes the waiting signals and tells whether there were any: a request that arrives during a run is served before
// the workflow ends.
func (s *sync) drain() bool {
	any := false
	for s.requests.ReceiveAsync(nil) {
		any = true
	}
	return any
}

// serve does one run and tells whether another waits.
func (s *sync) serve() (more bool, err error) {
	s.ended = false
	observed, err := s.run()
	if observed.Run == "" && err == nil {
		return false, nil
	}
	kind, sentence := kindOf(err)
	begun := observed
	if begun.Run == "" {
		begun = begunOf(err)
	}
	if s.version >= foundEarly && observed.Run == "" {
		s.tell(begun, userAttribute.ValueSet(begun.User), directionAttribute.ValueSet(begun.Direction))
		observed = begun
	}
	ending := activities.Ending{Connection: s.connection, Run: begun.Run, Kind: kind, Sentence: sentence}
	s.tell(observed, outcomeAttribute.ValueSet(s.outcomeOf(kind)))
	if kind != "" {
		s.show("failed: " + kind)
	}
	finish := s.finish(ending, &more)
	return more, errors.Join(err, finish)
}

// finish closes the run.
func (s *sync) finish(ending activities.Ending, more *bool) error {
	if s.version < searchable {
		return workflow.ExecuteActivity(s.options("Finish"), acts.Finish, ending).Get(s.ctx, more)
	}
	ctx := workflow.WithLocalActivityOptions(s.ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout: time.Minute, Summary: "Finish",
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute, MaximumAttempts: 15},
	})
	return workflow.ExecuteLocalActivity(ctx, acts.Finish, ending).Get(s.ctx, more)
}

// tell lets an operator find the run. It is no part of the sync, so a failure is passed over.
func (s *sync) tell(observed activities.Observed, updates ...temporal.SearchAttributeUpdate) {
	if s.version >= searchable && observed.Searchable {
		_ = workflow.UpsertTypedSearchAttributes(s.ctx, updates...)
	}
}

// outcomeOf is how a run ended, for the search: done, cancelled, or why it failed.
func (s *sync) outcomeOf(kind string) string {
	switch {
	case kind != "":
		return kind
	case s.ended:
		return "cancelled"
	}
	return "done"
}

// run observes, plans and applies, anew while something changed in between. It waits once for records that may be torn;
// what is so still is left to the next run. An empty run without an error means that none is asked for.
func (s *sync) run() (observed activities.Observed, err error) {
	waited := false
	for round := range most {
		s.show("observing both sides")
		err := workflow.ExecuteActivity(s.options("Observe both sides"), acts.Observe, s.connection).Get(s.ctx, &observed)
		if err != nil || observed.Run == "" {
			return observed, err
		}
		if round == 0 {
			s.tell(observed, userAttribute.ValueSet(observed.User), directionAttribute.ValueSet(observed.Direction), outcomeAttribute.ValueUnset())
		}
		var planned activities.Planned
		s.show("planning")
		if err := workflow.ExecuteActivity(s.options("Plan"), acts.Plan, observed.Run).Get(s.ctx, &planned); err != nil {
			return observed, err
		}
		if planned.Ended {
			return s.stop(observed)
		}
		if planned.Young > 0 && !waited {
			waited = true
			s.show("waiting for vTiger to finish saving")
			if err := workflow.Sleep(s.ctx, planned.Wait); err != nil {
				return observed, err
			}
			continue
		}
		if planned.Operations == 0 && planned.Unclear == 0 {
			break
		}
		applied, err := s.apply(observed.Run, planned)
		if err != nil {
			return observed, err
		}
		if applied.Ended && s.version >= foundEarly { // a workflow of before observes once more
			return s.stop(observed)
		}
		if !applied.Replan && planned.Unclear == 0 {
			break
		}
	}
	s.show("done")
	return observed, nil
}

// stop leaves a run that was ended from outside.
func (s *sync) stop(observed activities.Observed) (activities.Observed, error) {
	s.ended = true
	s.show("cancelled")
	return observed, nil
}

// apply sends the plan in batches, waiting out what is unclear.
func (s *sync) apply(run string, planned activities.Planned) (activities.Applied, error) {
	var total activities.Applied
	s.show(fmt.Sprintf("applying, 0 of %d done: %s", planned.Operations, planned.Summary))
	for {
		var applied activities.Applied
		err := workflow.ExecuteActivity(s.options(planned.Summary), acts.Apply, run).Get(s.ctx, &applied)
		if err != nil {
			return total, err
		}
		total.Sent += applied.Sent
		total.Replan, total.Ended = total.Replan || applied.Replan, applied.Ended
		if !applied.Left && applied.Unclear == 0 {
			return total, nil
		}
		s.show(applied.Line)
		if applied.Wait > 0 {
			s.show(applied.Line + "; waiting to look up operations whose answer never came, or for the side")
			if err := workflow.Sleep(s.ctx, applied.Wait); err != nil {
				return total, err
			}
		}
	}
}

// show sets the line that operators see in the Web UI.
func (s *sync) show(line string) { workflow.SetCurrentDetails(s.ctx, line) }

// options gives an activity its limits: beats prove that it is alive (the SDK sends them at four fifths of the time-out), so
// that a dead worker's work is taken over after twenty seconds; a side that is down is asked again for about ten minutes.
func (s *sync) options(summary string) workflow.Context {
	return workflow.WithActivityOptions(s.ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Minute,
		HeartbeatTimeout:    10 * activities.Beat,
		Summary:             summary,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute, MaximumAttempts: 15,
		},
	})
}

// begunOf reads the run that the error of an observation names.
func begunOf(err error) (begun activities.Observed) {
	var failed *temporal.ApplicationError
	if errors.As(err, &failed) && failed.HasDetails() {
		_ = failed.Details(&begun) // of another form they name none
	}
	return begun
}

// kindOf reads the kind and the sentence that an activity's error carries.
func kindOf(err error) (kind, sentence string) {
	var failed *temporal.ApplicationError
	switch {
	case err == nil:
		return "", ""
	case errors.As(err, &failed):
		return failed.Type(), failed.Message()
	}
	return string(contact.Unavailable), "The worker that did this run stopped answering."
}
