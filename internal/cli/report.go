package cli

import (
	"context"
	"slices"

	"contactbridge/internal/client"
)

// toTheEnd follows a run, and says what came of it.
func (c *call) toTheEnd(ctx context.Context, r client.RunView) error {
	ended, raw, err := c.follow(ctx, r)
	if err != nil {
		return err
	}
	switch {
	case c.json() && ended.Preview:
		err = c.previewJSON(ctx, ended, raw)
	case c.json():
		err = c.document(raw)
	default:
		err = c.report(ctx, ended)
	}
	if err != nil {
		return err
	}
	return verdict(ended)
}

// report says in words what came of a run.
func (c *call) report(ctx context.Context, r client.RunView) error {
	took := ""
	if r.StartedAt != nil && r.EndedAt != nil {
		took = " in " + lasting(r.EndedAt.Sub(*r.StartedAt))
	}
	c.say("The %s is %s%s.", kindOf(r), r.State, took)
	if r.Preview && r.Counts != nil && len(*r.Counts) > 0 {
		c.say("It would:")
	}
	for _, line := range totals(r) {
		c.say("  %s", line)
	}
	if r.Pending > 0 {
		c.say("  %s for the next sync", counted(int(r.Pending), "change is left", "changes are left"))
	}
	if r.Standing > 0 {
		c.say("  %s standing by the direction", counted(int(r.Standing), "change is left", "changes are left"))
	}
	if r.Preview && r.State == client.RunViewStateDone {
		return c.showPreview(ctx, r)
	}
	if r.State == client.RunViewStateDone && deeds(r) {
		c.say("take it back: contactbridge undo %s", r.ID)
	}
	return nil
}

// deeds tells whether a sync wrote something, so that it can be taken back.
func deeds(r client.RunView) bool {
	return r.Undoes == nil && r.Counts != nil && slices.ContainsFunc(*r.Counts, func(n client.Count) bool {
		return n.Outcome == "done" && slices.Contains([]string{"insert", "update", "delete"}, n.Action)
	})
}

// verdict is what a script learns of a run's end.
func verdict(r client.RunView) error {
	switch {
	case r.State == client.RunViewStateFailed && r.Trouble != nil:
		code := codes[r.Trouble.Kind]
		switch {
		case r.Trouble.Kind == "unavailable" || r.Trouble.Kind == "throttled":
			code = NoAnswer
		case code == 0:
			code = Failed
		}
		return &Failure{Code: code, Kind: r.Trouble.Kind, Sentence: r.Trouble.Sentence, Try: tries[r.Trouble.Kind]}
	case r.State == client.RunViewStateFailed:
		return failed("The %s failed.", kindOf(r))
	case r.State == client.RunViewStateCancelled:
		return failed("The %s was cancelled; what was sent stays.", kindOf(r))
	case held(r) > 0 && !r.Preview:
		return needs("contactbridge holds", "%s for an answer.", counted(int(held(r)), "change waits", "changes wait"))
	}
	return nil
}
