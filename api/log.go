package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// Line is one line of the sync log as the API shows it.
type Line struct {
	ID        int64                                   `json:"id"`
	Time      time.Time                               `json:"time"`
	User      string                                  `json:"user" doc:"vTiger user name"`
	Direction contact.Direction                       `json:"direction,omitempty" doc:"Into which side"`
	Action    contact.Action                          `json:"action" enum:"insert,update,delete,link,skip,conflict,error"`
	Module    string                                  `json:"module"`
	VTigerID  string                                  `json:"vtigerId,omitempty"`
	OutlookID string                                  `json:"outlookId,omitempty"`
	Name      string                                  `json:"name"`
	Fields    map[contact.Field]reconcile.FieldChange `json:"fields" doc:"Before and after, field by field"`
	Outcome   ledger.Outcome                          `json:"outcome"`
	Kind      string                                  `json:"kind" doc:"The reason, for programs"`
	Reason    string                                  `json:"reason" doc:"The reason, for people"`
	RunID     string                                  `json:"runId"`
}

type logOut struct {
	Body struct {
		Lines []Line `json:"lines"`
		Next  string `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
	}
}

type logQuery struct {
	User         string `query:"user" doc:"vTiger user id; for admins"`
	ConnectionID string `query:"connectionId"`
	RunID        string `query:"runId"`
	Action       string `query:"action" enum:"insert,update,delete,link,skip,conflict,error"`
	Outcome      string `query:"outcome"`
	Cursor       string `query:"cursor"`
	Limit        int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type runLogQuery struct {
	ID     string `path:"id"`
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

// logs are the calls of the sync log.
func (s *Server) logs(api huma.API) {
	register(s, api, call{http.MethodGet, "/log", "Read the sync log, newest first: the own one, an admin all", signed, http.StatusOK, []int{403}}, s.readLog)
	register(s, api, call{http.MethodGet, "/runs/{id}/operations", "Read one run's lines of the sync log", signed, http.StatusOK, []int{404}}, func(ctx context.Context, in *runLogQuery) (*logOut, error) {
		if _, err := s.ownRun(ctx, in.ID); err != nil {
			return nil, err
		}
		return s.lines(ctx, ledger.LogFilter{RunID: in.ID, Limit: in.Limit}, in.Cursor)
	})
}

func (s *Server) readLog(ctx context.Context, in *logQuery) (*logOut, error) {
	u := caller(ctx)
	if !u.Admin && in.User != "" && in.User != u.ID {
		return nil, problem(Forbidden, "Only an admin may read another user's log.", &huma.ErrorDetail{Location: "query.user", Message: "is not you"})
	}
	if !u.Admin {
		in.User = u.ID
	}
	return s.lines(ctx, ledger.LogFilter{
		UserID: in.User, ConnectionID: in.ConnectionID, RunID: in.RunID, Action: in.Action, Outcome: in.Outcome, Limit: in.Limit,
	}, in.Cursor)
}

func (s *Server) lines(ctx context.Context, f ledger.LogFilter, cursor string) (*logOut, error) {
	var err error
	if f.Before, err = parseCursor(cursor); err != nil {
		return nil, err
	}
	found, err := s.Ledger.Log(ctx, f)
	if err != nil {
		return nil, err
	}
	out := &logOut{}
	out.Body.Lines = make([]Line, len(found))
	for i, l := range found {
		out.Body.Lines[i] = lineOf(l)
		out.Body.Next = nextCursor(len(found), f.Limit, l.ID)
	}
	return out, nil
}

func lineOf(l ledger.Line) Line {
	out := Line{
		ID: l.ID, Time: l.CreatedAt.UTC(), User: l.UserName, Action: l.Action, Module: l.Module, VTigerID: l.VTigerID, OutlookID: l.OutlookID,
		Name: l.Name, Fields: l.Fields, Outcome: l.Outcome, Kind: l.ReasonKind, Reason: l.Reason, RunID: l.RunID,
	}
	if l.SettledAt != nil {
		out.Time = l.SettledAt.UTC()
	}
	switch l.Side {
	case contact.VTiger:
		out.Direction = contact.ToVTiger
	case contact.Outlook:
		out.Direction = contact.ToOutlook
	}
	return out
}

// nextCursor is opaque: it names the last line of a full page.
func nextCursor(found, limit int, last int64) string {
	if found < limit {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(last, 10)))
}

// parseCursor reads an opaque cursor; an empty one is the beginning.
func parseCursor(cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		var n int64
		if n, err = strconv.ParseInt(string(raw), 10, 64); err == nil && n > 0 {
			return n, nil
		}
	}
	return 0, problem(Invalid, "The cursor is not one of ours.", &huma.ErrorDetail{Location: "query.cursor", Message: "is not one of ours"})
}
