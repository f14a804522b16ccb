package cli

import (
	"context"
	"strings"

	"contactbridge/internal/client"
)

// connection is one as lists show it.
type connection = item[client.ConnectionView]

// connections gives the connections that the caller may see: their own, or everybody's for an admin.
func (c *call) connections(ctx context.Context) ([]connection, error) {
	a, err := ask(c.api.ListConnectionsWithResponse(ctx, nil))
	if err != nil {
		return nil, err
	}
	return list[client.ConnectionView](a.Body, "connections")
}

// own leaves the caller's own ones.
func (c *call) own(ctx context.Context) (own []connection, err error) {
	me, err := ask(c.api.MeWithResponse(ctx))
	if err != nil {
		return nil, err
	}
	visible, err := c.connections(ctx)
	for _, each := range visible {
		if each.view.UserID == me.JSON200.ID {
			own = append(own, each)
		}
	}
	return own, err
}

// connection finds the one that --connection names, by id or as a module of one's own, or the only one that there is.
func (c *call) connection(ctx context.Context) (client.ConnectionView, error) {
	own, err := c.own(ctx)
	if err != nil {
		return client.ConnectionView{}, err
	}
	wanted := c.text("connection")
	if wanted == "" {
		switch len(own) {
		case 1:
			return own[0].view, nil
		case 0:
			return client.ConnectionView{}, needs("contactbridge connect", "You have no connection yet.")
		}
		return client.ConnectionView{}, wrong("you have %d connections; choose one by --connection: %s", len(own), strings.Join(names(own), ", "))
	}
	for _, each := range own {
		if strings.EqualFold(each.view.Module, wanted) {
			return each.view, nil
		}
	}
	found, err := ask(c.api.GetConnectionWithResponse(ctx, wanted))
	if err != nil {
		return client.ConnectionView{}, err
	}
	return *found.JSON200, nil
}

func names(list []connection) (out []string) {
	for _, each := range list {
		out = append(out, each.view.Module)
	}
	return out
}

// connectionID is what lists are narrowed by: nil without --connection.
func (c *call) connectionID(ctx context.Context) (*string, error) {
	if c.text("connection") == "" {
		return nil, nil
	}
	found, err := c.connection(ctx)
	return &found.ID, err
}
