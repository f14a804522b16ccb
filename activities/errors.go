package activities

import (
	"context"
	"errors"

	"go.temporal.io/sdk/temporal"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// needsSignIn translates a missing refresh token.
func needsSignIn(err error) error {
	if errors.Is(err, ledger.ErrNotFound) {
		return &contact.Error{Kind: contact.NeedsSignIn, Doing: "open the mailbox", Sentence: "Nobody is signed in to the mailbox."}
	}
	return err
}

// final are the kinds that no repetition can mend.
var final = map[contact.Kind]bool{contact.NeedsSignIn: true, contact.NeedsAdmin: true, contact.BadInput: true}

// translate is the border to Temporal: the kind becomes the error's type, the sentence its message, and what the side
// asked us to wait the next retry's delay. Causes stay behind, for what they quote is not known here.
func translate(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if errors.Is(err, ledger.ErrMoved) {
		return temporal.NewApplicationError("Somebody else read the same feed; it is read again.", string(contact.Unavailable))
	}
	var side *contact.Error
	if !errors.As(err, &side) {
		return temporal.NewApplicationErrorWithCause("An internal error occurred.", string(contact.Bug), err)
	}
	sentence := side.Sentence
	if sentence == "" {
		sentence = "Failed to " + side.Doing + "."
	}
	return temporal.NewApplicationErrorWithOptions(sentence, string(side.Kind), temporal.ApplicationErrorOptions{
		NonRetryable: final[side.Kind], NextRetryDelay: side.RetryAfter,
	})
}
