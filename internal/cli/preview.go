package cli

import (
	"context"
	"encoding/json"

	"contactbridge/internal/client"
)

func (c *call) operationPages(run string) page[client.OperationView] {
	return func(ctx context.Context, cursor *string, limit int64) ([]item[client.OperationView], *string, error) {
		a, err := ask(c.api.ListOperationsWithResponse(ctx, run, &client.ListOperationsParams{Cursor: cursor, Limit: &limit}))
		if err != nil {
			return nil, nil, err
		}
		items, err := list[client.OperationView](a.Body, "operations")
		return items, a.JSON200.Next, err
	}
}

// previewLimit is how many operations are shown; commands that show none of their own show all.
func (c *call) previewLimit() int {
	if c.flags.Lookup("limit") == nil {
		return 0
	}
	return c.number("limit")
}

// showPreview lists what would happen, and says how to go on.
func (c *call) showPreview(ctx context.Context, r client.RunView) error {
	operations, more, err := all(ctx, c.operationPages(r.ID), c.previewLimit())
	if err != nil {
		return err
	}
	if len(operations) > 0 {
		c.say("")
		rows := [][]string{{"WOULD", "IN", "NAME", "WHAT"}}
		for _, each := range operations {
			rows = append(rows, operationRow(each.view))
		}
		c.table(rows)
	}
	if more {
		c.say("… and more: --limit 0 shows all")
	}
	if r.Undoes != nil && *r.Undoes != "" {
		c.say("\ndo it: contactbridge undo %s", *r.Undoes)
		return nil
	}
	c.say("\napply it: contactbridge sync --apply %s", r.ID)
	return nil
}

func operationRow(o client.OperationView) []string {
	side := ""
	if o.Direction != nil {
		side = sides[string(*o.Direction)]
	}
	what := changes(o.Fields)
	if what == "" || o.Action == "delete" {
		what = o.Reason
	}
	return []string{o.Action, side, o.Name, what}
}

func (c *call) previewJSON(ctx context.Context, r client.RunView, raw []byte) error {
	operations, _, err := all(ctx, c.operationPages(r.ID), c.previewLimit())
	if err != nil {
		return err
	}
	return c.parts(map[string]json.RawMessage{"run": raw, "operations": raws(operations)})
}
