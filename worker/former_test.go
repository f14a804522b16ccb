package worker_test

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"contactbridge/activities"
	"contactbridge/workflows"
)

var acts *activities.Activities

// formerSync is SyncConnection as it was before it had versions: what a worker runs that nobody has updated yet. It must
// stay as it is; the commands that it gives are what counts.
func formerSync(ctx workflow.Context, connectionID string) error {
	requests := workflow.GetSignalChannel(ctx, workflows.SignalRequest)
	for {
		formerDrain(requests)
		more, err := formerServe(ctx, connectionID)
		switch {
		case formerDrain(requests) || more:
		case err != nil:
			return err
		default:
			return nil
		}
	}
}

func formerDrain(requests workflow.ReceiveChannel) bool {
	any := false
	for requests.ReceiveAsync(nil) {
		any = true
	}
	return any
}

func formerServe(ctx workflow.Context, connection string) (more bool, err error) {
	begun, err := formerRun(ctx, connection)
	if !begun {
		return false, nil
	}
	ending := activities.Ending{Connection: connection}
	var failed *temporal.ApplicationError
	if errors.As(err, &failed) {
		ending.Kind, ending.Sentence = failed.Type(), failed.Message()
	}
	finish := workflow.ExecuteActivity(formerOptions(ctx, "Finish"), acts.Finish, ending).Get(ctx, &more)
	return more, errors.Join(err, finish)
}

func formerRun(ctx workflow.Context, connection string) (begun bool, err error) {
	waited := false
	for range 4 {
		var observed activities.Observed
		err := workflow.ExecuteActivity(formerOptions(ctx, "Observe both sides"), acts.Observe, connection).Get(ctx, &observed)
		if err != nil || observed.Run == "" {
			return err != nil, err
		}
		var planned activities.Planned
		if err := workflow.ExecuteActivity(formerOptions(ctx, "Plan"), acts.Plan, observed.Run).Get(ctx, &planned); err != nil {
			return true, err
		}
		if planned.Young > 0 && !waited {
			waited = true
			if err := workflow.Sleep(ctx, planned.Wait); err != nil {
				return true, err
			}
			continue
		}
		if planned.Operations == 0 && planned.Unclear == 0 {
			break
		}
		applied, err := formerApply(ctx, observed.Run, planned.Summary)
		if err != nil {
			return true, err
		}
		if !applied.Replan && planned.Unclear == 0 {
			break
		}
	}
	return true, nil
}

func formerApply(ctx workflow.Context, run, summary string) (activities.Applied, error) {
	var total activities.Applied
	for {
		var applied activities.Applied
		if err := workflow.ExecuteActivity(formerOptions(ctx, summary), acts.Apply, run).Get(ctx, &applied); err != nil {
			return total, err
		}
		total.Replan = total.Replan || applied.Replan
		if !applied.Left && applied.Unclear == 0 {
			return total, nil
		}
		if applied.Wait > 0 {
			if err := workflow.Sleep(ctx, applied.Wait); err != nil {
				return total, err
			}
		}
	}
}

func formerOptions(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Minute, HeartbeatTimeout: 10 * activities.Beat, Summary: summary,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute, MaximumAttempts: 15,
		},
	})
}
