package activities

import (
	"maps"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// draft turns the ledger's trees into a world, plans it, and turns the plan into rows.
type draft struct {
	ledger.Connection

	run      ledger.Run
	trees    ledger.Trees
	identity string
	unsure   map[string]bool // vTiger records that were looked at in vain, unless the tree says otherwise
	ahead    map[contact.Side]time.Duration
	users    map[string]string // names of vTiger's users, by id
	plan     reconcile.Plan
	asked    map[string]bool       // the writes that are asked for, resting ones included; only if something was refused before
	resting  map[string]bool       // pairs of which a write is left alone for now
	deeds    []ledger.Deed         // of an undo: what is to be taken back
	skipped  []reconcile.Operation // … and what is not

	shapes  []contact.Shape
	records map[contact.Side]map[string]ledger.Record
	linked  map[contact.Side]map[string]bool
	busy    map[contact.Side]map[string]bool
	// linkedAt is when a vTiger record's link was made.
	linkedAt map[string]time.Time
	// hidden are the sides on which an insert of ours is unclear: any stranger there may be it.
	hidden map[contact.Side]bool
}

// make plans.
func (d *draft) make() {
	d.shapes = d.Shapes()
	d.index()
	if d.run.Undoes != "" {
		d.plan, d.skipped = reconcile.Undo(d.world(), d.done())
		return
	}
	d.plan = reconcile.Make(d.world())
	d.setAside()
}

// rows spells the plan for the ledger.
func (d *draft) rows() ledger.PlanRows {
	if d.run.Undoes != "" {
		return d.undoRows()
	}
	plan := d.plan
	out := ledger.PlanRows{
		Links: plan.Links, Standing: plan.Standing, Unasked: plan.Unasked, Listed: d.trees.Listed, Names: map[string]string{}, Stamp: d.stamp,
		Walks: d.walks(), Condemned: d.condemned(), Closed: d.closed(), Mended: d.mended(),
	}
	for _, step := range plan.Links {
		out.Names[step.VTiger] = d.name(step.VTiger, step.Outlook)
	}
	acted := maps.Clone(d.resting)
	for _, op := range plan.Operations {
		if row, ok := d.operation(op); ok {
			out.Operations = append(out.Operations, row)
			acted[pair(op.VTiger, op.Outlook)] = true
		}
	}
	for _, f := range plan.Findings {
		out.Findings = append(out.Findings, d.finding(f))
	}
	for _, h := range plan.Holds {
		out.Holds = append(out.Holds, d.hold(h))
		out.Findings = append(out.Findings, d.heldLine(h))
		acted[pair(h.VTiger, h.Outlook)] = true // the next plan has to ask it again
	}
	out.Quiet = d.quiet(acted)
	return out
}

// walks are the whole walks that the plan saw. One that leaves a direction out leaves them to the next: it guards no removal
// there.
func (d *draft) walks() map[contact.Side]ledger.Listing {
	if d.run.Direction != d.Settings.Direction {
		return nil
	}
	return d.trees.Fresh
}

// index sorts the trees by id and marks what unclear operations touch.
func (d *draft) index() {
	d.records = map[contact.Side]map[string]ledger.Record{contact.VTiger: {}, contact.Outlook: {}}
	d.linked = map[contact.Side]map[string]bool{contact.VTiger: {}, contact.Outlook: {}}
	d.busy = map[contact.Side]map[string]bool{contact.VTiger: {}, contact.Outlook: {}}
	d.hidden = map[contact.Side]bool{}
	for _, r := range d.trees.VTiger {
		d.records[contact.VTiger][r.ID] = r
	}
	for _, r := range d.trees.Outlook {
		d.records[contact.Outlook][r.ID] = r
	}
	d.linkedAt = map[string]time.Time{}
	for _, l := range d.trees.Links {
		d.linkedAt[l.VTigerID] = l.CreatedAt
		d.linked[contact.VTiger][l.VTigerID], d.linked[contact.Outlook][l.OutlookID] = true, true
	}
	for _, op := range d.trees.Unclear {
		for _, side := range contact.Sides {
			d.busy[side][op.Of(side)] = true
		}
		d.hidden[op.Side] = d.hidden[op.Side] || op.Action == contact.Insert
	}
}

// young counts the records of this connection that a later reading must confirm. One that this run's reading did not show
// is gone, since a reading shows again what was young in the one before: nobody waits for it.
func (d *draft) young() int {
	n := 0
	for _, records := range d.records {
		for _, r := range records {
			if r.Young() && r.Presence == contact.Present && d.seen(r) {
				n++
			}
		}
	}
	return n
}
