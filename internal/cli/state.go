package cli

import (
	"context"
	"strings"

	"contactbridge/internal/client"
)

// state is all that status knows.
type state struct {
	me          *client.MeResponse
	connections []connection
	holds       []item[client.HoldView]    // unanswered ones
	refused     []item[client.RefusalView] // what a side refused
}

// state reads the connections, one's own or everybody's, and what waits in them.
func (c *call) state(ctx context.Context, everybodys bool) (s state, err error) {
	if s.me, err = ask(c.api.MeWithResponse(ctx)); err != nil {
		return s, err
	}
	if everybodys && !s.me.JSON200.Admin {
		return s, &Failure{Code: NotAllowed, Kind: "admin-only", Sentence: "Only administrators see everybody's connections."}
	}
	if !s.me.JSON200.Admin && !s.me.JSON200.Allowed {
		return s, nil
	}
	visible, err := c.connections(ctx)
	if err != nil {
		return s, err
	}
	shown := map[string]bool{}
	for _, each := range visible {
		if everybodys || each.view.UserID == s.me.JSON200.ID {
			s.connections, shown[each.view.ID] = append(s.connections, each), true
		}
	}
	if len(shown) == 0 {
		return s, nil
	}
	if _, err = each(ctx, c.holdPages(nil), 0, func(items []item[client.HoldView]) error {
		for _, h := range items {
			if shown[h.view.Connection] && h.view.Answer == nil {
				s.holds = append(s.holds, h)
			}
		}
		return nil
	}); err != nil {
		return s, err
	}
	_, err = each(ctx, c.refusalPages(), 0, func(items []item[client.RefusalView]) error {
		for _, r := range items {
			if shown[r.view.Connection] {
				s.refused = append(s.refused, r)
			}
		}
		return nil
	})
	return s, err
}

// needs says that some connection waits for a person, if one does.
func (s state) needs() error {
	if !s.me.JSON200.Admin && !s.me.JSON200.Allowed {
		return needs("", "An administrator must allow you to sync first.")
	}
	for _, each := range s.connections {
		v := each.view
		if len(v.Steps.Missing) > 0 || v.Trouble != nil {
			return needs("", "%s (%s): %s", v.Module, v.UserName, v.NextStep)
		}
		if n := s.waiting(v.ID); n > 0 {
			return needs("contactbridge holds", "%s (%s): %s for an answer.", v.Module, v.UserName, counted(n, "hold waits", "holds wait"))
		}
	}
	return nil
}

// waiting counts a connection's holds.
func (s state) waiting(id string) (n int) {
	for _, h := range s.holds {
		if h.view.Connection == id {
			n++
		}
	}
	return n
}

// refusals counts a connection's refused contacts.
func (s state) refusals(id string) (n int) {
	for _, r := range s.refused {
		if r.view.Connection == id {
			n++
		}
	}
	return n
}

func (c *call) refusalPages() page[client.RefusalView] {
	return func(ctx context.Context, cursor *string, limit int64) ([]item[client.RefusalView], *string, error) {
		a, err := ask(c.api.ListQuarantineWithResponse(ctx, &client.ListQuarantineParams{Cursor: cursor, Limit: &limit}))
		if err != nil {
			return nil, nil, err
		}
		items, err := list[client.RefusalView](a.Body, "refusals")
		return items, a.JSON200.Next, err
	}
}

// queues says what of a connection waits, and for what.
func (s state) queues(of client.ConnectionView) string {
	var parts []string
	for _, q := range []struct {
		n         int
		one, many string
	}{
		{int(of.Pending), "change for the next sync", "changes for the next sync"},
		{s.waiting(of.ID), "hold for an answer (contactbridge holds)", "holds for an answer (contactbridge holds)"},
		{s.refusals(of.ID), "refused contact for another try", "refused contacts for another try"},
	} {
		if q.n > 0 {
			parts = append(parts, counted(q.n, q.one, q.many))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}
