package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"contactbridge/internal/client"
)

var runsCommand = command{
	name: "runs", does: "list runs, the newest first",
	flags: func(f *pflag.FlagSet) {
		limitFlag(f, 20, "runs")
		connectionFlag(f)
	},
	run: runs,
}

var followCommand = command{name: "follow", takes: "RUN", does: "follow a run to its end", least: 1, most: 1, run: followAgain}

var cancelCommand = command{
	name: "cancel", takes: "RUN", does: "stop a run at its next batch; what was sent stays", least: 1, most: 1, run: cancel,
}

func runs(ctx context.Context, c *call) error {
	if err := c.open(); err != nil {
		return err
	}
	id, err := c.connectionID(ctx)
	if err != nil {
		return err
	}
	list, more, err := all(ctx, c.runPages(id), c.number("limit"))
	if err != nil {
		return err
	}
	if c.json() {
		return lines(c, list)
	}
	rows := [][]string{{"RUN", "ASKED FOR", "KIND", "WAY", "STATE", "LEFT", "TROUBLE"}}
	for _, each := range list {
		r, trouble := each.view, ""
		if r.Trouble != nil {
			trouble = r.Trouble.Sentence
		}
		rows = append(rows, []string{
			r.ID, r.RequestedAt.Local().Format(time.DateTime), kindOf(r), sides[string(r.Direction)], string(r.State), fmt.Sprint(r.Pending), trouble,
		})
	}
	c.table(rows)
	if more {
		c.say("… and more: --limit 0 shows all")
	}
	return nil
}

func (c *call) runPages(connection *string) page[client.RunView] {
	return func(ctx context.Context, cursor *string, limit int64) ([]item[client.RunView], *string, error) {
		a, err := ask(c.api.ListRunsWithResponse(ctx, &client.ListRunsParams{ConnectionID: connection, Cursor: cursor, Limit: &limit}))
		if err != nil {
			return nil, nil, err
		}
		items, err := list[client.RunView](a.Body, "runs")
		return items, a.JSON200.Next, err
	}
}

func followAgain(ctx context.Context, c *call) error {
	if err := c.open(); err != nil {
		return err
	}
	a, err := ask(c.api.GetRunWithResponse(ctx, c.args[0]))
	if err != nil {
		return err
	}
	return c.toTheEnd(ctx, *a.JSON200)
}

func cancel(ctx context.Context, c *call) error {
	if err := c.open(); err != nil {
		return err
	}
	a, err := ask(c.api.CancelRunWithResponse(ctx, c.args[0]))
	if err != nil {
		return err
	}
	if c.json() {
		return c.document(a.Body)
	}
	c.say("The %s is %s.", kindOf(*a.JSON200), a.JSON200.State)
	return nil
}
