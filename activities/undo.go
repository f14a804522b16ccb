package activities

import (
	"context"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// done gives what the run to be taken back did, with what became of its records since.
func (d *draft) done() []reconcile.Deed {
	out := make([]reconcile.Deed, len(d.deeds))
	for i, deed := range d.deeds {
		out[i] = reconcile.Deed{ID: deed.ID, Operation: deed.Reconcile(), Base: deed.Base, Left: d.left(deed)}
		out[i].Link = deed.LinkID
	}
	return out
}

func (d *draft) left(deed ledger.Deed) reconcile.Left {
	switch r := d.records[deed.Side][deed.Of(deed.Side)]; {
	case deed.LeftAs == "":
		return reconcile.LeftUnknown
	case deed.LeftAs == r.Hash:
		return reconcile.LeftIntact
	}
	return reconcile.LeftTouched
}

// undoRows spells an undo for the ledger. It tells nothing of what a sync would find: no link is put to rest, no deletion
// and no walk counts as seen.
func (d *draft) undoRows() ledger.PlanRows {
	out := ledger.PlanRows{Listed: d.trees.Listed, Names: map[string]string{}, Stamp: d.stamp, Unasked: d.plan.Unasked, Closed: d.closed()}
	for _, op := range d.plan.Operations {
		if row, ok := d.operation(op); ok {
			out.Operations = append(out.Operations, row)
		}
	}
	for _, op := range d.skipped {
		out.Changed = append(out.Changed, d.notUndone(op))
	}
	for _, h := range d.plan.Holds {
		out.Holds = append(out.Holds, d.hold(h))
		out.Findings = append(out.Findings, d.heldLine(h))
	}
	return out
}

// notUndone is the line of what stays as it is.
func (d *draft) notUndone(op reconcile.Operation) ledger.Operation {
	now := time.Now().UTC()
	return ledger.Operation{
		ConnectionID: d.ID, Epoch: d.Epoch, RunID: d.run.ID, Side: op.Side, Action: ledger.SkipAction, VTigerID: op.VTiger,
		OutlookID: op.Outlook, Name: d.name(op.VTiger, op.Outlook), Outcome: ledger.Skipped, ReasonKind: op.Why.Kind, Reason: op.Why.Sentence,
		Fields: op.Fields, Native: map[string]string{}, CreatedAt: now, SettledAt: &now,
	}
}

// baseOf gives the faces that enter the base after a write. The partner of a record that was inserted again keeps its face
// of before: what it shows otherwise is its own change.
func baseOf(c ledger.Connection, op ledger.Operation, target, source map[string]string) reconcile.Base {
	if op.IsUndo() && op.Action == contact.Insert {
		return adoptedBase(c, op, target)
	}
	return base(c, op, target, source)
}

// lookForDeleted asks for what a run deleted in Outlook before that is brought back: no feed tells that a person took it out
// of the deleted items.
func (a *Activities) lookForDeleted(ctx context.Context, c ledger.Connection, book contact.Book, deeds []ledger.Deed) error {
	var ids []string
	for _, d := range deeds {
		if d.Side == contact.Outlook && d.Action == contact.Delete {
			ids = append(ids, d.OutlookID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	doubts, err := a.Ledger.Missing(ctx, c.Feed(contact.Outlook), ids)
	if err != nil {
		return err
	}
	return a.look(ctx, c.Feed(contact.Outlook), book, doubts)
}
