package activities

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// operation spells a planned operation; not ok when nothing is left to send.
func (d *draft) operation(op reconcile.Operation) (ledger.Operation, bool) {
	target := d.records[op.Side][op.Of(op.Side)]
	changes := contact.Contact{}
	for f, change := range op.Fields {
		changes[f] = change.After
	}
	row := ledger.Operation{
		ConnectionID: d.ID, Epoch: d.Epoch, RunID: d.run.ID, Side: op.Side, Action: op.Action,
		VTigerID: op.VTiger, OutlookID: op.Outlook, Name: d.name(op.VTiger, op.Outlook), Outcome: ledger.Planned,
		ReasonKind: op.Why.Kind, Reason: op.Why.Sentence, Fields: op.Fields, Native: map[string]string{},
		PlannedVTiger: d.records[contact.VTiger][op.VTiger].Hash, PlannedOutlook: d.records[contact.Outlook][op.Outlook].Hash,
		LinkID: op.Link, Undoes: op.Undoes, Relink: op.Relink, Approved: op.Approved, Claims: op.Claims, CreatedAt: d.trees.At,
	}
	if op.Action == contact.Delete {
		return row, true
	}
	row.Native = d.Settings.Mapping.Write(op.Side, changes, target.Values)
	return row, len(row.Native) > 0
}

// finding is a log line that is written once for as long as the record, its content and the reason stay the same.
func (d *draft) finding(f reconcile.Finding) ledger.Operation {
	now := time.Now().UTC()
	r := d.records[f.Side][f.Record]
	h := sha256.Sum256([]byte(string(f.Side) + "\x00" + f.Record + "\x00" + f.Why.Kind + "\x00" + r.Hash))
	question := hex.EncodeToString(h[:16])
	row := ledger.Operation{
		ConnectionID: d.ID, Epoch: d.Epoch, RunID: d.run.ID, Side: f.Side.Other(), Action: ledger.SkipAction,
		Outcome: ledger.Skipped, ReasonKind: f.Why.Kind, Reason: f.Why.Sentence + d.belongsTo(f.Owner), Question: &question,
		Fields: map[contact.Field]reconcile.FieldChange{}, Native: map[string]string{}, CreatedAt: now, SettledAt: &now,
	}
	if f.Side == contact.VTiger {
		row.VTigerID = f.Record
	} else {
		row.OutlookID = f.Record
	}
	row.Name = d.name(row.VTigerID, row.OutlookID)
	return row
}

// quiet lists the links that need no look until one of their records changes: those that were planned without an
// operation. A run that leaves a direction out says nothing of that kind.
func (d *draft) quiet(acted map[string]bool) []ledger.Quiet {
	if d.run.Direction != d.Settings.Direction {
		return nil
	}
	var out []ledger.Quiet
	for _, l := range d.trees.Links {
		v, seenV := d.records[contact.VTiger][l.VTigerID]
		o, seenO := d.records[contact.Outlook][l.OutlookID]
		busy := v.Young() || o.Young() || d.busy[contact.VTiger][l.VTigerID] || d.busy[contact.Outlook][l.OutlookID]
		if seenV && seenO && !busy && !acted[pair(l.VTigerID, l.OutlookID)] && v.Presence != ledger.Suspect && o.Presence != ledger.Suspect {
			out = append(out, ledger.Quiet{Link: l.ID, VTiger: v.Hash, Outlook: o.Hash})
		}
	}
	return out
}

// name is what a person calls the contact, for the log.
func (d *draft) name(vtigerID, outlookID string) string {
	if n := displayName(d.Settings.Mapping.Read(contact.VTiger, d.records[contact.VTiger][vtigerID].Values)); n != "" {
		return n
	}
	return displayName(d.Settings.Mapping.Read(contact.Outlook, d.records[contact.Outlook][outlookID].Values))
}

// displayName is the full name, else the company, else an e-mail address.
func displayName(c contact.Contact) string {
	name := contact.NormalText(c["givenName"] + " " + c["surname"])
	for _, f := range []contact.Field{"companyName", "emailAddresses"} {
		if name == "" {
			if lines := contact.Lines(c[f]); len(lines) > 0 {
				name = lines[0]
			}
		}
	}
	return name
}
