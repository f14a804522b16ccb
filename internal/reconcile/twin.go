package reconcile

import "contactbridge/internal/contact"

// twins takes out of vTiger's strangers those that an insert of ours made beside the record that a link holds: its first
// request got no answer, was sent again, and was executed all the same. Being ours, such a twin is deleted whatever the
// switches say, unless somebody saved it since. A copy that a user makes in vTiger carries no stamp and is no twin; of two
// records of which no link holds one, neither is.
func (p *planner) twins(m *matching) {
	if !p.Policy.Direction.Allows(contact.VTiger) {
		return
	}
	held, others := p.heldStamps(), p.out.Operations
	p.out.Operations = nil
	for _, id := range p.ids(contact.VTiger) {
		r := p.VTiger[id]
		l, twin := held[r.Stamp]
		if !twin || l.VTiger == id || !m.strangers[contact.VTiger][id] {
			continue
		}
		delete(m.strangers[contact.VTiger], id)
		delete(m.open[contact.VTiger], id)
		switch {
		case p.VTiger[l.VTiger].Busy || p.Outlook[l.Outlook].Busy:
			// The fate of the record that is to stay is not known yet.
		case r.Untouched && !r.Foreign:
			m.free[contact.VTiger].remove(m.keys[contact.VTiger][id].put, id)
			m.stamps[contact.VTiger][r.Stamp]--
			p.operate(deletion(contact.VTiger, Link{VTiger: id}, r.Contact, whyTwin))
		default:
			p.find(contact.VTiger, id, whyTwinEdited)
		}
	}
	// First, for a batch may end anywhere: once the linked record's own deletion is done, nothing tells a twin any more.
	p.out.Operations = append(p.out.Operations, others...)
}

// heldStamps gives the links whose vTiger record lives and shows the stamp of our insert of their Outlook record.
func (p *planner) heldStamps() map[string]Link {
	out := map[string]Link{}
	for _, l := range p.Links {
		v := p.VTiger[l.VTiger]
		if v.Presence != contact.Present || v.Stamp == "" {
			continue
		}
		for _, expected := range p.Outlook[l.Outlook].Expected {
			if expected == v.Stamp {
				out[v.Stamp] = l
			}
		}
	}
	return out
}

// deletion is the operation that deletes a link's record on a side, or the only one that l names, keeping what it showed.
func deletion(side contact.Side, l Link, shown contact.Contact, w Why) Operation {
	op := Operation{
		Side: side, Action: contact.Delete, Link: l.ID, VTiger: l.VTiger, Outlook: l.Outlook,
		Fields: map[contact.Field]FieldChange{}, Why: w,
	}
	for f, value := range shown {
		op.Fields[f] = FieldChange{Before: value}
	}
	return op
}
