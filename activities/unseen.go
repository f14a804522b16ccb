package activities

import (
	"maps"
	"slices"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// seen tells whether a reading of this run showed the record.
func (d *draft) seen(r ledger.Record) bool { return !r.SeenAt.Before(d.run.FreshAfter) }

// unseen lists the vTiger records without a link that the plan would link, or insert in this run, and the twins of which
// it would delete one, as far as no reading of this run showed them.
func (d *draft) unseen(rows ledger.PlanRows) []string {
	if d.run.Undoes != "" {
		return nil // it knows its records, also those that are gone
	}
	ids := map[string]bool{}
	add := func(id string) {
		if r, held := d.records[contact.VTiger][id]; held && !d.seen(r) {
			ids[id] = true
		}
	}
	for _, step := range rows.Links {
		if step.Step == reconcile.Attach {
			add(step.VTiger)
		}
	}
	left := d.batch()
	for _, op := range rows.Operations {
		for _, id := range d.twins(op) {
			add(id)
		}
		if op.Action != contact.Insert || op.Side != contact.Outlook {
			continue
		}
		if left--; d.batch() > 0 && left < 0 {
			break // it is not sent in this run
		}
		add(op.VTigerID)
	}
	return slices.Sorted(maps.Keys(ids))
}

// twins lists both records where an operation deletes one because of the other: the one that is to stay must live.
func (d *draft) twins(op ledger.Operation) (ids []string) {
	if op.Side != contact.VTiger || op.Action != contact.Delete || op.OutlookID != "" {
		return nil
	}
	stamp := d.records[contact.VTiger][op.VTigerID].Stamp
	for id, r := range d.records[contact.VTiger] {
		if r.Stamp == stamp {
			ids = append(ids, id)
		}
	}
	return ids
}
