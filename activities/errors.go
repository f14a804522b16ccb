package activities

import (
	"context"
	"errors"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// final are the kinds that no repetition can mend.
var final = map[contact.Kind]bool{contact.NeedsSignIn: true, contact.NeedsAdmin: true, contact.BadInput: true}

// translate is the border to Temporal: the kind becomes the error's type, the sentence its message, and what the side
// asked us to wait the next retry's delay. Causes go to the log and into no history.
func translate(ctx context.Context, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if errors.Is(err, ledger.ErrMoved) {
		return temporal.NewApplicationError("Somebody else changed the same thing meanwhile; it is done again.", string(contact.Unavailable))
	}
	var side *contact.Error
	if !errors.Is(err, errWaiting) {
		activity.GetLogger(ctx).Warn("an activity failed", "error", err.Error())
	}
	if !errors.As(err, &side) {
		return temporal.NewApplicationError("An internal error occurred.", string(contact.Bug))
	}
	sentence := side.Sentence
	if sentence == "" {
		sentence = "Failed to " + side.Doing + "."
	}
	return temporal.NewApplicationErrorWithOptions(sentence, string(side.Kind), temporal.ApplicationErrorOptions{
		NonRetryable: final[side.Kind], NextRetryDelay: side.RetryAfter,
	})
}

// failedIn lets a failure name the run that was begun, which the workflow does not know yet.
func failedIn(begun Observed, err error) error {
	var failed *temporal.ApplicationError
	if !errors.As(err, &failed) {
		return err
	}
	return temporal.NewApplicationErrorWithOptions(failed.Message(), failed.Type(), temporal.ApplicationErrorOptions{
		NonRetryable: failed.NonRetryable(), NextRetryDelay: failed.NextRetryDelay(), Details: []any{begun},
	})
}

// delayed shows why a run has to wait before it goes on by itself, in place of what it is doing. Where that cannot be
// shown the run waits all the same.
func (a *Activities) delayed(ctx context.Context, runID string, err error) error {
	var side *contact.Error
	if !errors.As(err, &side) || side.Sentence == "" || errors.Is(err, errWaiting) || errors.Is(err, context.Canceled) {
		return err
	}
	if side.Kind == contact.Throttled || side.Kind == contact.Unavailable {
		if e := a.Ledger.SetPhase(ctx, runID, side.Sentence); e != nil {
			activity.GetLogger(ctx).Warn("why a run waits cannot be shown", "error", e.Error())
		}
	}
	return err
}
