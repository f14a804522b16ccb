package reconcile

import (
	"fmt"
	"slices"
	"time"

	"contactbridge/internal/contact"
)

// GuardWindow is how far back removals count.
const GuardWindow = 24 * time.Hour

// fewRemovals never trip the share, however few links there are.
const fewRemovals = 10

// Limits are the guard's settings: more distinct links than Count, or more than Percent of the links that were active when
// the window began, are too many.
type Limits struct {
	Count   int `json:"count"`
	Percent int `json:"percent"`
}

// DefaultLimits are those of a new connection.
func DefaultLimits() Limits { return Limits{Count: 250, Percent: 25} }

// Removal is a link whose record was deleted or removed by us.
type Removal struct {
	Link     int64
	At       time.Time
	Approved bool // a person wanted it
}

// Listing is how many records the side shows from which removals come. A walk of the change feed is no complete listing.
type Listing struct {
	Records  int // present and in scope, as last observed
	Complete bool
	Before   int // of the complete listing before this one; 0 when there was none
}

// Watch is what the guard knows of one direction.
type Watch struct {
	Now     time.Time
	Limits  Limits
	Removed []Removal // on the target side, within GuardWindow or longer
	Active  int       // links that were active when the window began
	Source  Listing
}

// Guard holds the deletions and scope removals of a plan, direction by direction, when there are too many of them or when
// the side that they come from looks broken. watch is by target side. Approved ones are neither counted nor held, and a
// twin of our own making is no link. What was held stays so until a person answers: that the day is over, or that the side
// shows a contact again, approves nothing.
func Guard(p Plan, watch map[contact.Side]Watch, answers map[string]Answer) Plan {
	held := map[contact.Side]Why{}
	for _, side := range contact.Sides {
		if w, known := watch[side]; known {
			if why, tripped := w.Trips(side, unapproved(p, side, answers)); tripped {
				held[side] = why
			}
		}
	}
	out := p
	out.Operations = nil
	out.Holds = slices.Clone(p.Holds)
	for _, op := range p.Operations {
		why, holds := held[op.Side]
		switch {
		case !needsApproval(op, answers):
			op.Approved = isRemoval(op)
			holds = false
		case !holds:
			_, holds = answers[op.removal()]
			why = whyStillHeld
		}
		if !holds {
			out.Operations = append(out.Operations, op)
			continue
		}
		out.Holds = append(out.Holds, Hold{
			Kind: GuardHold, Question: op.removal(), Side: op.Side,
			VTiger: op.VTiger, Outlook: op.Outlook, Operation: &op, Why: why,
		})
	}
	return out
}

// Trips tells whether removing these links on the target side has to wait for a person, and why. It may be asked again
// before the removals are applied, with what was done since in Removed.
func (w Watch) Trips(target contact.Side, links []int64) (Why, bool) {
	if len(links) == 0 {
		return Why{}, false
	}
	n, source := w.distinct(links), target.Other()
	switch {
	case w.Source.Records == 0:
		return whyEmptySide(source), true
	case w.Source.Complete && 2*w.Source.Records < w.Source.Before:
		return whyHalved(source), true
	case n > w.Limits.Count, n >= fewRemovals && 100*n > w.Limits.Percent*w.Active:
		return whyTooMany(target, n), true
	}
	return Why{}, false
}

// distinct counts the links that were removed within the window and those that are to be, each once.
func (w Watch) distinct(links []int64) int {
	seen := map[int64]bool{}
	for _, l := range links {
		seen[l] = true
	}
	for _, r := range w.Removed {
		if !r.Approved && w.Now.Sub(r.At) < GuardWindow {
			seen[r.Link] = true
		}
	}
	return len(seen)
}

// unapproved lists the links that a plan removes on a side without a person's word.
func unapproved(p Plan, side contact.Side, answers map[string]Answer) []int64 {
	var out []int64
	for _, op := range p.Operations {
		if op.Side == side && needsApproval(op, answers) {
			out = append(out, op.Link)
		}
	}
	return out
}

// isRemoval tells whether an operation removes the record of a link.
func isRemoval(op Operation) bool { return op.Action == contact.Delete && op.Link != 0 }

// needsApproval tells whether an operation is a removal that no person approved.
func needsApproval(op Operation, answers map[string]Answer) bool {
	return isRemoval(op) && answers[op.removal()].Verdict != Approve
}

// removal asks whether an operation may remove its record. That an undo may is another question than that a sync may.
func (o Operation) removal() string {
	if len(o.Undoes) > 0 {
		return question(GuardHold, UndoKind, string(o.Side), o.VTiger, o.Outlook)
	}
	return removalQuestion(o.Side, o.VTiger, o.Outlook)
}

// removalQuestion asks whether a link's record may be removed on a side. It holds no values: it stays the same for as long
// as the removal is planned.
func removalQuestion(side contact.Side, v, o string) string {
	return question(GuardHold, string(side), v, o)
}

var whyStillHeld = Why{"guard-held", "It was held with others that a person must approve, and nobody answered yet."}

func whyEmptySide(source contact.Side) Why {
	return Why{"guard-empty", fmt.Sprintf("%s shows no contact at all any more, so a person must approve what that would delete.", source.Title())}
}

func whyHalved(source contact.Side) Why {
	return Why{"guard-halved", fmt.Sprintf("%s shows less than half of the contacts that it showed before, so a person must approve what that would delete.", source.Title())}
}

func whyTooMany(target contact.Side, n int) Why {
	return Why{"guard-too-many", fmt.Sprintf("%d contacts would be deleted in %s within a day, which is more than this connection's guard lets pass, so a person must approve it.", n, target.Title())}
}
