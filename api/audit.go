package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"contactbridge/internal/ledger"
)

const auditPath = prefix + "/audit"

type auditInput struct {
	User   string    `query:"user" maxLength:"64" doc:"Who did it: vTiger's id of the user"`
	Action string    `query:"action" maxLength:"64" doc:"What was done, such as put-microsoft or sign-in-refused"`
	About  string    `query:"about" maxLength:"200" doc:"What it was done to, or how that begins, such as users/19x5"`
	From   time.Time `query:"from" doc:"Not before this time (RFC 3339)"`
	To     time.Time `query:"to" doc:"Before this time (RFC 3339)"`
	Cursor string    `query:"cursor" maxLength:"200" doc:"The field next of the page before"`
	Limit  int       `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most"`
}

type actView struct {
	ID       string         `json:"id"`
	At       time.Time      `json:"at"`
	UserID   string         `json:"userId" doc:"Who did it: vTiger's id; empty: nobody who signed in, as when vTiger disabled a user"`
	UserName string         `json:"userName" doc:"Their user name at that time"`
	Token    string         `json:"token,omitempty" doc:"The name of the API token with which it was done"`
	Action   string         `json:"action" doc:"The operationId of the call, or sign-in-refused, user-disabled, user-enabled, admin-gained, admin-lost"`
	About    string         `json:"about" doc:"What it was done to, as the path of the call says it" example:"users/19x5/access"`
	Details  map[string]any `json:"details" doc:"Names of changed fields, and whose it is when it is somebody else's; never a secret"`
	Address  string         `json:"address" doc:"Where the request came from"`
}

type auditOutput struct {
	Body struct {
		Acts []actView `json:"acts" doc:"Newest first"`
		Next string    `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
	}
}

func (s *Server) auditRoutes(r routes) {
	add(r, admins, on(http.MethodGet, auditPath, "Audit", "read-audit",
		"Read what administrators did, who signed in, and which sign-ins failed; kept for a year at least"), s.readAudit)
}

func (s *Server) readAudit(ctx context.Context, in *auditInput) (*auditOutput, error) {
	before, err := decodeCursor("audit", in.Cursor)
	if err != nil {
		return nil, err
	}
	acts, err := s.Ledger.Audit(ctx, ledger.AuditFilter{
		UserID: in.User, Action: in.Action, About: in.About, From: in.From, To: in.To, Before: before, Limit: in.Limit + 1,
	})
	if err != nil {
		return nil, err
	}
	acts, next := cut("audit", acts, in.Limit, func(a ledger.Act) int64 { return a.ID })
	out := &auditOutput{}
	out.Body.Acts, out.Body.Next = make([]actView, len(acts)), next
	for i, a := range acts {
		out.Body.Acts[i] = actView{
			strconv.FormatInt(a.ID, 10), a.At.UTC(), a.UserID, a.UserName, a.Token, a.Action, a.About, a.Details, a.Address,
		}
	}
	return out, nil
}
