package reconcile

import "contactbridge/internal/contact"

// leave decides about an active link of which a record is outside the scope. Leaving the scope is never a deletion: the
// link is frozen, or, where the policy says so, the copy is removed that the other side still has. An edit of the copy that
// never travelled would be lost with it, so it keeps the copy, unless deletions win over edits.
func (p *planner) leave(l Link, v, o Seen) {
	freeze := func(w Why) {
		l.State = OutOfScope
		p.change(Freeze, l, nil, w)
	}
	target, held := contact.Outlook, o
	if o.Presence == contact.Outside {
		target, held = contact.VTiger, v
	}
	switch {
	case held.Presence != contact.Present || !p.Policy.removesCopy(target) || !p.Policy.Direction.Allows(target):
		freeze(whyLeftScope)
	case target == contact.VTiger && v.Foreign:
		freeze(whyForeignStays)
	case p.Answers[removalQuestion(target, l.VTiger, l.Outlook)].Verdict == Discard:
		freeze(whyDiscarded(target))
	case !p.Policy.DeleteWins && p.edited(l, target, held.Contact):
		freeze(whyLeftEdited(target))
	default:
		p.operate(deletion(target, l, held.Contact, whyRemoved(target)))
	}
}
