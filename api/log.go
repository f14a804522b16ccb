package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"contactbridge/internal/ledger"
)

// LogAsk is what the log can be narrowed by. huma reads what is embedded only if it is exported.
type LogAsk struct {
	User       string    `query:"user" maxLength:"64" example:"19x5" doc:"vTiger's id of a user; another's only for administrators"`
	Connection string    `query:"connection" maxLength:"64" example:"0b9e1a52-3c1d-4c7e-9a55-6f2f6f1f9d10" doc:"Only of this connection"`
	Run        string    `query:"run" maxLength:"64" example:"5d0f8a8e-52d4-4f0b-8f3c-0b6f8f9c2a11" doc:"Only of this run"`
	Direction  string    `query:"direction" enum:"toVtiger,toOutlook" doc:"Into which side"`
	Action     string    `query:"action" enum:"insert,update,delete,link,skip,conflict,error"`
	Outcome    string    `query:"outcome" enum:"done,held,unclear,failed,skipped,discarded,undone"`
	Text       string    `query:"text" maxLength:"200" example:"Curie" doc:"Words of the contact's name, in any order, of which the last may be cut short after three letters; or the whole id of a record"`
	Since      time.Time `query:"since" example:"2026-01-31T00:00:00Z" doc:"Not before this time"`
	Until      time.Time `query:"until" example:"2026-02-01T00:00:00Z" doc:"Before this time"`
}

type logInput struct {
	LogAsk
	Cursor string `query:"cursor" maxLength:"200" doc:"The field next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Most rows of the page"`
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
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Most rows of the page"`
}

type operationsOutput struct {
	Body struct {
		Operations []operationView `json:"operations" doc:"In the order of the plan"`
		Next       string          `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
	}
}

func (s *Server) logRoutes(r routes) {
	const tag = "Log"
	read := on(http.MethodGet, prefix+"/log", tag, "read-log", "Read the sync log: your own, or everybody's for administrators", http.StatusNotFound)
	read.Description = "Lines are listed newest first. Pages do not shift while lines are added; a line moves up when its outcome becomes known. " + ownOnly
	add(r, syncing, read, s.readLog)
	s.exportRoute(r)
}

const ownOnly = "Values of fields are shown to the connection's own user only: of other users' lines an administrator sees which fields changed."

func (s *Server) readLog(ctx context.Context, in *logInput) (*logOutput, error) {
	f, err := s.logFilter(ctx, &in.LogAsk)
	if err != nil {
		return nil, err
	}
	if f.Before, err = decodePlace(in.Cursor); err != nil {
		return nil, err
	}
	f.Limit = in.Limit + 1
	lines, err := s.Ledger.Log(ctx, f)
	if err != nil {
		return nil, err
	}
	out := &logOutput{}
	if len(lines) > in.Limit {
		lines = lines[:in.Limit]
		out.Body.Next = encodePlace(lines[in.Limit-1].At())
	}
	out.Body.Lines = make([]operationView, len(lines))
	for i, l := range lines {
		out.Body.Lines[i] = viewOperation(l.Operation, l.UserID, l.UserName, l.Module, person(ctx))
	}
	return out, nil
}

// logFilter says whose lines are read, and which. What a filter names must be visible to the caller.
func (s *Server) logFilter(ctx context.Context, in *LogAsk) (ledger.LogFilter, error) {
	f := ledger.LogFilter{
		UserID: in.User, ConnectionID: in.Connection, RunID: in.Run, Side: target(in.Direction), Action: in.Action, Outcome: in.Outcome,
		Text: strings.TrimSpace(in.Text), Since: in.Since, Until: in.Until,
	}
	u := person(ctx)
	if in.User != "" && in.User != u.ID && !u.Admin {
		return f, refuse(adminOnly, "Only administrators may read the log of other users.")
	}
	if in.User == "" {
		f.UserID = s.scope(ctx)
	}
	if in.Connection != "" {
		if _, err := s.visible(ctx, in.Connection); err != nil {
			return f, err
		}
	}
	if in.Run != "" {
		if _, _, err := s.visibleRun(ctx, in.Run); err != nil {
			return f, err
		}
	}
	return f, checkSpan(f.Since, f.Until)
}

// checkSpan takes times that the database can hold, in their order.
func checkSpan(since, until time.Time) error {
	for name, t := range map[string]time.Time{"query.since": since, "query.until": until} {
		if !t.IsZero() && (t.Year() < 1970 || t.Year() > 9999) {
			return refuseField(name, "Use a time from 1970 on, such as 2026-01-31T00:00:00Z.")
		}
	}
	if !since.IsZero() && !until.IsZero() && !since.Before(until) {
		return refuseField("query.until", "Use a time after since.")
	}
	return nil
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
		out.Body.Operations[i] = viewOperation(o, owner.ID, owner.UserName, c.Module, person(ctx))
	}
	return out, nil
}
