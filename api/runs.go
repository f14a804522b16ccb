package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

const runsPath = prefix + "/runs"

type startInput struct {
	ID   string `path:"id" maxLength:"64" doc:"The connection"`
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"The same key gives the same run"`
	Body *startBody
}

type startedOutput struct {
	Location string `header:"Location"`
	Body     runView
}

type runInput struct {
	ID string `path:"id" maxLength:"64" doc:"The run"`
}

type runOutput struct{ Body runView }

type runsInput struct {
	ConnectionID string `query:"connectionId" maxLength:"64" doc:"Only of this connection"`
	Cursor       string `query:"cursor" maxLength:"200" doc:"The field next of the page before"`
	Limit        int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Most rows of the page"`
}

type runsOutput struct {
	Body struct {
		Runs []runView `json:"runs" doc:"Newest first"`
		Next string    `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
	}
}

func (s *Server) runRoutes(r routes) {
	const tag = "Step 3: sync"
	start := on(http.MethodPost, connectionsPath+"/{id}/runs", tag, "start-run", "Ask for a sync",
		http.StatusNotFound, http.StatusConflict, http.StatusServiceUnavailable)
	start.DefaultStatus = http.StatusAccepted
	add(r, syncing, start, s.startRun)
	add(r, syncing, on(http.MethodGet, runsPath, tag, "list-runs", "List runs", http.StatusNotFound), s.listRuns)
	add(r, syncing, on(http.MethodGet, runsPath+"/{id}", tag, "get-run", "Follow a run", http.StatusNotFound), s.showRun)
	s.eventRoute(r)
	add(r, syncing, on(http.MethodPost, runsPath+"/{id}/cancel", tag, "cancel-run", "Stop a run at its next batch; one that has ended stays as it is",
		http.StatusNotFound), s.cancelRun)
	add(r, syncing, on(http.MethodGet, runsPath+"/{id}/operations", tag, "list-operations",
		"List a run's operations, planned ones included", http.StatusNotFound), s.listOperations)
}

// startRun queues the run first and then asks for the workflow, so that nothing that was accepted is forgotten.
func (s *Server) startRun(ctx context.Context, in *startInput) (*startedOutput, error) {
	c, err := s.runnable(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var body startBody
	if in.Body != nil {
		body = *in.Body
	}
	w, err := s.wanted(ctx, c, in.Key, body)
	if err != nil {
		return nil, err
	}
	return s.begin(ctx, c, w)
}

// begin queues a run, or finds the one that its key belongs to, and asks for the workflow.
func (s *Server) begin(ctx context.Context, c ledger.Connection, w ledger.Wanted) (*startedOutput, error) {
	note(ctx, "preview", w.Preview)
	run, err := s.Ledger.Request(ctx, c, w)
	if errors.Is(err, ledger.ErrConflict) {
		return nil, refuse(keyReused, "This Idempotency-Key belongs to a run that was asked for otherwise; use a new key.",
			flaw{Location: "header.Idempotency-Key", Message: "it belongs to another request"})
	}
	if err != nil {
		return nil, err
	}
	if err := s.ask(ctx, c.ID); err != nil {
		return nil, err
	}
	v, err := s.wholeRun(ctx, run)
	return &startedOutput{runsPath + "/" + run.ID, v}, err
}

// ask asks for the workflow. The run stays queued when that fails, and the next request finds it.
func (s *Server) ask(ctx context.Context, connectionID string) error {
	if err := s.Request(ctx, connectionID); err != nil {
		return &contact.Error{
			Kind: contact.Unavailable, Doing: "ask for the sync of connection " + connectionID, Err: err,
			Sentence: "The run is queued, but Temporal does not answer; ask again, with the same Idempotency-Key.",
		}
	}
	return nil
}

// runnable finds a connection whose steps are all done.
func (s *Server) runnable(ctx context.Context, id string) (ledger.Connection, error) {
	c, _, err := s.usable(ctx, id)
	if err != nil {
		return c, err
	}
	if err := ensureSignedIn(c); err != nil {
		return c, err
	}
	if c.FolderID == "" {
		return c, refuseStep(needsFolder, c, "Choose the Outlook folder to sync with first (step 2).")
	}
	if len(c.Settings.Mapping) == 0 {
		return c, refuseStep(needsMapping, c, "Map at least one field first (step 2): vTiger has none of the fields of the default.")
	}
	return c, nil
}

func (s *Server) wholeRun(ctx context.Context, r ledger.Run) (runView, error) {
	counts, err := s.Ledger.Counts(ctx, r.ID)
	if err != nil {
		return runView{}, err
	}
	sides, since, err := s.Ledger.Progress(ctx, r)
	v := summarize(r)
	v.Counts, v.Progress = counts, progress(r, sides, since, time.Now())
	if counts == nil {
		v.Counts = []ledger.Count{}
	}
	return v, err
}

// visibleRun finds a run of a connection that the caller may see.
func (s *Server) visibleRun(ctx context.Context, id string) (ledger.Run, ledger.Connection, error) {
	r, err := s.Ledger.Run(ctx, id)
	if err != nil {
		return r, ledger.Connection{}, err
	}
	c, err := s.visible(ctx, r.ConnectionID)
	return r, c, err
}

func (s *Server) showRun(ctx context.Context, in *runInput) (*runOutput, error) {
	r, _, err := s.visibleRun(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v, err := s.wholeRun(ctx, r)
	return &runOutput{v}, err
}

// cancelRun stops a run. What was sent is settled, and what is left is pending for the next one.
func (s *Server) cancelRun(ctx context.Context, in *runInput) (*runOutput, error) {
	r, _, err := s.visibleRun(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.Ledger.CancelRun(ctx, r.ID); err != nil {
		return nil, err
	}
	return s.showRun(ctx, in)
}

func (s *Server) listRuns(ctx context.Context, in *runsInput) (*runsOutput, error) {
	before, err := decodeCursor("runs", in.Cursor)
	if err != nil {
		return nil, err
	}
	if in.ConnectionID != "" {
		if _, err := s.visible(ctx, in.ConnectionID); err != nil {
			return nil, err
		}
	}
	rows, err := s.Ledger.Runs(ctx, s.scope(ctx), in.ConnectionID, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	rows, next := cut("runs", rows, in.Limit, func(r ledger.Run) int64 { return r.Seq })
	out := &runsOutput{}
	out.Body.Runs, out.Body.Next = make([]runView, len(rows)), next
	for i, r := range rows {
		out.Body.Runs[i] = summarize(r)
	}
	return out, nil
}
