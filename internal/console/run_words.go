package console

import (
	"slices"
	"strconv"
	"time"

	"contactbridge/internal/client"
)

// kindOf is what a run is.
func kindOf(r client.RunView) string {
	switch undo := text(r.Undoes) != ""; {
	case undo && r.Preview:
		return "undoPreview"
	case undo:
		return "undo"
	case r.Preview:
		return "preview"
	}
	return string(r.Direction)
}

// titleOf names a run.
func titleOf(r client.RunView) string { return word("run.kind", kindOf(r)) }

// lookOf is how the badge of a run's state looks.
func lookOf(r client.RunView) string {
	switch r.State {
	case client.RunViewStateDone:
		return "good"
	case client.RunViewStateFailed:
		return "bad"
	case client.RunViewStateCancelled:
		return "warn"
	}
	return "busy"
}

// tookOf is how long a run worked; empty while it does, or if it never began.
func tookOf(r client.RunView) string {
	if r.StartedAt == nil || r.EndedAt == nil {
		return ""
	}
	return lasting(r.EndedAt.Sub(*r.StartedAt))
}

// lasting says a duration with the units that matter.
func lasting(d time.Duration) string {
	switch s := int(d.Round(time.Second).Seconds()); {
	case s < 1:
		return say("run.instant")
	case s < 60:
		return say("run.seconds", s)
	case s < 3600:
		return say("run.minutes", s/60, s%60)
	default:
		return say("run.hours", s/3600, s/60%60)
	}
}

// runBar is how far a run is.
type runBar struct {
	Phase       string
	Done, Total int64 // both 0: nobody knows yet
	Count       string
	Sides       []string
	Pace        string
}

func barOf(r client.RunView) *runBar {
	b := &runBar{Phase: word("run.phase", r.Phase)}
	switch {
	case r.State == client.RunViewStateQueued || r.Phase == "":
		b.Phase = say("run.queued")
	case b.Phase == r.Phase: // a sentence that says why it waits
		b.Phase = say("run.delayed", r.Phase)
	}
	p := r.Progress
	if p == nil || p.Total == 0 {
		return b
	}
	b.Done, b.Total, b.Count = p.Done, p.Total, say("run.count", p.Done, p.Total)
	for _, s := range p.Sides {
		if s.Total > 0 {
			b.Sides = append(b.Sides, word("run.side", s.Side)+": "+say("run.count", s.Done, s.Total))
		}
	}
	if p.PerSecond > 0 {
		b.Pace = say("run.rate", strconv.FormatFloat(p.PerSecond, 'f', 1, 64))
	}
	if left := p.RemainingSeconds; left != nil && *left > 0 {
		b.Pace += say("run.left", lasting(time.Duration(*left)*time.Second))
	}
	return b
}

// resultOf says a run's counts in words, and what of it waits for the person.
func resultOf(r client.RunView) (lines []string, held string) {
	if r.Counts == nil {
		return nil, ""
	}
	waits := int64(0)
	for _, n := range *r.Counts {
		if n.Outcome == "held" {
			waits += n.N
			continue
		}
		lines = append(lines, counted("run.contacts", n.N)+" "+deedOf(n, r.Preview))
	}
	if waits > 0 {
		held = counted("run.held", waits)
	}
	return lines, held
}

// deedOf says what became, or would become, of the contacts of a count.
func deedOf(n client.Count, preview bool) string {
	switch {
	case !slices.Contains(writes, n.Action) && preview:
		return word("run.wouldFind", n.Action)
	case !slices.Contains(writes, n.Action):
		return word("run.found", n.Action)
	case n.Outcome == "done":
		return word("run.did", n.Action+"."+n.Side)
	case n.Outcome == "previewed":
		return word("run.would", n.Action+"."+n.Side)
	}
	return word("run.not", n.Outcome) + " (" + word("run.plan", n.Action+"."+n.Side) + ")"
}
