package api

import (
	"context"
	"net/http"

	"contactbridge/internal/ledger"
)

type logInput struct {
	User       string `query:"user" maxLength:"64" doc:"vTiger's id of a user; for administrators"`
	Connection string `query:"connection" maxLength:"64"`
	Run        string `query:"run" maxLength:"64"`
	Action     string `query:"action" enum:"insert,update,delete,link,skip,conflict,error"`
	Outcome    string `query:"outcome" enum:"done,held,unclear,failed,skipped,discarded,undone"`
	Cursor     string `query:"cursor" maxLength:"200" doc:"The field next of the page before"`
	Limit      int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type logOutput struct {
	Body struct {
		Lines []operationView `json:"lines" doc:"Newest first"`
		Next  string          `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
	}
}

type operationsInput struct {
	ID     string `path:"id" maxLength:"64" doc:"The run"`
	Cursor string `query:"cursor" maxLength:"200" doc:"The field next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type operationsOutput struct {
	Body struct {
		Operations []operationView `json:"operations" doc:"In the order of the plan"`
		Next       string          `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
	}
}

func (s *Server) logRoutes(r routes) {
	add(r, syncing, on(http.MethodGet, prefix+"/log", "Log", "read-log", "Read the sync log: your own, or everybody's for administrators",
		http.StatusNotFound), s.readLog)
}

func (s *Server) readLog(ctx context.Context, in *logInput) (*logOutput, error) {
	before, err := decodeCursor("log", in.Cursor)
	if err != nil {
		return nil, err
	}
	user, err := s.logScope(ctx, in)
	if err != nil {
		return nil, err
	}
	lines, err := s.Ledger.Log(ctx, ledger.LogFilter{
		UserID: user, ConnectionID: in.Connection, RunID: in.Run, Action: in.Action, Outcome: in.Outcome, Before: before, Limit: in.Limit + 1,
	})
	if err != nil {
		return nil, err
	}
	lines, next := cut("log", lines, in.Limit, func(l ledger.Line) int64 { return l.Place })
	out := &logOutput{}
	out.Body.Lines, out.Body.Next = make([]operationView, len(lines)), next
	for i, l := range lines {
		out.Body.Lines[i] = viewOperation(l.Operation, l.UserID, l.UserName, l.Module)
	}
	return out, nil
}

// logScope is whose lines are read. What a filter names must be visible to the caller.
func (s *Server) logScope(ctx context.Context, in *logInput) (userID string, err error) {
	u := person(ctx)
	if in.User != "" && in.User != u.ID && !u.Admin {
		return "", refuse(adminOnly, "Only administrators may read the log of other users.")
	}
	if in.Connection != "" {
		if _, err := s.visible(ctx, in.Connection); err != nil {
			return "", err
		}
	}
	if in.Run != "" {
		if _, _, err := s.visibleRun(ctx, in.Run); err != nil {
			return "", err
		}
	}
	if in.User != "" {
		return in.User, nil
	}
	return s.scope(ctx), nil
}

func (s *Server) listOperations(ctx context.Context, in *operationsInput) (*operationsOutput, error) {
	after, err := decodeCursor("operations", in.Cursor)
	if err != nil {
		return nil, err
	}
	run, c, err := s.visibleRun(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	owner, err := s.Ledger.User(ctx, c.UserID)
	if err != nil {
		return nil, err
	}
	rows, err := s.Ledger.RunOperations(ctx, run.ID, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	rows, next := cut("operations", rows, in.Limit, func(o ledger.Operation) int64 { return o.ID })
	out := &operationsOutput{}
	out.Body.Operations, out.Body.Next = make([]operationView, len(rows)), next
	for i, o := range rows {
		out.Body.Operations[i] = viewOperation(o, owner.ID, owner.UserName, c.Module)
	}
	return out, nil
}
