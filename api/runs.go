package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// Run is one round of a sync as the API shows it.
type Run struct {
	ID           string            `json:"id" format:"uuid"`
	ConnectionID string            `json:"connectionId"`
	Direction    contact.Direction `json:"direction"`
	State        ledger.RunState   `json:"state" enum:"queued,running,done,failed"`
	Phase        string            `json:"phase,omitempty" doc:"What a running one does now"`
	Progress     struct {
		Done  int `json:"done"`
		Total int `json:"total"`
	} `json:"progress"`
	Counts    []ledger.Count `json:"counts" doc:"Operations and findings by side, action and outcome"`
	Pending   int            `json:"pending" doc:"Left to the next run by the batch size"`
	Standing  int            `json:"standing" doc:"Left to another run by the direction"`
	Trouble   *Trouble       `json:"trouble,omitempty" doc:"Why it failed"`
	Requested time.Time      `json:"requested"`
	Started   *time.Time     `json:"started,omitempty"`
	Ended     *time.Time     `json:"ended,omitempty"`
}

type runOut struct {
	Location string `header:"Location"`
	Body     Run
}

type runList struct {
	Body struct {
		Runs []Run  `json:"runs"`
		Next string `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
	}
}

type runID struct {
	ID string `path:"id" doc:"Run id"`
}

type runIn struct {
	ID   string `path:"id" doc:"Connection id"`
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"The same key gives the same run"`
	Body struct {
		Direction contact.Direction `json:"direction,omitempty" enum:"both,toOutlook,toVtiger" doc:"Narrows the connection's direction"`
	}
}

type runQuery struct {
	ConnectionID string `query:"connectionId"`
	Cursor       string `query:"cursor"`
	Limit        int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

// runs are the calls that start and watch syncs.
func (s *Server) runs(api huma.API) {
	register(s, api, call{http.MethodPost, "/connections/{id}/runs", "Sync (step 3)", signed, http.StatusAccepted, []int{403, 404, 409}}, s.startRun)
	register(s, api, call{http.MethodGet, "/runs", "List runs, newest first", signed, http.StatusOK, nil}, s.listRuns)
	register(s, api, call{http.MethodGet, "/runs/{id}", "Read a run's progress", signed, http.StatusOK, []int{404}}, func(ctx context.Context, in *runID) (*runOut, error) {
		r, err := s.ownRun(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		shown, err := s.showRun(ctx, r)
		return &runOut{Body: shown}, err
	})
}

// startRun queues a run and asks for the workflow; the same key asks again, which does no harm.
func (s *Server) startRun(ctx context.Context, in *runIn) (*runOut, error) {
	c, err := s.usable(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	m, err := s.Ledger.Microsoft(ctx)
	if err != nil {
		return nil, err
	}
	if first := firstOf(missing(c, m.Version > 0)); first != "" {
		return nil, problem(first, nextStep[first])
	}
	direction := in.Body.Direction
	if direction == "" {
		direction = c.Settings.Direction
	}
	if c.Settings.Direction != contact.Both && direction != c.Settings.Direction {
		return nil, invalid("direction", "The connection syncs "+string(c.Settings.Direction)+" only; a run may only narrow that.")
	}
	r, err := s.Ledger.RequestRun(ctx, c.ID, in.Key, direction, c.Settings.BatchSize, caller(ctx).ID)
	if errors.Is(err, ledger.ErrConflict) {
		return nil, problem(Invalid, "This Idempotency-Key stands for a run with another direction.", &huma.ErrorDetail{Location: "header.Idempotency-Key", Message: "was used for another request"})
	}
	if err != nil {
		return nil, err
	}
	if err := s.Request(ctx, c.ID); err != nil {
		s.Log.Error("Temporal cannot be asked", "error", err)
		return nil, problem(Unavailable, "The run is noted, but Temporal does not answer; ask again with the same Idempotency-Key.")
	}
	shown, err := s.showRun(ctx, r)
	return &runOut{Location: base + "/runs/" + r.ID, Body: shown}, err
}

func (s *Server) listRuns(ctx context.Context, in *runQuery) (*runList, error) {
	before, err := parseCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	user := caller(ctx).ID
	if caller(ctx).Admin {
		user = ""
	}
	found, err := s.Ledger.Runs(ctx, user, in.ConnectionID, before, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &runList{}
	out.Body.Runs = make([]Run, len(found))
	for i, r := range found {
		if out.Body.Runs[i], err = s.showRun(ctx, r); err != nil {
			return nil, err
		}
		out.Body.Next = nextCursor(len(found), in.Limit, r.Seq)
	}
	return out, nil
}

// ownRun gives a run that the caller may see.
func (s *Server) ownRun(ctx context.Context, id string) (ledger.Run, error) {
	r, err := s.Ledger.Run(ctx, id)
	if err != nil {
		return r, err
	}
	_, err = s.own(ctx, r.ConnectionID)
	return r, err
}

func (s *Server) showRun(ctx context.Context, r ledger.Run) (Run, error) {
	counts, err := s.Ledger.Counts(ctx, r.ID)
	out := Run{
		ID: r.ID, ConnectionID: r.ConnectionID, Direction: r.Direction, State: r.State, Phase: r.Phase, Counts: counts, Pending: r.Pending,
		Standing: r.Standing, Trouble: troubleOf(r.Trouble, r.TroubleSentence), Requested: r.RequestedAt.UTC(), Started: r.StartedAt, Ended: r.EndedAt,
	}
	if out.Counts == nil {
		out.Counts = []ledger.Count{}
	}
	for _, c := range counts {
		switch c.Action {
		case contact.Insert, contact.Update, contact.Delete:
			if c.Outcome != ledger.Planned && c.Outcome != ledger.Discarded && c.Outcome != ledger.Unclear {
				out.Progress.Done += c.N
			}
		}
	}
	out.Progress.Total = max(r.Total, out.Progress.Done)
	return out, err
}
