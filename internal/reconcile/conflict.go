package reconcile

import (
	"time"

	"contactbridge/internal/contact"
)

// CloseCall is how near to each other two saves are too near to tell which was the later one.
const CloseCall = 5 * time.Minute

// decider is what decided whose value travels.
type decider string

const (
	byNobody  decider = ""
	byChange  decider = "changed-there" // only that side changed it
	byFill    decider = "only-there"    // the pair is being linked, and only that side has a value
	byUnion   decider = "merged"        // the members that were added and removed travel
	byPolicy  decider = "conflict"
	byTime    decider = "conflict-newest"
	byMeeting decider = "conflict-first" // the pair is being linked, and both have a value
	byPerson  decider = "conflict-answered"
	byReturn  decider = "conflict-returned" // vTiger went back to what our own write had replaced
)

// fieldDecision says whose value of a field travels, and what decided that.
type fieldDecision struct {
	source contact.Side
	by     decider
}

// conflict tells whether the decision gives up a value.
func (d fieldDecision) conflict() bool {
	return d.by != byNobody && d.by != byChange && d.by != byFill && d.by != byUnion
}

// settleConflict decides a field that both sides changed to different values, or that vTiger took back. byNobody: a
// person is asked.
func (p *planner) settleConflict(l Link, s contact.Shape, now Faces, returned bool) fieldDecision {
	d := p.Policy.winner(s)
	switch {
	case d.by != byNobody:
	case p.Policy.Conflict == NewestWins:
		d = fieldDecision{p.newer(l), byTime}
	default:
		return p.askConflict(l, s, now, returned)
	}
	switch {
	case returned:
		d.by = byReturn
	case l.ID == 0 && d.by == byPolicy:
		d.by = byMeeting
	}
	return d
}

// winner is whose value a conflict keeps without a look at the records: the source where values travel one way only, else
// whom the policy names. byNobody: the policy names none.
func (p Policy) winner(s contact.Shape) fieldDecision {
	switch {
	case !p.may(s, contact.VTiger):
		return fieldDecision{contact.VTiger, byPolicy}
	case !p.may(s, contact.Outlook), p.Conflict == OutlookWins:
		return fieldDecision{contact.Outlook, byPolicy}
	case p.Conflict == NewestWins, p.Conflict == AskFirst:
		return fieldDecision{}
	}
	return fieldDecision{contact.VTiger, byPolicy}
}

// newer is the side whose record of the link was saved later.
func (p *planner) newer(l Link) contact.Side {
	return Newer(p.trueTime(contact.VTiger, l.VTiger), p.trueTime(contact.Outlook, l.Outlook))
}

// Newer is the side that was saved later, by times of one clock. Within CloseCall, and when a time is not known (zero), it
// is vTiger.
func Newer(v, o time.Time) contact.Side {
	if !v.IsZero() && !o.IsZero() && o.Sub(v) > CloseCall {
		return contact.Outlook
	}
	return contact.VTiger
}

// trueTime is when a record was saved, by our clock; zero when that is not known.
func (p *planner) trueTime(side contact.Side, id string) time.Time {
	changed := p.Of(side)[id].Changed
	if changed.IsZero() {
		return changed
	}
	return changed.Add(-p.Ahead[side])
}

// askConflict leaves a field to a person. The question is the same for as long as both sides show the same.
func (p *planner) askConflict(l Link, s contact.Shape, now Faces, returned bool) fieldDecision {
	q := question(ConflictHold, l.VTiger, l.Outlook, string(s.Field), s.Type.Normal(now.VTiger, s.Region), s.Type.Normal(now.Outlook, s.Region))
	answer := p.Answers[q]
	switch answer.Verdict {
	case TakeVTiger, Approve:
		return fieldDecision{contact.VTiger, byPerson}
	case TakeOutlook:
		return fieldDecision{contact.Outlook, byPerson}
	}
	p.hold(Hold{
		Kind: ConflictHold, Question: q, Side: contact.Outlook, VTiger: l.VTiger, Outlook: l.Outlook,
		Field: s.Field, Values: now, Answer: answer, Why: whyAsk(s.Field, returned),
	})
	return fieldDecision{}
}
