package cli

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"contactbridge/internal/client"
)

var logCommand = command{
	name: "log", does: "read the sync log, the newest line first",
	about: "--follow prints the newest lines, the oldest of them first, and then what comes, until Ctrl-C. With --json every line is a document.",
	flags: func(f *pflag.FlagSet) {
		connectionFlag(f)
		f.String("run", "", "only of the run with this `ID`")
		f.String("user", "", "only of the vTiger user with this `NAME` (administrators)")
		f.String("direction", "", "only `WAY`: toOutlook or toVtiger")
		f.String("text", "", "only with these `WORDS` in the name, or of the record with this id")
		f.String("since", "", "not before this `TIME`, such as 2026-01-31 or 2026-01-31T08:00:00Z")
		f.String("until", "", "before this `TIME`")
		f.String("csv", "", "write all of it to this `FILE` as a table for spreadsheets")
		f.String("action", "", "only `ACTION`: insert, update, delete, link, skip, conflict or error")
		f.String("outcome", "", "only `OUTCOME`: done, held, unclear, failed, skipped, discarded or undone")
		limitFlag(f, 50, "lines")
		f.Bool("follow", false, "go on with what comes")
	},
	run: log,
}

// logWidths are the log's columns; they are fixed, since pages are printed as they come.
var logWidths = map[int]int{0: 19, 1: 10, 2: 7, 3: 8, 4: 9, 5: 24}

func log(ctx context.Context, c *call) error {
	want := client.ReadLogParams{
		Run: set[string](c.text("run")), Action: set[client.ReadLogParamsAction](c.text("action")), Outcome: set[client.ReadLogParamsOutcome](c.text("outcome")),
		Direction: set[client.ReadLogParamsDirection](c.text("direction")), Text: set[string](c.text("text")),
	}
	var err error
	if want.Since, err = c.moment("since"); err != nil {
		return err
	}
	if want.Until, err = c.moment("until"); err != nil {
		return err
	}
	switch {
	case want.Direction != nil && !want.Direction.Valid():
		return wrong("--direction is toOutlook or toVtiger")
	case c.text("csv") != "" && (c.json() || c.yes("follow")):
		return wrong("--csv goes neither with --json nor with --follow")
	case want.Action != nil && !want.Action.Valid():
		return wrong("--action is insert, update, delete, link, skip, conflict or error")
	case want.Outcome != nil && !want.Outcome.Valid():
		return wrong("--outcome is done, held, unclear, failed, skipped, discarded or undone")
	case c.number("limit") < 0:
		return wrong("--limit is a number of lines, or 0")
	}
	if err := c.open(); err != nil {
		return err
	}
	if want.Connection, err = c.connectionID(ctx); err != nil {
		return err
	}
	if want.User, err = c.userID(ctx, c.text("user")); err != nil {
		return err
	}
	if file := c.text("csv"); file != "" {
		return c.logFile(ctx, file, want)
	}
	if c.yes("follow") {
		return c.tail(ctx, c.logPages(want))
	}
	head := c.logHead()
	more, err := each(ctx, c.logPages(want), c.number("limit"), func(items []item[client.OperationView]) error {
		head()
		return c.logLines(items)
	})
	if err == nil && more && !c.json() {
		c.say("… and more: --limit 0 shows all")
	}
	return err
}

// userID finds the id of a vTiger user whom an admin names.
func (c *call) userID(ctx context.Context, name string) (*string, error) {
	if name == "" {
		return nil, nil
	}
	ids, err := c.userIDs(ctx, []string{name})
	if err != nil {
		return nil, err
	}
	return &ids[0], nil
}

func (c *call) logPages(want client.ReadLogParams) page[client.OperationView] {
	return func(ctx context.Context, cursor *string, limit int64) ([]item[client.OperationView], *string, error) {
		want.Cursor, want.Limit = cursor, &limit
		a, err := ask(c.api.ReadLogWithResponse(ctx, &want))
		if err != nil {
			return nil, nil, err
		}
		items, err := list[client.OperationView](a.Body, "lines")
		return items, a.JSON200.Next, err
	}
}

// logHead gives what prints the names of the columns once, when it is clear that there is an answer.
func (c *call) logHead() func() {
	return sync.OnceFunc(func() {
		if !c.json() {
			c.row([]string{"TIME", "USER", "IN", "ACTION", "OUTCOME", "NAME", "REASON"}, logWidths)
		}
	})
}

func (c *call) logLines(items []item[client.OperationView]) error {
	if c.json() {
		return lines(c, items)
	}
	for _, each := range items {
		l, side := each.view, ""
		if l.Direction != nil {
			side = sides[string(*l.Direction)]
		}
		c.row([]string{l.Time.Local().Format(time.DateTime), l.User, side, l.Action, l.Outcome, l.Name, l.Reason}, logWidths)
	}
	return nil
}

// tail prints the newest lines and then every line that comes or whose outcome becomes known, the oldest first.
func (c *call) tail(ctx context.Context, of page[client.OperationView]) error {
	known, limit := c.number("limit"), c.number("limit")
	if limit > 0 {
		known = max(limit, most) // what is not printed must be known too, or it would seem new
	}
	seen, head := map[string]bool{}, c.logHead()
	fresh, _, err := all(ctx, of, known)
	for err == nil {
		head()
		for _, each := range fresh {
			seen[version(each.view)] = true
		}
		if limit > 0 && len(fresh) > limit {
			fresh = fresh[:limit]
		}
		limit = 0
		slices.Reverse(fresh)
		if err = c.logLines(fresh); err != nil {
			return err
		}
		if pause(ctx, poll) != nil {
			return nil
		}
		fresh, err = c.unseen(ctx, of, seen)
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// unseen reads back to a page on which every line is known: lines move up, so that a known one may be gone from its place.
func (c *call) unseen(ctx context.Context, of page[client.OperationView], seen map[string]bool) (fresh []item[client.OperationView], err error) {
	var cursor *string
	for {
		items, next, err := of(ctx, cursor, most)
		if err != nil {
			return nil, err
		}
		before := len(fresh)
		for _, each := range items {
			if !seen[version(each.view)] {
				fresh = append(fresh, each)
			}
		}
		if next == nil || *next == "" || len(fresh)-before < len(items) {
			return fresh, nil
		}
		cursor = next
	}
}

// version tells a line from itself with another outcome.
func version(l client.OperationView) string { return l.ID + " " + l.Outcome }
