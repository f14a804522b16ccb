package activities

import (
	"context"
	"errors"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// ensurePreviewed refuses to plan by what a person has seen no preview of: it was changed after the run was asked for.
func ensurePreviewed(c ledger.Connection, run ledger.Run) error {
	if run.Scope == 0 || run.Scope == c.ScopeVersion || !c.NeedsPreview() {
		return nil
	}
	return &contact.Error{
		Kind: contact.BadInput, Doing: "plan by changed settings",
		Sentence: "Mapping, filter, scope, folder or mailbox changed after this sync was asked for; preview the next one.",
	}
}

// honour leaves of a plan only what the preview shows that the run applies: the rest waits for the next run, and what the
// preview shows besides is listed. Of a preview of other settings nothing is left.
func (a *Activities) honour(ctx context.Context, c ledger.Connection, run ledger.Run, rows *ledger.PlanRows) error {
	preview, err := a.Ledger.Run(ctx, run.Applies)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) { // one that was forgotten shows nothing
		return err
	}
	shown, err := a.Ledger.Previewed(ctx, run.Applies)
	if err != nil {
		return err
	}
	sent, err := a.Ledger.AppliedOf(ctx, run.Applies)
	if err != nil {
		return err
	}
	out := reconcile.Honour(planned(rows.Operations), planned(shown), planned(sent))
	for i := range rows.Operations {
		rows.Operations[i].Waits = !out.Send[i] || !preview.Shows(c)
	}
	if !preview.Shows(c) {
		out = reconcile.Honour(nil, planned(shown), planned(sent))
	}
	for _, i := range out.Changed {
		rows.Changed = append(rows.Changed, changedSince(run, shown[i], time.Now().UTC()))
	}
	return nil
}

// planned gives operations as the planner made them.
func planned(ops []ledger.Operation) []reconcile.Operation {
	out := make([]reconcile.Operation, len(ops))
	for i, op := range ops {
		out[i] = op.Reconcile()
	}
	return out
}

// changedSince is the line of an operation that the preview shows and that is no longer so.
func changedSince(run ledger.Run, op ledger.Operation, now time.Time) ledger.Operation {
	return ledger.Operation{
		ConnectionID: op.ConnectionID, Epoch: op.Epoch, RunID: run.ID, Side: op.Side, Action: op.Action, VTigerID: op.VTigerID,
		OutlookID: op.OutlookID, Name: op.Name, Outcome: ledger.Discarded, ReasonKind: ledger.PreviewChanged,
		Reason: "It changed since the preview, so it was not sent.", Fields: op.Fields, Native: map[string]string{},
		CreatedAt: now, SettledAt: &now,
	}
}

// sending lists the operations that the run may send.
func sending(rows ledger.PlanRows) []ledger.Operation {
	var out []ledger.Operation
	for _, op := range rows.Operations {
		if !op.Waits {
			out = append(out, op)
		}
	}
	return out
}
