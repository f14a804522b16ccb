package activities

import (
	"context"
	"errors"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// duplicate is the code of a write that vTiger's duplicate check refused, and the kind of reason that it gets.
const duplicate = "duplicate"

// duplicates settles the writes that vTiger's duplicate check refused, by operation id. Two inserts of one batch may have
// the same record in their way: the first one takes it.
func (a *Activities) duplicates(ctx context.Context, c ledger.Connection, announced []ledger.Announced, answers []contact.Written) (map[int64]ledger.Settlement, error) {
	out := map[int64]ledger.Settlement{}
	var ids []string
	for i := range announced {
		if isDuplicate(answers[i]) && answers[i].Record.ID != "" {
			ids = append(ids, answers[i].Record.ID)
		}
	}
	taken, err := a.Ledger.Linked(ctx, c, announced[0].Operation.Side, ids)
	if err != nil {
		return nil, err
	}
	for i, x := range announced {
		if isDuplicate(answers[i]) {
			id := answers[i].Record.ID
			out[x.Operation.ID] = obstructed(c, x.Operation, answers[i], taken[id])
			taken[id] = true
		}
	}
	return out, nil
}

func isDuplicate(w contact.Written) bool {
	var e *contact.Error
	return w.Outcome == contact.Refused && errors.As(w.Err, &e) && e.Code == duplicate
}

// obstructed settles one refused write. A record of this connection's scope that no link holds is the contact that the
// insert would have made, so the two are linked; one with the insert's own stamp was made by an earlier request of it.
func obstructed(c ledger.Connection, op ledger.Operation, answer contact.Written, taken bool) ledger.Settlement {
	r, sentence := answer.Record, contact.SentenceOf(answer.Err)
	usable := op.Action == contact.Insert && r.ID != "" && c.Owns(r.Owner)
	switch {
	case usable && !taken && r.Stamp != "" && r.Stamp == op.Stamp:
		return adopted(c, op, r)
	// What takes a deletion back belongs to the partner of the deleted record, and to no other.
	case usable && !taken && !op.IsUndo():
		return ledger.Settlement{
			Operation: op, Outcome: ledger.Skipped, Record: r, Adopt: true,
			Kind: "adopted-duplicate", Sentence: sentence + " The two are one contact from now on.",
		}
	case usable && taken:
		sentence += " That one is synced with another contact already."
	}
	return ledger.Settlement{Operation: op, Outcome: ledger.Failed, Kind: duplicate, Sentence: sentence}
}
