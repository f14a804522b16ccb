package vtiger

import (
	"context"
	"errors"
	"slices"

	"contactbridge/internal/contact"
)

// refusals are the codes after which vTiger has certainly stored nothing, with what to tell a person. After any other
// code it may have: a create was seen to answer INTERNAL_SERVER_ERROR and to have stored its record.
var refusals = map[string]string{
	codeDuplicate: "vTiger's duplicate check refuses this contact: another record, perhaps one that this account cannot see, has the same values.",
	codeMandatory: "A field that vTiger demands is empty.",
	codeReference: "A field refers to a record of the wrong kind.",
	codeID:        "A field refers to something that vTiger does not know.",
}

// written turns the answer of create, revise or delete into an outcome.
func written(doing string, w contact.Write, a answer, err error) contact.Written {
	if err != nil {
		return contact.Written{Outcome: outcomeOf(err), Err: err}
	}
	if a.code == "" {
		return contact.Written{Outcome: contact.Done, Record: contact.Record{ID: w.ID}}
	}
	if sentence, known := refusals[a.code]; known {
		if a.code == codeDuplicate {
			a.code = duplicateCode
		}
		return contact.Written{
			Outcome: contact.Refused,
			Err:     &contact.Error{Kind: contact.BadRecord, Doing: doing, Code: a.code, Sentence: sentence},
		}
	}
	if a.code != codeDenied {
		return contact.Written{Outcome: contact.Unclear, Err: failure(doing, a)}
	}
	if w.Action == contact.Insert {
		return contact.Written{Outcome: contact.Refused, Err: failure(doing, a)}
	}
	return contact.Written{Outcome: contact.Gone, Err: &contact.Error{
		Kind: contact.BadRecord, Doing: doing, Code: a.code,
		Sentence: "vTiger says that the record is not there or not visible.",
	}}
}

// outcomeOf sorts a write that has no answer: nothing happened, or nobody knows.
func outcomeOf(err error) contact.Outcome {
	var e *contact.Error
	switch {
	case !errors.As(err, &e) || !e.Refused:
		return contact.Unclear
	case e.Kind == contact.BadRecord:
		return contact.Refused
	}
	return contact.Postponed
}

// stop ends a batch that has become pointless: after the context's end, after a failure that the next request would meet
// as well, and after two unclear answers in succession. A write that is sent to a failing server becomes unclear, which
// costs minutes; one that is not sent costs nothing.
type stop struct {
	unclear int
	because error
}

// gateway are the statuses with which a proxy says that vTiger does not answer.
var gateway = []string{"502", "503", "504"}

// begin performs a write, or postpones it.
func (s *stop) begin(ctx context.Context, doing string, perform func() contact.Written) contact.Written {
	if s.because == nil && ctx.Err() != nil {
		s.because = &contact.Error{Kind: contact.Unavailable, Doing: doing, Refused: true, Err: ctx.Err()}
	}
	if s.because != nil {
		return contact.Written{Outcome: contact.Postponed, Err: s.because}
	}
	w := perform()
	switch w.Outcome {
	case contact.Postponed:
		s.because = w.Err
	case contact.Unclear:
		s.unclear++
		var e *contact.Error
		if errors.As(w.Err, &e) && (s.unclear > 1 || e.Err != nil || slices.Contains(gateway, e.Code)) {
			s.because = &contact.Error{Kind: e.Kind, Doing: doing, Code: e.Code, Sentence: e.Sentence, RetryAfter: e.RetryAfter, Refused: true, Err: e.Err}
		}
	default:
		s.unclear = 0
	}
	return w
}
