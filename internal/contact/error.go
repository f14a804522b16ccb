package contact

import (
	"errors"
	"time"
)

// Kind is what an error means for the machine.
type Kind string

// The kinds of errors that a side can give.
const (
	Throttled   Kind = "throttled"     // slow down; RetryAfter when the side said how long
	Unavailable Kind = "unavailable"   // the side is down or answers rubbish; repeat later
	NeedsSignIn Kind = "needs-sign-in" // the user must sign in again
	NeedsAdmin  Kind = "needs-admin"   // an admin must change a setting, here or at the side
	BadRecord   Kind = "bad-record"    // this record only
	BadInput    Kind = "bad-input"     // what a person entered cannot work
	Bug         Kind = "bug"           // ours
)

// Error is the one error type of a side. Neither Doing nor Sentence nor the cause may hold a contact's data or a secret:
// servers quote both, so their texts are not copied, only their codes.
type Error struct {
	Kind       Kind
	Doing      string        // what was being done: "read the changes of Contacts in vTiger"
	Sentence   string        // for a person: what is wrong and what to do
	Code       string        // the side's own code, when it gave one
	RetryAfter time.Duration // Throttled: zero when the side did not say
	Refused    bool          // the connection was refused or the request never left: nothing can have happened
	Err        error
}

// Error gives what was being done and the cause.
func (e *Error) Error() string {
	s := e.Doing + ": " + string(e.Kind)
	if e.Code != "" {
		s += " (" + e.Code + ")"
	}
	if e.Sentence != "" {
		s += ": " + e.Sentence
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf finds the kind of an error; what has none is a Bug.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Bug
}

// RetryAfter finds how long the side asked us to wait; zero when it did not say.
func RetryAfter(err error) time.Duration {
	var e *Error
	if errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}

// SentenceOf finds the sentence for a person.
func SentenceOf(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Sentence != "" {
		return e.Sentence
	}
	return "An internal error occurred."
}
