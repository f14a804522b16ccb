package api

import (
	"context"
	"strings"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/outlook"
)

type assignInput struct {
	ID   string `path:"id" maxLength:"64" doc:"The connection"`
	Body struct {
		Mailbox string `json:"mailbox" minLength:"1" maxLength:"200" doc:"User name, address or object id of the mailbox's user"`
	}
}

// assign lets a connection reach a mailbox without a sign-in of its user. Two connections may have one mailbox, but not one
// folder of it.
func (s *Server) assign(ctx context.Context, in *assignInput) (*connectionOutput, error) {
	c, config, err := s.usable(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	m, err := s.account().Microsoft(ctx)
	if err != nil {
		return nil, err
	}
	named, by := strings.TrimSpace(in.Body.Mailbox), ledger.Service
	var box ledger.Mailbox
	if m.Application {
		by = ledger.Application
		box, err = reachAsApp(ctx, config, named)
	} else {
		box, err = s.ofServiceAccount(ctx, named)
	}
	if err != nil {
		return nil, err
	}
	note(ctx, "mailbox", box.Address)
	if err := s.Ledger.Assign(ctx, c.ID, box, by); err != nil {
		return nil, err
	}
	if c, err = s.Ledger.Connection(ctx, c.ID); err != nil {
		return nil, err
	}
	v, err := s.viewConnection(ctx, c)
	return &connectionOutput{v}, err
}

// reachAsApp finds a mailbox of the tenant and proves that the app may read it.
func reachAsApp(ctx context.Context, config outlook.Config, named string) (ledger.Mailbox, error) {
	config.Mailbox = named
	client := outlook.NewClient(config, outlook.NewAppSource(config))
	box, err := client.Me(ctx)
	if err == nil {
		_, err = client.Folder(ctx, outlook.DefaultFolder)
	}
	if contact.KindOf(err) == contact.BadInput {
		return ledger.Mailbox{}, refuseField("body.mailbox", contact.SentenceOf(err))
	}
	return ledger.Mailbox{Tenant: box.Tenant, ID: box.ObjectID, Address: box.Address, Name: box.Name}, err
}

// ofServiceAccount gives the service account's mailbox if that is what is named: it stands for nobody else.
func (s *Server) ofServiceAccount(ctx context.Context, named string) (ledger.Mailbox, error) {
	service, err := s.Ledger.ServiceAccount(ctx)
	if err != nil {
		return ledger.Mailbox{}, err
	}
	for _, name := range []string{service.Username, service.Mailbox.Address, service.Mailbox.ID} {
		if name != "" && strings.EqualFold(name, named) {
			return service.Mailbox, nil
		}
	}
	return ledger.Mailbox{}, refuseField("body.mailbox",
		"Only the service account's own mailbox can be named here; to any other its user signs in by the connection's link, or use application mode.")
}
