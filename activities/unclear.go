package activities

import (
	"context"
	"slices"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// settleUnclear looks up every operation whose answer never came. An insert is adopted when its stamp is found, and sent
// again only when it was looked up in vain for Settle: a server goes on with a request whose client hung up. An update or
// delete is done when its record shows it, and planned anew otherwise. It returns how many were discarded to be planned
// anew.
func (a *Activities) settleUnclear(ctx context.Context, c ledger.Connection, books map[contact.Side]contact.Book) (int, error) {
	ops, err := a.Ledger.Unsettled(ctx, c)
	if err != nil || len(ops) == 0 {
		return 0, err
	}
	var list []ledger.Settlement
	for _, side := range contact.Sides {
		of := func(insert bool) []ledger.Operation {
			return slices.DeleteFunc(slices.Clone(ops), func(op ledger.Operation) bool {
				return op.Side != side || (op.Action == contact.Insert) != insert
			})
		}
		inserts, err := a.lookUpInserts(ctx, c, side, books[side], of(true))
		if err != nil {
			return 0, err
		}
		changes, err := a.lookUpChanges(ctx, c, side, books[side], of(false))
		if err != nil {
			return 0, err
		}
		list = append(append(list, inserts...), changes...)
	}
	return toPlanAgain(list), a.Ledger.Settle(ctx, c, list)
}

// lookUpInserts asks for all stamps at once.
func (a *Activities) lookUpInserts(ctx context.Context, c ledger.Connection, side contact.Side, book contact.Book, ops []ledger.Operation) ([]ledger.Settlement, error) {
	if len(ops) == 0 {
		return nil, nil
	}
	var stamps []string
	for _, op := range ops {
		stamps = append(stamps, op.Stamp)
	}
	found, err := book.FindStamped(ctx, stamps)
	if err != nil {
		return nil, err
	}
	var list []ledger.Settlement
	for _, op := range ops {
		r, there := made(c, op, found)
		switch {
		case there:
			list = append(list, adopted(c, op, r))
		case a.overdue(op) && op.Attempts >= mostAttempts:
			list = append(list, ledger.Settlement{
				Operation: op, Outcome: ledger.Failed, Kind: "unclear",
				Sentence: "It was sent several times without a clear answer and is not there.",
			})
		case a.overdue(op):
			list = append(list, ledger.Settlement{Operation: op, Outcome: ledger.Planned})
		}
	}
	return list, nil
}

// lookUpChanges asks for the records themselves.
func (a *Activities) lookUpChanges(ctx context.Context, c ledger.Connection, side contact.Side, book contact.Book, ops []ledger.Operation) ([]ledger.Settlement, error) {
	if len(ops) == 0 {
		return nil, nil
	}
	var ids []string
	for _, op := range ops {
		ids = append(ids, op.Of(side))
	}
	sightings, err := book.Look(ctx, ids)
	if err != nil {
		return nil, err
	}
	var list []ledger.Settlement
	for i, op := range ops {
		s := ledger.Settlement{Operation: op, Outcome: ledger.Discarded, Kind: "unclear", Sentence: "The answer never came; it is planned again if it is still needed."}
		switch {
		case shown(c, op, sightings[i]):
			s.Outcome, s.Record, s.Kind, s.Sentence = ledger.Done, sightings[i].Record, "", ""
			s.Base = adoptedBase(c, op, s.Record.Values)
		case !a.overdue(op):
			continue
		}
		list = append(list, s)
	}
	return list, nil
}

// shown tells whether the record looks as if the operation took effect, as far as its side can hold what was sent.
func shown(c ledger.Connection, op ledger.Operation, s contact.Sighting) bool {
	if op.Action == contact.Delete {
		return s.Presence == contact.Deleted
	}
	if s.Presence != contact.Present {
		return false
	}
	face := c.Settings.Mapping.Read(op.Side, s.Record.Values)
	for _, shape := range c.Shapes() {
		if change, written := op.Fields[shape.Field]; written && !reconcile.Shows(shape, face[shape.Field], change.After) {
			return false
		}
	}
	return true
}

// overdue tells whether an operation was looked up long enough, by the clock that noted when it was sent.
func (a *Activities) overdue(op ledger.Operation) bool {
	return op.SentAt == nil || op.Waiting >= a.Settle.Seconds()
}

// mostAttempts is how often one run sends an insert that never gets an answer.
const mostAttempts = 3

// adoptedBase is base with the source as it was when the operation was planned: what the source shows since then is its
// own change.
func adoptedBase(c ledger.Connection, op ledger.Operation, target map[string]string) reconcile.Base {
	m := c.Settings.Mapping
	v, o := m.Read(op.Side, target), contact.Contact{}
	for f, change := range op.Fields {
		o[f] = change.Faces.Of(op.Side.Other())
	}
	if op.Side == contact.Outlook {
		v, o = o, v
	}
	return reconcile.Settle(c.Shapes(), op.Reconcile(), v, o)
}
