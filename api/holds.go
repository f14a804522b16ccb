package api

import (
	"context"
	"net/http"
	"strconv"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

const holdsPath = prefix + "/holds"

type holdsInput struct {
	Connection string `query:"connection" maxLength:"64" doc:"Only of this connection"`
	Cursor     string `query:"cursor" maxLength:"200" doc:"The field next of the page before"`
	Limit      int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Most rows of the page"`
}

type holdsOutput struct {
	Body struct {
		Holds   []holdView `json:"holds" doc:"Oldest first"`
		Next    string     `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
		Waiting []heapView `json:"waiting,omitempty" doc:"How much waits by kind, on all pages; only where a connection is asked for"`
	}
}

// heapView is what waits of one kind.
type heapView struct {
	Kind   reconcile.HoldKind `json:"kind"`
	Count  int                `json:"count"`
	Newest string             `json:"newest" doc:"The hold that was asked last: through, to answer all of these and none that is asked later"`
}

type approveInput struct {
	ID   int64 `path:"id" minimum:"1" doc:"The hold"`
	Body *struct {
		Keep   contact.Side `json:"keep,omitempty" enum:"vtiger,outlook" doc:"conflict: whose value is kept; without it vTiger's"`
		Record string       `json:"record,omitempty" maxLength:"500" doc:"ambiguous: the candidate that is the same person; without it the contact is somebody new"`
	}
}

type discardInput struct {
	ID int64 `path:"id" minimum:"1" doc:"The hold"`
}

type holdOutput struct{ Body holdView }

type answerAllInput struct {
	ID   string `path:"id" maxLength:"64" doc:"The connection"`
	Body struct {
		Approve bool               `json:"approve" doc:"True does what is held, false leaves it as it is"`
		Kind    reconcile.HoldKind `json:"kind" enum:"conflict,possible-duplicate,exists-elsewhere,guard" doc:"Only of this kind; an ambiguous match is answered by itself"`
		Through string             `json:"through" example:"42" maxLength:"20" pattern:"^[1-9][0-9]{0,18}$" doc:"The newest hold that is meant; what is asked later waits on, for nobody saw it"`
		Keep    contact.Side       `json:"keep,omitempty" enum:"vtiger,outlook" doc:"conflict, approved: whose values are kept; without it vTiger's"`
	}
}

type answeredOutput struct {
	Body struct {
		Answered int `json:"answered"`
	}
}

func (s *Server) holdRoutes(r routes) {
	const tag = "Step 3: sync"
	add(r, syncing, on(http.MethodGet, holdsPath, tag, "list-holds", "List what waits for a person", http.StatusNotFound), s.listHolds)
	add(r, syncing, on(http.MethodPost, holdsPath+"/{id}/approve", tag, "approve-hold", "Do what is held, at the sync that this starts",
		http.StatusNotFound, http.StatusServiceUnavailable), s.approveHold)
	add(r, syncing, on(http.MethodPost, holdsPath+"/{id}/discard", tag, "discard-hold", "Leave what is held as it is",
		http.StatusNotFound, http.StatusServiceUnavailable), s.discardHold)
	add(r, syncing, on(http.MethodPost, connectionsPath+"/{id}/holds", tag, "answer-holds", "Answer everything of a kind that waits in a connection, up to a hold",
		http.StatusNotFound, http.StatusServiceUnavailable), s.answerHolds)
}

func (s *Server) listHolds(ctx context.Context, in *holdsInput) (*holdsOutput, error) {
	after, err := decodeCursor("holds", in.Cursor)
	if err != nil {
		return nil, err
	}
	if in.Connection != "" {
		if _, err := s.visible(ctx, in.Connection); err != nil {
			return nil, err
		}
	}
	rows, err := s.Ledger.Waiting(ctx, s.scope(ctx), in.Connection, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	rows, next := cut("holds", rows, in.Limit, func(h ledger.Waiting) int64 { return h.ID })
	out := &holdsOutput{}
	shown, err := s.recordsOf(ctx, rows)
	if err != nil {
		return nil, err
	}
	out.Body.Holds, out.Body.Next = make([]holdView, len(rows)), next
	for i, h := range rows {
		out.Body.Holds[i] = viewHold(h, shown)
	}
	if in.Connection != "" {
		out.Body.Waiting, err = s.heaps(ctx, in.Connection)
	}
	return out, err
}

func (s *Server) heaps(ctx context.Context, connectionID string) ([]heapView, error) {
	heaps, err := s.Ledger.Heaps(ctx, connectionID)
	out := make([]heapView, len(heaps))
	for i, h := range heaps {
		out[i] = heapView{h.Kind, h.N, strconv.FormatInt(h.Newest, 10)}
	}
	return out, err
}

// held finds a hold of a connection that the caller may see.
func (s *Server) held(ctx context.Context, id int64) (ledger.Waiting, ledger.Connection, error) {
	h, err := s.Ledger.HoldOf(ctx, id)
	if err != nil {
		return h, ledger.Connection{}, err
	}
	c, err := s.visible(ctx, h.ConnectionID)
	return h, c, err
}

func (s *Server) approveHold(ctx context.Context, in *approveInput) (*holdOutput, error) {
	h, c, err := s.held(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var keep contact.Side
	var record string
	if in.Body != nil {
		keep, record = in.Body.Keep, in.Body.Record
	}
	a, err := approval(h.Hold, keep, record)
	if err != nil {
		return nil, err
	}
	return s.answerHold(ctx, c, in.ID, a)
}

func (s *Server) discardHold(ctx context.Context, in *discardInput) (*holdOutput, error) {
	_, c, err := s.held(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.answerHold(ctx, c, in.ID, reconcile.Answer{Verdict: reconcile.Discard})
}

func (s *Server) answerHold(ctx context.Context, c ledger.Connection, id int64, a reconcile.Answer) (*holdOutput, error) {
	note(ctx, "answer", a.Verdict)
	if err := s.Ledger.AnswerHold(ctx, c, id, a, person(ctx).ID); err != nil {
		return nil, err
	}
	h, err := s.Ledger.HoldOf(ctx, id)
	if err != nil {
		return nil, err
	}
	shown, err := s.recordsOf(ctx, []ledger.Waiting{h})
	if err != nil {
		return nil, err
	}
	if h.Undoes != "" {
		return &holdOutput{viewHold(h, shown)}, s.pokeUndos(ctx, c)
	}
	return &holdOutput{viewHold(h, shown)}, s.poke(ctx, c, "hold/"+strconv.FormatInt(id, 10)+"/"+h.AnsweredAt.UTC().Format("20060102T150405.000000"))
}

// answerHolds answers only what the caller saw: what is asked meanwhile waits on.
func (s *Server) answerHolds(ctx context.Context, in *answerAllInput) (*answeredOutput, error) {
	c, err := s.visible(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	a := reconcile.Answer{Verdict: reconcile.Discard}
	switch {
	case in.Body.Keep != "" && !in.Body.Approve:
		return nil, refuseField("body.keep", "A value is kept only where something is approved.")
	case in.Body.Approve:
		if a, err = approval(ledger.Hold{Kind: in.Body.Kind}, in.Body.Keep, ""); err != nil {
			return nil, err
		}
	}
	note(ctx, "answer", a.Verdict)
	note(ctx, "kind", in.Body.Kind)
	through, err := strconv.ParseInt(in.Body.Through, 10, 64)
	if err != nil {
		return nil, refuseField("body.through", "There is no such hold.")
	}
	out := &answeredOutput{}
	if out.Body.Answered, err = s.Ledger.AnswerHolds(ctx, c, in.Body.Kind, through, a, person(ctx).ID); err != nil || out.Body.Answered == 0 {
		return out, err
	}
	if err := s.pokeUndos(ctx, c); err != nil {
		return nil, err
	}
	return out, s.poke(ctx, c, "")
}

// poke asks for a sync of what an answer set free. Where the connection cannot sync now, the answer waits for its next one.
func (s *Server) poke(ctx context.Context, c ledger.Connection, key string) error {
	c, err := s.runnable(ctx, c.ID)
	if err != nil || c.NeedsPreview() {
		return nil
	}
	if _, err := s.Ledger.Request(ctx, c, ledger.Wanted{Key: key, By: person(ctx).ID}); err != nil {
		return err
	}
	return s.ask(ctx, c.ID)
}
