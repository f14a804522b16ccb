package api

import (
	"context"
	"errors"
	"net/http"

	"contactbridge/internal/ledger"
)

const connectionsPath = prefix + "/connections"

type connectionInput struct {
	ID string `path:"id" maxLength:"64" doc:"The connection"`
}

type connectInput struct {
	Body struct {
		UserID string `json:"userId,omitempty" maxLength:"64" doc:"vTiger user; your own when absent, another one's for administrators"`
		Module string `json:"module" maxLength:"64" example:"Contacts" doc:"vTiger module: Contacts, Leads, Accounts or Vendors, as far as vTiger has it switched on"`
	}
}

type connectionOutput struct{ Body connectionView }

type createdOutput struct {
	Location string `header:"Location"`
	Body     connectionView
}

type connectionsOutput struct {
	Body struct {
		Connections []connectionView `json:"connections"`
	}
}

func (s *Server) connectionRoutes(r routes) {
	const tag = "Connections"
	add(r, syncing, on(http.MethodGet, connectionsPath, tag, "list-connections",
		"List your connections, or everybody's for administrators"), s.listConnections)
	create := on(http.MethodPost, connectionsPath, tag, "create-connection", "Create a connection", http.StatusConflict, http.StatusServiceUnavailable)
	create.DefaultStatus = http.StatusCreated
	add(r, syncing, create, s.createConnection)
	add(r, syncing, on(http.MethodGet, connectionsPath+"/{id}", tag, "get-connection", "Read a connection's state", http.StatusNotFound),
		func(ctx context.Context, in *connectionInput) (*connectionOutput, error) {
			c, err := s.visible(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			v, err := s.viewConnection(ctx, c)
			return &connectionOutput{v}, err
		})
	add(r, syncing, on(http.MethodDelete, connectionsPath+"/{id}", tag, "delete-connection",
		"End a connection and forget its sign-in, links and log; nothing is deleted on either side", http.StatusNotFound), s.deleteConnection)
}

func (s *Server) deleteConnection(ctx context.Context, in *connectionInput) (*struct{}, error) {
	c, err := s.visible(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return nil, s.Ledger.DeleteConnection(ctx, c.ID)
}

// startSettings is what a connection of a module starts with.
func (s *Server) startSettings(ctx context.Context, d ledger.Defaults, module string) (ledger.Settings, error) {
	fields, err := s.fields(ctx, module)
	out := d.Settings
	out.Mapping = startMapping(d, module, fields)
	return out, err
}

func (s *Server) createConnection(ctx context.Context, in *connectInput) (*createdOutput, error) {
	if err := s.ensureModule(ctx, "body.module", in.Body.Module); err != nil {
		return nil, err
	}
	owner, err := s.newOwner(ctx, in.Body.UserID)
	if err != nil {
		return nil, err
	}
	d, err := s.Ledger.Defaults(ctx)
	if err != nil {
		return nil, err
	}
	settings, err := s.startSettings(ctx, d, in.Body.Module)
	if err != nil {
		return nil, err
	}
	c, err := s.Ledger.CreateConnection(ctx, owner.ID, in.Body.Module, settings)
	if errors.Is(err, ledger.ErrConflict) {
		return nil, refuse(exists, "This vTiger user has a connection for "+in.Body.Module+" already.")
	}
	if err != nil {
		return nil, err
	}
	v, err := s.viewConnection(ctx, c)
	return &createdOutput{connectionsPath + "/" + c.ID, v}, err
}

// newOwner finds the user who gets a connection: the caller, or whom an admin names.
func (s *Server) newOwner(ctx context.Context, id string) (ledger.User, error) {
	u := person(ctx)
	if id == "" || id == u.ID {
		return u, ensureAllowed(u)
	}
	if !u.Admin {
		return u, refuse(adminOnly, "Only administrators may create connections for other users.")
	}
	foreign(ctx, id, "")
	other, err := s.Ledger.User(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) {
		return other, refuseField("body.userId", "vTiger has no such user, or the list of users was not read since.")
	}
	if err != nil {
		return other, err
	}
	return other, ensureAllowed(other)
}

type connectionsInput struct {
	User string `query:"user" maxLength:"64" example:"19x5" doc:"Only of the vTiger user with this id; nobody but administrators sees another's"`
}

func (s *Server) listConnections(ctx context.Context, in *connectionsInput) (*connectionsOutput, error) {
	mine := s.scope(ctx)
	if in.User != "" && mine != "" && in.User != mine {
		return &connectionsOutput{Body: struct {
			Connections []connectionView `json:"connections"`
		}{[]connectionView{}}}, nil
	}
	if in.User != "" {
		mine = in.User
	}
	list, err := s.Ledger.Connections(ctx, mine)
	if err != nil {
		return nil, err
	}
	known, err := s.surroundings(ctx, mine)
	if err != nil {
		return nil, err
	}
	out := &connectionsOutput{}
	out.Body.Connections = make([]connectionView, len(list))
	for i, c := range list {
		out.Body.Connections[i] = known.view(c)
	}
	return out, nil
}

// scope is whose things the caller sees: their own, or everybody's, which is the empty id, for admins.
func (s *Server) scope(ctx context.Context) string {
	if u := person(ctx); !u.Admin {
		return u.ID
	}
	return ""
}
