package cli

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"contactbridge/internal/client"
)

var syncCommand = command{
	name: "sync", does: "sync a connection and follow it to its end",
	about: `The first sync, and the one after mapping, filter, scope, folder or mailbox changed, wants a preview first, unless
--skip-preview. --apply sends only what a preview showed. Ctrl-C leaves the sync at work: contactbridge cancel stops it.
It exits with 4 when something waits for an answer (contactbridge holds).`,
	flags: func(f *pflag.FlagSet) {
		f.String("direction", "", "only `WAY`: both, toOutlook or toVtiger")
		f.Bool("skip-preview", false, "sync although nobody saw a preview")
		f.String("apply", "", "send only what the preview with this `ID` showed")
		connectionFlag(f)
		waitFlags(f)
	},
	run: func(ctx context.Context, c *call) error {
		yes := c.yes("skip-preview")
		return start(ctx, c, client.StartBody{SkipPreview: &yes, Apply: set[string](c.text("apply"))})
	},
}

var previewCommand = command{
	name: "preview", does: "show what a sync would do, and do nothing",
	flags: func(f *pflag.FlagSet) {
		f.String("direction", "", "only `WAY`: both, toOutlook or toVtiger")
		limitFlag(f, 50, "changes")
		connectionFlag(f)
		waitFlags(f)
	},
	run: func(ctx context.Context, c *call) error {
		yes := true
		return start(ctx, c, client.StartBody{Preview: &yes})
	},
}

var undoCommand = command{
	name: "undo", takes: "RUN", does: "take back what a run did", least: 1, most: 1,
	about: "What was edited since stays as it is. It exits with 4 when something waits for an answer (contactbridge holds).",
	flags: func(f *pflag.FlagSet) {
		f.Bool("preview", false, "show what the undo would do, and do nothing")
		limitFlag(f, 50, "changes of the preview")
		waitFlags(f)
	},
	run: undo,
}

func start(ctx context.Context, c *call, want client.StartBody) error {
	if want.Direction = set[client.StartBodyDirection](c.text("direction")); want.Direction != nil && !want.Direction.Valid() {
		return wrong("--direction is both, toOutlook or toVtiger")
	}
	if err := c.open(); err != nil {
		return err
	}
	connection, err := c.connection(ctx)
	if err != nil {
		return err
	}
	key := rand.Text()
	var asked *client.StartRunResponse
	err = insist(ctx, func() (err error) {
		asked, err = ask(c.api.StartRunWithResponse(ctx, connection.ID, &client.StartRunParams{IdempotencyKey: &key}, want))
		return err
	})
	if err != nil {
		return err
	}
	return c.attend(ctx, *asked.JSON202, asked.Body)
}

func undo(ctx context.Context, c *call) error {
	if err := c.open(); err != nil {
		return err
	}
	key, preview := rand.Text(), c.yes("preview")
	var asked *client.UndoRunResponse
	err := insist(ctx, func() (err error) {
		asked, err = ask(c.api.UndoRunWithResponse(ctx, c.args[0], &client.UndoRunParams{IdempotencyKey: &key}, client.UndoInputBody{Preview: &preview}))
		return err
	})
	if err != nil {
		return err
	}
	return c.attend(ctx, *asked.JSON202, asked.Body)
}

// insist repeats a request whose answer may have been lost; its Idempotency-Key makes that safe.
func insist(ctx context.Context, request func() error) error {
	for _, wait := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second} {
		err := request()
		if err == nil || codeOf(err) != NoAnswer {
			return err
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
	return request()
}

// attend follows a run that was asked for, unless nobody wants to wait.
func (c *call) attend(ctx context.Context, r client.RunView, raw []byte) error {
	if c.yes("no-wait") {
		if c.json() {
			return c.document(raw)
		}
		c.say("The %s is %s.\nfollow it: contactbridge follow %s\nstop it:   contactbridge cancel %s", kindOf(r), r.State, r.ID, r.ID)
		return nil
	}
	return c.toTheEnd(ctx, r)
}

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
