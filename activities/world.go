package activities

import (
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// world is what the plan is made from.
func (d *draft) world() reconcile.World {
	return reconcile.World{
		Policy: policyOf(d.Connection, d.run), Shapes: d.shapes, Links: d.links(),
		VTiger: d.tree(contact.VTiger), Outlook: d.tree(contact.Outlook),
		Now: time.Now().UTC(), Ahead: d.ahead, Answers: d.answers(), Instance: d.instance(), Enters: d.enters(),
	}
}

// enters tells of what an insert writes into vTiger whether the connection's conditions are met by it; nil without any.
func (d *draft) enters() func(contact.Contact) bool {
	if len(d.Settings.Conditions) == 0 {
		return nil
	}
	return func(made contact.Contact) bool {
		return d.Settings.Conditions.Admit(d.Settings.Mapping.Write(contact.VTiger, made, nil))
	}
}

// answers are what people said, with an empty answer to what still waits.
func (d *draft) answers() map[string]reconcile.Answer {
	out := make(map[string]reconcile.Answer, len(d.trees.Holds))
	for _, h := range d.trees.Holds {
		out[h.Question] = h.Answer()
	}
	return out
}

// instance is what the whole vTiger said, as it concerns this connection.
func (d *draft) instance() map[string][]reconcile.Hit {
	out := make(map[string][]reconcile.Hit, len(d.trees.Hits))
	for address, holders := range d.trees.Hits {
		hits := make([]reconcile.Hit, len(holders))
		for i, h := range holders {
			hits[i] = reconcile.Hit{ID: h.ID, Owner: h.Owner, InScope: d.Owns(h.Owner) && d.member(h.ID)}
		}
		out[address] = hits
	}
	return out
}

func (d *draft) links() []reconcile.Link {
	out := make([]reconcile.Link, len(d.trees.Links))
	for i, l := range d.trees.Links {
		out[i] = l.Reconcile()
	}
	return out
}

// tree gives one side as this connection sees it: a vTiger record of an owner who is not in its scope, and what its filters
// leave out, are outside.
func (d *draft) tree(side contact.Side) reconcile.Tree {
	out := reconcile.Tree{}
	for id, r := range d.records[side] {
		if r.Presence == ledger.Suspect {
			continue // nobody looked yet: it says nothing
		}
		stranger := !d.linked[side][id]
		seen := reconcile.Seen{
			ID: id, Presence: r.Presence, Stamp: r.Stamp, Busy: r.Young() || d.busy[side][id] || (stranger && d.hidden[side]),
			Untouched: side == contact.VTiger && untouched(r.Version, r.Values), Changed: r.Changed, Known: d.trees.Known[side][id],
			Foreign: side == contact.VTiger && r.Owner != d.UserID,
		}
		if side == contact.VTiger && d.unsure[id] && !d.seen(r) {
			seen.Busy = true
		}
		switch {
		case r.Presence != contact.Present:
		case side == contact.VTiger && !d.Owns(r.Owner):
			seen.Presence = contact.Outside
		case !d.admits(side, r):
			seen.Presence, seen.Excluded = contact.Outside, true
		}
		if seen.Presence == contact.Present || seen.Excluded {
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

// admits tells whether the connection's filters let a record of a side be in its scope.
func (d *draft) admits(side contact.Side, r ledger.Record) bool {
	if side == contact.Outlook {
		return d.Settings.Categories().Admit(r.Values[string(reconcile.CategoriesField)])
	}
	return d.member(r.ID) && d.Settings.Conditions.Admit(r.Values)
}

// member tells whether a vTiger record is among the saved filter's members. A link made since they were listed keeps its
// record in until the next listing.
func (d *draft) member(id string) bool {
	return d.trees.Members == nil || d.trees.Members[id] || d.linkedAt[id].After(d.trees.Listed)
}

func (d *draft) stamp(source contact.Side, record string, generation int) string {
	return reconcile.Stamp(d.identity, source, record, generation)
}

// policyOf is the connection's settings and the run's direction as the planner takes them. A vTiger record is removed for
// leaving Outlook's scope only where deletions may travel there too.
func policyOf(c ledger.Connection, run ledger.Run) reconcile.Policy {
	s := c.Effective()
	removes := s.OnScopeExit == ledger.RemoveCopy
	return reconcile.Policy{
		Direction: s.Direction, Run: run.Direction, Conflict: s.ConflictPolicy, DeleteWins: s.DeleteVersus == "deleteWins",
		Deletes:     map[contact.Side]bool{contact.VTiger: s.DeleteInVTiger, contact.Outlook: s.DeleteInOutlook},
		RemoveCopy:  map[contact.Side]bool{contact.VTiger: removes && s.DeleteInVTiger, contact.Outlook: removes},
		AskInstance: true, Elsewhere: s.ExistsElsewhere, Categories: s.Categories(), SyncFrom: syncFrom(c),
		NoInsert: map[contact.Side]bool{contact.VTiger: c.Rules.Caps.NoCreateInVTiger},
		NoDelete: map[contact.Side]bool{contact.VTiger: c.Rules.Caps.NoDeleteInVTiger},
	}
}

// syncFrom is when the day begins, for the vTiger user, from which records start to flow; zero when all do. In a time zone
// that this machine does not know it begins as in UTC.
func syncFrom(c ledger.Connection) time.Time {
	if c.Settings.SyncFrom == "" {
		return time.Time{}
	}
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	day, err := time.ParseInLocation(time.DateOnly, c.Settings.SyncFrom, zone)
	if err != nil {
		return time.Time{} // the API takes dates only
	}
	return day.UTC()
}
