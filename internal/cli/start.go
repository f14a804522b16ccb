package cli

import (
	"context"
	"crypto/rand"
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
		f.String("apply", "", "take back only what the preview with this `ID` showed")
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
		asked, err = ask(c.api.UndoRunWithResponse(ctx, c.args[0], &client.UndoRunParams{IdempotencyKey: &key}, client.UndoBody{Preview: &preview, Apply: set[string](c.text("apply"))}))
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
