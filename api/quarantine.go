package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

const quarantinePath = prefix + "/quarantine"

// The states of a quarantined write.
const (
	waitingState = "waiting"
	parkedState  = "parked"
)

// refusalView is a write that a side refused.
type refusalView struct {
	ID         string         `json:"id"`
	Connection string         `json:"connection"`
	UserID     string         `json:"userId" doc:"vTiger's id of the connection's user"`
	Direction  string         `json:"direction" enum:"toVtiger,toOutlook" doc:"Into which side"`
	Action     contact.Action `json:"action" enum:"insert,update,delete"`
	Name       string         `json:"name"`
	VTigerID   string         `json:"vtigerId,omitempty"`
	OutlookID  string         `json:"outlookId,omitempty"`
	State      string         `json:"state" enum:"waiting,parked" doc:"waiting is tried again by itself, parked only when somebody asks or one of the contacts changes"`
	CauseKind  string         `json:"causeKind" doc:"Why the side refused it, for programs"`
	Cause      string         `json:"cause" doc:"Why the side refused it, as a sentence"`
	Attempts   int            `json:"attempts" doc:"How often it was tried as it is"`
	FirstAt    time.Time      `json:"firstAt"`
	TriedAt    time.Time      `json:"triedAt"`
	NextAt     *time.Time     `json:"nextAt" doc:"When it may be tried again by itself; null when it is parked"`
}

type quarantineInput struct {
	Connection string `query:"connection" maxLength:"64" doc:"Only of this connection"`
	Cursor     string `query:"cursor" maxLength:"200" doc:"The field next of the page before"`
	Limit      int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Most rows of the page"`
}

type quarantineOutput struct {
	Body struct {
		Refusals []refusalView `json:"refusals" doc:"Oldest first"`
		Next     string        `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
	}
}

type retryInput struct {
	Body *struct {
		IDs        []string `json:"ids,omitempty" minItems:"1" maxItems:"1000" doc:"Only these; without it all that you may see"`
		Connection string   `json:"connection,omitempty" maxLength:"64" doc:"Only of this connection"`
	}
}

type retriedOutput struct {
	Body struct {
		Retried int `json:"retried" doc:"How many the next sync of their connection tries, as if for the first time"`
	}
}

func (s *Server) quarantineRoutes(r routes) {
	const tag = "Step 3: sync"
	add(r, syncing, on(http.MethodGet, quarantinePath, tag, "list-quarantine", "List what a side refused to store",
		http.StatusNotFound), s.listQuarantine)
	add(r, syncing, on(http.MethodPost, quarantinePath+"/retry", tag, "retry-quarantine", "Try one, several or all of the refused writes at the sync that this starts",
		http.StatusNotFound, http.StatusServiceUnavailable), s.retryQuarantine)
}

func viewRefusal(r ledger.Refusal) refusalView {
	v := refusalView{
		ID: strconv.FormatInt(r.ID, 10), Connection: r.ConnectionID, UserID: r.UserID, Direction: into(r.Side), Action: r.Action, Name: r.Name,
		VTigerID: r.VTigerID, OutlookID: r.OutlookID, State: waitingState, CauseKind: r.Kind, Cause: r.Sentence, Attempts: r.Attempts,
		FirstAt: r.FirstAt.UTC(), TriedAt: r.TriedAt.UTC(), NextAt: utc(r.NextAt),
	}
	if r.NextAt == nil {
		v.State = parkedState
	}
	return v
}

func (s *Server) listQuarantine(ctx context.Context, in *quarantineInput) (*quarantineOutput, error) {
	after, err := decodeCursor("quarantine", in.Cursor)
	if err != nil {
		return nil, err
	}
	if in.Connection != "" {
		if _, err := s.visible(ctx, in.Connection); err != nil {
			return nil, err
		}
	}
	rows, err := s.Ledger.Quarantine(ctx, ledger.Refusals{UserID: s.scope(ctx), ConnectionID: in.Connection}, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	rows, next := cut("quarantine", rows, in.Limit, func(r ledger.Refusal) int64 { return r.ID })
	out := &quarantineOutput{}
	out.Body.Refusals, out.Body.Next = make([]refusalView, len(rows)), next
	for i, r := range rows {
		out.Body.Refusals[i] = viewRefusal(r)
	}
	return out, nil
}

// retryQuarantine asks for a sync of every connection of which something is to be tried again.
func (s *Server) retryQuarantine(ctx context.Context, in *retryInput) (*retriedOutput, error) {
	f, err := s.chosen(ctx, in)
	if err != nil {
		return nil, err
	}
	if f.UserID == "" && f.ConnectionID == "" { // everybody's
		act(ctx).Due = true
	}
	found, err := s.Ledger.Retry(ctx, f)
	if err != nil {
		return nil, err
	}
	out := &retriedOutput{}
	for id, n := range found {
		out.Body.Retried += n
		c, err := s.visible(ctx, id)
		if err == nil {
			err = s.poke(ctx, c, "")
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// chosen reads what is to be tried again. An id that the caller does not see is not found, and then nothing is tried.
func (s *Server) chosen(ctx context.Context, in *retryInput) (ledger.Refusals, error) {
	f := ledger.Refusals{UserID: s.scope(ctx)}
	if in.Body == nil {
		return f, nil
	}
	if f.ConnectionID = in.Body.Connection; f.ConnectionID != "" {
		if _, err := s.visible(ctx, f.ConnectionID); err != nil {
			return f, err
		}
	}
	if len(in.Body.IDs) == 0 {
		return f, nil
	}
	for i, text := range in.Body.IDs {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || id < 1 {
			return f, refuseField("body.ids["+strconv.Itoa(i)+"]", "Use an id exactly as the list gives it.")
		}
		f.IDs = append(f.IDs, id)
	}
	slices.Sort(f.IDs)
	f.IDs = slices.Compact(f.IDs)
	rows, err := s.Ledger.Quarantine(ctx, f, 0, len(f.IDs))
	if err == nil && len(rows) < len(f.IDs) {
		err = ledger.ErrNotFound
	}
	return f, err
}
