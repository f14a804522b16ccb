package api

import (
	"context"
	"errors"

	"contactbridge/internal/ledger"
	"contactbridge/internal/outlook"
	"contactbridge/internal/signin"
)

// visible finds a connection that the caller may see: their own, or any for admins, of which the audit log then tells.
// Another user's is not found, as if it were not there.
func (s *Server) visible(ctx context.Context, id string) (ledger.Connection, error) {
	c, err := s.Ledger.Connection(ctx, id)
	if u := person(ctx); err == nil && c.UserID != u.ID && !u.Admin {
		err = ledger.ErrNotFound
	} else if err == nil && c.UserID != u.ID {
		foreign(ctx, c.UserID, c.ID)
	}
	return c, err
}

// usable finds a connection with which something can be done now: its user is allowed, and step 1 is saved.
func (s *Server) usable(ctx context.Context, id string) (ledger.Connection, outlook.Config, error) {
	c, err := s.visible(ctx, id)
	if err != nil {
		return c, outlook.Config{}, err
	}
	config, err := s.open(ctx, c)
	return c, config, err
}

// open refuses to work for a connection whose user is not allowed or active, or before step 1.
func (s *Server) open(ctx context.Context, c ledger.Connection) (outlook.Config, error) {
	owner, err := s.Ledger.User(ctx, c.UserID)
	if err != nil {
		return outlook.Config{}, err
	}
	if err := ensureAllowed(owner); err != nil {
		return outlook.Config{}, err
	}
	config, err := s.step1(ctx)
	var unfinished *problem
	if errors.As(err, &unfinished) {
		unfinished.Missing = stepsOf(c, false).Missing
	}
	return config, err
}

// ensureAllowed refuses a user who may not have a connection.
func ensureAllowed(u ledger.User) error {
	if !u.Allowed || !u.Active {
		return refuse(notAllowed, "An administrator must allow the vTiger user "+u.UserName+" to sync first.")
	}
	return nil
}

// mailbox opens the connection's mailbox as its grant says. Rotated refresh tokens are kept.
func (s *Server) mailbox(ctx context.Context, c ledger.Connection) (*outlook.Client, error) {
	if err := ensureSignedIn(c); err != nil {
		return nil, err
	}
	m, err := s.account().Microsoft(ctx)
	if err != nil {
		return nil, err
	}
	config, source, err := s.account().Open(m, c)
	if err != nil {
		return nil, err
	}
	return outlook.NewClient(config, source, outlook.WithPace(s.Ledger.Pace(c.MailboxTenant, c.MailboxID))), nil
}

// account opens mailboxes as the worker does.
func (s *Server) account() signin.Accounts {
	return signin.Accounts{Ledger: s.Ledger, GraphURL: s.GraphURL, LoginURL: s.LoginURL, Fixed: s.Microsoft}
}

// ensureSignedIn refuses a connection without a sign-in at Microsoft, or with a dead one.
func ensureSignedIn(c ledger.Connection) error {
	switch {
	case !c.SignedIn:
		return refuseStep(needsSignIn, c, "Sign in to Microsoft with the mailbox first (step 2).")
	case c.Trouble == string(needsSignIn):
		return refuseStep(needsSignIn, c, "Microsoft no longer accepts the sign-in; sign in again (step 2).")
	}
	return nil
}

func isSignedIn(c ledger.Connection) bool { return c.SignedIn && c.Trouble != string(needsSignIn) }

// refuseStep makes a problem of a connection, of which step 1 is done, that says what is missing.
func refuseStep(k kind, c ledger.Connection, detail string) *problem {
	p := refuse(k, detail)
	p.Missing = stepsOf(c, true).Missing
	return p
}
