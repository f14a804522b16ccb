package activities

import (
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// hold is the row of what waits for a person.
func (d *draft) hold(h reconcile.Hold) ledger.Hold {
	row := ledger.Hold{
		ConnectionID: d.ID, Epoch: d.Epoch, Question: h.Question, Kind: h.Kind, Side: h.Side, VTigerID: h.VTiger, OutlookID: h.Outlook,
		Name: d.name(h.VTiger, h.Outlook), Field: h.Field, Shown: h.Values, Candidates: h.Candidates, Owner: h.Owner,
		Fields: map[contact.Field]reconcile.FieldChange{}, ReasonKind: h.Why.Kind, Reason: h.Why.Sentence,
		Undoes: d.run.Undoes,
	}
	if h.Operation != nil {
		row.Fields = h.Operation.Fields
	}
	return row
}

// heldLine is the log line of what waits, written once for as long as it is asked.
func (d *draft) heldLine(h reconcile.Hold) ledger.Operation {
	now, question := time.Now().UTC(), h.Question
	row := ledger.Operation{
		ConnectionID: d.ID, Epoch: d.Epoch, RunID: d.run.ID, Side: h.Side, Action: ledger.SkipAction, VTigerID: h.VTiger, OutlookID: h.Outlook,
		Name: d.name(h.VTiger, h.Outlook), Outcome: ledger.Held, ReasonKind: h.Why.Kind, Reason: h.Why.Sentence + d.belongsTo(h.Owner),
		Question: &question, Fields: map[contact.Field]reconcile.FieldChange{}, Native: map[string]string{}, CreatedAt: now, SettledAt: &now,
	}
	switch {
	case h.Operation != nil:
		row.Action, row.Fields = h.Operation.Action, h.Operation.Fields
	case h.Kind == reconcile.ConflictHold:
		row.Action, row.Fields = ledger.ConflictAction, map[contact.Field]reconcile.FieldChange{
			h.Field: {Before: h.Values.Of(h.Side), After: h.Values.Of(h.Side.Other()), Faces: h.Values, Conflict: true},
		}
	}
	return row
}

// closed lists the holds whose question this plan asks no more. It says nothing of records that it did not see, or that an
// operation keeps busy, nor of what a narrower run leaves out.
func (d *draft) closed() []int64 {
	if d.run.Direction != d.Settings.Direction {
		return nil
	}
	asked := map[string]bool{}
	for _, h := range d.plan.Holds {
		asked[h.Question] = true
	}
	var out []int64
	for _, h := range d.trees.Holds {
		if h.Undoes != d.run.Undoes {
			continue // syncs and undos know nothing of each other's questions
		}
		if !asked[h.Question] && d.looked(contact.VTiger, h.VTigerID) && d.looked(contact.Outlook, h.OutlookID) {
			out = append(out, h.ID)
		}
	}
	return out
}

// looked tells whether the plan knew what it did about a record; about none it always does.
func (d *draft) looked(side contact.Side, id string) bool {
	r, seen := d.records[side][id]
	return id == "" || seen && !r.Young() && r.Presence != ledger.Suspect && !d.busy[side][id]
}

// condemned gives the links of which the plan saw another deletion than the one before, or none any more.
func (d *draft) condemned() map[int64]contact.Side {
	out := map[int64]contact.Side{}
	for _, l := range d.trees.Links {
		if now := d.plan.Condemned[l.ID]; now != l.Condemned {
			out[l.ID] = now
		}
	}
	return out
}

// belongsTo is a sentence that names an owner; empty where there is none.
func (d *draft) belongsTo(owner string) string {
	if owner == "" {
		return ""
	}
	if name := d.users[owner]; name != "" {
		return " It belongs to " + name + "."
	}
	return " It belongs to another user or group of vTiger."
}
