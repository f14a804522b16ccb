package activities

import (
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

	shapes  []contact.Shape
	records map[contact.Side]map[string]ledger.Record
	linked  map[contact.Side]map[string]bool
	busy    map[contact.Side]map[string]bool
	// linkedAt is when a vTiger record's link was made.
	linkedAt map[string]time.Time
	// hidden are the sides on which an insert of ours is unclear: any stranger there may be it.
	hidden map[contact.Side]bool
}

func (d *draft) rows() ledger.PlanRows {
	d.shapes = d.Shapes()
	d.index()
	plan := reconcile.Make(reconcile.World{
		Policy: policyOf(d.Connection, d.run), Shapes: d.shapes, Links: d.links(),
		VTiger: d.tree(contact.VTiger), Outlook: d.tree(contact.Outlook),
	})
	out := ledger.PlanRows{Links: plan.Links, Standing: plan.Standing, Listed: d.trees.Listed, Names: map[string]string{}, Stamp: d.stamp}
	for _, step := range plan.Links {
		out.Names[step.VTiger] = d.name(step.VTiger, step.Outlook)
	}
	acted := map[string]bool{}
	for _, op := range plan.Operations {
		if row, ok := d.operation(op); ok {
			out.Operations = append(out.Operations, row)
			acted[op.VTiger+"\x00"+op.Outlook] = true
		}
	}
	for _, f := range plan.Findings {
		out.Findings = append(out.Findings, d.finding(f))
	}
	for _, h := range plan.Holds {
		side, id := h.Record()
		out.Findings = append(out.Findings, d.finding(reconcile.Finding{Side: side, Record: id, Why: h.Why}))
		acted[h.VTiger+"\x00"+h.Outlook] = true // the next plan has to ask it again
	}
	out.Quiet = d.quiet(acted)
	return out
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

func (d *draft) links() []reconcile.Link {
	out := make([]reconcile.Link, len(d.trees.Links))
	for i, l := range d.trees.Links {
		out[i] = l.Reconcile()
	}
	return out
}

// tree gives one side as this connection sees it: a vTiger record of another owner is outside.
func (d *draft) tree(side contact.Side) reconcile.Tree {
	out := reconcile.Tree{}
	for id, r := range d.records[side] {
		if r.Presence == ledger.Suspect {
			continue // nobody looked yet: it says nothing
		}
		stranger := !d.linked[side][id]
		seen := reconcile.Seen{
			ID: id, Presence: r.Presence, Stamp: r.Stamp, Busy: r.Young || d.busy[side][id] || (stranger && d.hidden[side]),
			Untouched: side == contact.VTiger && untouched(r.Version, r.Values),
		}
		if side == contact.VTiger && d.unsure[id] && !d.seen(r) {
			seen.Busy = true
		}
		if r.Presence == contact.Present && side == contact.VTiger && !d.inScope(r) {
			seen.Presence = contact.Outside
		}
		if seen.Presence == contact.Present {
			seen.Contact = d.Settings.Mapping.Read(side, r.Values)
		}
		// By the stamps of linked Outlook records twins are known, also while the deletion of one still has to travel.
		linked := !stranger && side == contact.Outlook && seen.Presence != contact.Outside
		if linked || stranger && seen.Presence == contact.Present {
			for g := range reconcile.Generations {
				seen.Expected = append(seen.Expected, d.stamp(side, id, g))
			}
		}
		out[id] = seen
	}
	return out
}

// inScope tells whether a vTiger record is the connection's. A link made since the filter's members were listed keeps its
// record in until the next listing.
func (d *draft) inScope(r ledger.Record) bool {
	if r.Owner != d.UserID {
		return false
	}
	return d.trees.Members == nil || d.trees.Members[r.ID] || d.linkedAt[r.ID].After(d.trees.Listed)
}

func (d *draft) stamp(source contact.Side, record string, generation int) string {
	return reconcile.Stamp(d.identity, source, record, generation)
}

// young counts the records of this connection that a later reading must confirm.
func (d *draft) young() int {
	n := 0
	for _, records := range d.records {
		for _, r := range records {
			if r.Young && r.Presence == contact.Present {
				n++
			}
		}
	}
	return n
}
