package activities

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
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

// seen tells whether a reading of this run showed the record.
func (d *draft) seen(r ledger.Record) bool { return !r.SeenAt.Before(d.run.FreshAfter) }

// unseen lists the vTiger records without a link that the plan would link, or insert in this run, and the twins of which
// it would delete one, as far as no reading of this run showed them.
func (d *draft) unseen(rows ledger.PlanRows) []string {
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
	left := d.run.Batch
	for _, op := range rows.Operations {
		for _, id := range d.twins(op) {
			add(id)
		}
		if op.Action != contact.Insert || op.Side != contact.Outlook {
			continue
		}
		if left--; d.run.Batch > 0 && left < 0 {
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

func (d *draft) stamp(source contact.Side, record string, generation int) string {
	return reconcile.Stamp(d.identity, source, record, generation)
}

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
		CreatedAt: time.Now().UTC(),
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
		Outcome: ledger.Skipped, ReasonKind: f.Why.Kind, Reason: f.Why.Sentence, Question: &question,
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
		busy := v.Young || o.Young || d.busy[contact.VTiger][l.VTigerID] || d.busy[contact.Outlook][l.OutlookID]
		if seenV && seenO && !busy && !acted[l.VTigerID+"\x00"+l.OutlookID] && v.Presence != ledger.Suspect && o.Presence != ledger.Suspect {
			out = append(out, ledger.Quiet{Link: l.ID, VTiger: v.Hash, Outlook: o.Hash})
		}
	}
	return out
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
