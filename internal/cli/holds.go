package cli

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"contactbridge/internal/client"
)

var holdsCommand = command{
	name: "holds", does: "list what waits for an answer",
	flags: func(f *pflag.FlagSet) {
		limitFlag(f, 50, "holds")
		connectionFlag(f)
	},
	run: holds,
}

var approveCommand = command{
	name: "approve", takes: "HOLD…", does: "do what is held", most: -1,
	about: "The sync that this starts carries it out. --all answers everything of a kind: conflict, possible-duplicate, exists-elsewhere or guard.",
	flags: func(f *pflag.FlagSet) {
		f.String("all", "", "all of this `KIND`")
		throughFlag(f)
		f.String("keep", "", "of a conflict: keep the value of this `SIDE`, vtiger or outlook")
		f.String("record", "", "of an ambiguous match: the `ID` of the candidate that is the same person")
		connectionFlag(f)
	},
	run: func(ctx context.Context, c *call) error { return answerHolds(ctx, c, true) },
}

var discardCommand = command{
	name: "discard", takes: "HOLD…", does: "leave what is held as it is", most: -1,
	flags: func(f *pflag.FlagSet) {
		f.String("all", "", "all of this `KIND`: conflict, possible-duplicate, exists-elsewhere or guard")
		throughFlag(f)
		connectionFlag(f)
	},
	run: func(ctx context.Context, c *call) error { return answerHolds(ctx, c, false) },
}

func throughFlag(f *pflag.FlagSet) {
	f.String("through", "", "with --all: none that was asked after this `HOLD`; without it all that wait now")
}

func (c *call) holdPages(connection *string) page[client.HoldView] {
	return func(ctx context.Context, cursor *string, limit int64) ([]item[client.HoldView], *string, error) {
		a, err := ask(c.api.ListHoldsWithResponse(ctx, &client.ListHoldsParams{Connection: connection, Cursor: cursor, Limit: &limit}))
		if err != nil {
			return nil, nil, err
		}
		items, err := list[client.HoldView](a.Body, "holds")
		return items, a.JSON200.Next, err
	}
}

func holds(ctx context.Context, c *call) error {
	if err := c.open(); err != nil {
		return err
	}
	id, err := c.connectionID(ctx)
	if err != nil {
		return err
	}
	list, more, err := all(ctx, c.holdPages(id), c.number("limit"))
	switch {
	case err != nil:
		return err
	case c.json():
		return c.parts(map[string]json.RawMessage{"holds": raws(list)})
	case len(list) == 0:
		c.say("Nothing waits for an answer.")
	}
	for _, each := range list {
		c.showHold(each.view)
	}
	if more {
		c.say("… and more: --limit 0 shows all")
	}
	return nil
}

func (c *call) showHold(h client.HoldView) {
	c.say("%s  %s  %s, into %s, %s", h.ID, h.Kind, h.Name, sides[string(h.Direction)], ago(h.CreatedAt, time.Now()))
	c.say("    %s", h.Reason)
	if h.Shown != nil && h.Field != nil {
		c.say("    %s: vTiger \"%s\", Outlook \"%s\"", *h.Field, h.Shown.Vtiger, h.Shown.Outlook)
	}
	if h.Fields != nil && len(*h.Fields) > 0 {
		c.say("    %s", changes(*h.Fields))
	}
	if h.Candidates != nil && len(*h.Candidates) > 0 {
		c.say("    it may be: %s", strings.Join(*h.Candidates, ", "))
	}
	if h.Answer != nil {
		c.say("    answered: %s; the next sync carries it out", *h.Answer)
		return
	}
	c.say("    approve: %s", h.Approving)
}

// answerHolds answers single holds, or all of a kind in a connection.
func answerHolds(ctx context.Context, c *call, approve bool) error {
	kind := client.AnswerAllInputBodyKind(c.text("all"))
	switch {
	case kind == "" && len(c.args) == 0, kind != "" && len(c.args) > 0:
		return wrong("%s needs either numbers of holds or --all KIND", c.name)
	case approve && c.text("keep") != "" && !client.ApproveInputBodyKeep(c.text("keep")).Valid():
		return wrong("--keep is vtiger or outlook")
	case kind != "" && !kind.Valid():
		return wrong("--all is conflict, possible-duplicate, exists-elsewhere or guard")
	}
	ids := make([]int64, len(c.args))
	for i, arg := range c.args {
		var err error
		if ids[i], err = strconv.ParseInt(arg, 10, 64); err != nil {
			return wrong("%q is no number of a hold; contactbridge holds lists them", arg)
		}
	}
	if err := c.open(); err != nil {
		return err
	}
	if kind != "" {
		return c.answerAll(ctx, kind, approve)
	}
	return c.answerEach(ctx, ids, approve)
}

func (c *call) answerAll(ctx context.Context, kind client.AnswerAllInputBodyKind, approve bool) error {
	connection, err := c.connection(ctx)
	if err != nil {
		return err
	}
	through, err := c.through(ctx, connection.ID, kind)
	if err != nil || through == "" {
		return err
	}
	a, err := ask(c.api.AnswerHoldsWithResponse(ctx, connection.ID, client.AnswerAllInputBody{Approve: approve, Kind: kind, Through: through}))
	if err != nil {
		return err
	}
	if c.json() {
		return c.document(a.Body)
	}
	c.say("Answered %s.", counted(int(a.JSON200.Answered), "hold", "holds"))
	return nil
}

// through is the newest hold that is meant: the one that was named, else the one that waits now. Empty when none waits.
func (c *call) through(ctx context.Context, connectionID string, kind client.AnswerAllInputBodyKind) (string, error) {
	if named := c.text("through"); named != "" {
		return named, nil
	}
	one := int64(1)
	a, err := ask(c.api.ListHoldsWithResponse(ctx, &client.ListHoldsParams{Connection: &connectionID, Limit: &one}))
	if err != nil {
		return "", err
	}
	if a.JSON200.Waiting != nil {
		for _, h := range *a.JSON200.Waiting {
			if h.Kind == string(kind) {
				return h.Newest, nil
			}
		}
	}
	c.say("Nothing of this kind waits for an answer.")
	return "", nil
}

// answerEach stops at the first that is refused, having said which were answered.
func (c *call) answerEach(ctx context.Context, ids []int64, approve bool) error {
	answers := []json.RawMessage{}
	for _, id := range slices.Compact(ids) {
		raw, h, err := c.answerOne(ctx, id, approve)
		if err != nil {
			return err
		}
		answers = append(answers, raw)
		if !c.json() {
			c.say("%s (%s): answered; the next sync carries it out.", h.ID, h.Name)
		}
	}
	if c.json() {
		return c.parts(map[string]json.RawMessage{"holds": join(answers)})
	}
	return nil
}

func (c *call) answerOne(ctx context.Context, id int64, approve bool) ([]byte, *client.HoldView, error) {
	if !approve {
		a, err := ask(c.api.DiscardHoldWithResponse(ctx, id))
		if err != nil {
			return nil, nil, err
		}
		return a.Body, a.JSON200, nil
	}
	b := client.ApproveInputBody{Keep: set[client.ApproveInputBodyKeep](c.text("keep")), Record: set[string](c.text("record"))}
	a, err := ask(c.api.ApproveHoldWithResponse(ctx, id, b))
	if err != nil {
		return nil, nil, err
	}
	return a.Body, a.JSON200, nil
}
