package reconcile

import "contactbridge/internal/contact"

// planLink decides what happens to two records known to be one person.
func (p *planner) planLink(l Link) {
	v, seenV := p.VTiger[l.VTiger]
	o, seenO := p.Outlook[l.Outlook]

	// A record that was never observed says nothing: absence is not deletion.
	// A busy one has an operation whose fate is not known yet.
	if !seenV || !seenO || v.Busy || o.Busy {
		p.keep(l)
		p.stillCondemned(l)
		return
	}
	// From here both records are known and quiet. One outside the scope freezes the link, whatever the other is:
	// leaving scope is never a deletion.
	if v.Presence == contact.Outside || o.Presence == contact.Outside {
		p.keep(l)
		p.stillCondemned(l)
		if l.State == Active {
			p.leave(l, v, o)
		}
		return
	}
	// From here each record is either present or confirmed deleted.
	if v.Presence == contact.Deleted && o.Presence == contact.Deleted {
		p.change(End, l, nil, whyBothDeleted)
		return
	}
	if v.Presence == contact.Deleted {
		p.planDeletion(l, contact.VTiger, o)
		return
	}
	if o.Presence == contact.Deleted {
		p.planDeletion(l, contact.Outlook, v)
		return
	}
	// From here both are present and in scope.
	p.keep(l)
	switch l.State {
	case OutOfScope:
		p.change(Thaw, l, nil, whyBackInScope)
	case Detached:
		p.change(Reattach, l, nil, whyRestored)
	}
	p.merge(l, v.Contact, o.Contact)
}

// planDeletion decides about a link whose record on side gone was confirmed deleted while the survivor is present.
func (p *planner) planDeletion(l Link, gone contact.Side, survivor Seen) {
	target := gone.Other()
	if l.State == Detached {
		p.keep(l)
		return
	}
	// What left the scope before it was deleted was not deleted by this connection's user.
	if l.State == OutOfScope || !p.Policy.deletes(target) || !p.Policy.Direction.Allows(target) {
		p.detach(l, gone, whyDetached(gone))
		return
	}
	if target == contact.VTiger && survivor.Foreign {
		p.detach(l, gone, whyForeign)
		return
	}
	// From here the deletion is to travel. An edit wins only if it was there when a plan first saw the deletion: later
	// ones were made by somebody who could have known.
	if !p.Policy.DeleteWins && l.Condemned != gone && p.edited(l, target, survivor.Contact) && p.Policy.Direction.Allows(gone) {
		// The survivor becomes a stranger: it is re-created only after the stranger rules were asked.
		p.survivors[target][l.Of(target)] = true
		p.change(End, l, nil, whyEditWins(gone))
		return
	}
	p.condemn(l, gone)
	if p.Answers[removalQuestion(target, l.VTiger, l.Outlook)].Verdict == Discard {
		p.detach(l, gone, whyDiscarded(target))
		return
	}
	p.keep(l)
	p.operate(deletion(target, l, survivor.Contact, whyDelete(gone)))
}

// detach keeps the link of a deletion that does not travel.
func (p *planner) detach(l Link, gone contact.Side, w Why) {
	l.State, l.Missing = Detached, gone
	p.keep(l)
	p.change(Detachal, l, nil, w)
}

// edited tells whether the survivor on side differs from its own face of the base in a field that may travel.
func (p *planner) edited(l Link, side contact.Side, survivor contact.Contact) bool {
	for _, s := range p.Shapes {
		base, agreed := l.Base[s.Field]
		if agreed && p.Policy.may(s, side.Other()) && !s.Same(base.Of(side), survivor[s.Field]) {
			return true
		}
		if !agreed && survivor[s.Field] != "" && p.Policy.may(s, side.Other()) {
			return true
		}
	}
	return false
}
