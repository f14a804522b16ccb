package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"contactbridge/internal/contact"
	"contactbridge/internal/fieldmap"
	"contactbridge/internal/ledger"
)

// Connection is one user's sync as the API shows it.
type Connection struct {
	ID      string    `json:"id" format:"uuid"`
	UserID  string    `json:"userId"`
	Module  string    `json:"module"`
	Created time.Time `json:"created"`
	Account struct {
		SignedIn bool   `json:"signedIn"`
		Address  string `json:"address,omitempty"`
		Name     string `json:"name,omitempty"`
	} `json:"account"`
	Folder struct {
		ID   string `json:"id,omitempty"`
		Name string `json:"name,omitempty"`
	} `json:"folder"`
	Missing  []Kind   `json:"missing" doc:"What keeps it from syncing: step-1-missing, needs-sign-in, needs-folder"`
	NextStep string   `json:"nextStep" doc:"What to do now, for people"`
	Trouble  *Trouble `json:"trouble,omitempty" doc:"Why the last sync could not go on"`
	LastRun  *Run     `json:"lastRun,omitempty"`
}

// Trouble is what went wrong, for programs and for people.
type Trouble struct {
	Kind     string `json:"kind"`
	Sentence string `json:"sentence"`
}

func troubleOf(kind, sentence string) *Trouble {
	if kind == "" {
		return nil
	}
	return &Trouble{kind, sentence}
}

type connectionOut struct{ Body Connection }

type connectionList struct {
	Body struct {
		Connections []Connection `json:"connections"`
	}
}

type connectionIn struct {
	Body struct {
		UserID string `json:"userId,omitempty" doc:"Whose; only admins may name another user"`
		Module string `json:"module" doc:"vTiger module" example:"Contacts"`
	}
}

type connectionID struct {
	ID string `path:"id" doc:"Connection id"`
}

// connections are the calls for connections themselves.
func (s *Server) connections(api huma.API) {
	register(s, api, call{http.MethodGet, "/connections", "List connections: the own ones, an admin all", signed, http.StatusOK, nil}, s.listConnections)
	register(s, api, call{http.MethodPost, "/connections", "Make a connection", signed, http.StatusCreated, []int{403, 404, 409}}, s.makeConnection)
	register(s, api, call{http.MethodGet, "/connections/{id}", "Read a connection's state", signed, http.StatusOK, []int{404}}, func(ctx context.Context, in *connectionID) (*connectionOut, error) {
		c, err := s.own(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		shown, err := s.show(ctx, c)
		return &connectionOut{shown}, err
	})
}

func (s *Server) listConnections(ctx context.Context, _ *none) (*connectionList, error) {
	user := caller(ctx).ID
	if caller(ctx).Admin {
		user = ""
	}
	list, err := s.Ledger.Connections(ctx, user)
	if err != nil {
		return nil, err
	}
	out := &connectionList{}
	out.Body.Connections = make([]Connection, len(list))
	for i, c := range list {
		if out.Body.Connections[i], err = s.show(ctx, c); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// defaults are what a new connection starts with.
func defaults() ledger.Settings {
	return ledger.Settings{
		Mapping: fieldmap.Default(), Direction: contact.Both, ConflictPolicy: contact.VTiger, DeleteVersus: "editWins", BatchSize: 100,
	}
}

func (s *Server) makeConnection(ctx context.Context, in *connectionIn) (*connectionOut, error) {
	u := caller(ctx)
	if in.Body.UserID != "" && in.Body.UserID != u.ID {
		if !u.Admin {
			return nil, problem(Forbidden, "Only an admin may make a connection for another user.", wrong("userId", "is not you"))
		}
		var err error
		if u, err = s.Ledger.User(ctx, in.Body.UserID); err != nil {
			return nil, err
		}
	}
	if in.Body.Module != "Contacts" {
		return nil, invalid("module", "Only Contacts can be synced.")
	}
	if err := allowed(u); err != nil {
		return nil, err
	}
	c, err := s.Ledger.CreateConnection(ctx, u.ID, in.Body.Module, defaults())
	if errors.Is(err, ledger.ErrConflict) {
		return nil, problem(Conflict, u.UserName+" has a connection for "+in.Body.Module+" already.")
	}
	if err != nil {
		return nil, err
	}
	shown, err := s.show(ctx, c)
	return &connectionOut{shown}, err
}

// show gathers a connection's state.
func (s *Server) show(ctx context.Context, c ledger.Connection) (Connection, error) {
	out := Connection{ID: c.ID, UserID: c.UserID, Module: c.Module, Created: c.CreatedAt.UTC(), Trouble: troubleOf(c.Trouble, c.TroubleSentence)}
	out.Account.SignedIn, out.Account.Address, out.Account.Name = c.SignedIn, c.MailboxAddress, c.MailboxName
	out.Folder.ID, out.Folder.Name = c.FolderID, c.FolderName
	m, err := s.Ledger.Microsoft(ctx)
	if err != nil {
		return out, err
	}
	out.Missing = missing(c, m.Version > 0)
	out.NextStep = nextStep[firstOf(out.Missing)]
	runs, err := s.Ledger.Runs(ctx, "", c.ID, 0, 1)
	if err != nil || len(runs) == 0 {
		return out, err
	}
	last, err := s.showRun(ctx, runs[0])
	out.LastRun = &last
	return out, err
}

// missing lists the steps that are not done, in their order.
func missing(c ledger.Connection, step1 bool) []Kind {
	out := []Kind{}
	if !step1 {
		out = append(out, Step1Missing)
	}
	if !c.SignedIn {
		out = append(out, NeedsSignIn)
	}
	if c.FolderID == "" {
		out = append(out, NeedsFolder)
	}
	return out
}

func firstOf(list []Kind) Kind {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// nextStep says what to do about the first missing step.
var nextStep = map[Kind]string{
	"":           "Everything is set: sync.",
	Step1Missing: "An admin must first save the Microsoft settings (step 1).",
	NeedsSignIn:  "Sign in to the mailbox (step 2).",
	NeedsFolder:  "Choose a contact folder (step 2).",
}
