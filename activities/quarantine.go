package activities

import (
	"slices"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// pair names two records, one of which may be missing.
func pair(vtigerID, outlookID string) string { return vtigerID + "\x00" + outlookID }

// writing names a write, whatever its records show.
func writing(side contact.Side, action contact.Action, vtigerID, outlookID string) string {
	return string(side) + " " + string(action) + " " + pair(vtigerID, outlookID)
}

// setAside takes out of the plan what was refused and is not to be tried by this run. Its link stays awake, so that a
// later plan looks at it again.
func (d *draft) setAside() {
	d.resting, d.asked = map[string]bool{}, map[string]bool{}
	if len(d.trees.Refused) == 0 {
		return
	}
	refused := make(map[string]ledger.Quarantined, len(d.trees.Refused))
	for _, q := range d.trees.Refused {
		refused[writing(q.Side, q.Action, q.VTigerID, q.OutlookID)] = q
	}
	d.plan.Operations = slices.DeleteFunc(d.plan.Operations, func(op reconcile.Operation) bool {
		row := ledger.Operation{
			PlannedVTiger: d.records[contact.VTiger][op.VTiger].Hash, PlannedOutlook: d.records[contact.Outlook][op.Outlook].Hash,
		}
		name := writing(op.Side, op.Action, op.VTiger, op.Outlook)
		d.asked[name] = true
		q, known := refused[name]
		if !known || !q.Rests(row, d.SettingsVersion, d.run, d.trees.At) {
			return false
		}
		d.resting[pair(op.VTiger, op.Outlook)] = true
		return true
	})
}

// mended lists the refused writes that this plan asks for no more. It says nothing of what it did not see clearly, nor of
// what a narrower run leaves out.
func (d *draft) mended() []int64 {
	if d.run.Direction != d.Settings.Direction {
		return nil
	}
	var out []int64
	for _, q := range d.trees.Refused {
		if !d.asked[writing(q.Side, q.Action, q.VTigerID, q.OutlookID)] && d.looked(contact.VTiger, q.VTigerID) && d.looked(contact.Outlook, q.OutlookID) && !d.awaited(q) {
			out = append(out, q.ID)
		}
	}
	return out
}

// awaited tells whether a refused insert may be planned again as it is: its contact is a stranger still, of whom the whole
// vTiger may have to be asked first.
func (d *draft) awaited(q ledger.Quarantined) bool {
	source := q.Side.Other()
	id, hash := q.Of(source), q.VTigerHash
	if source == contact.Outlook {
		hash = q.OutlookHash
	}
	return q.Action == contact.Insert && !d.linked[source][id] && d.records[source][id].Hash == hash
}
