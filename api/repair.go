package api

import (
	"context"
	"net/http"

	"contactbridge/internal/contact"
)

type observeAgainInput struct {
	ID   string `path:"id" maxLength:"64" doc:"The connection"`
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"The same key gives the same run"`
	Body struct {
		Side contact.Side `json:"side" enum:"vtiger,outlook"`
	}
}

func (s *Server) repairRoutes(r routes) {
	op := on(http.MethodPost, connectionsPath+"/{id}/observe-again", "Step 3: sync", "observe-again",
		"Read a side as a whole again and sync; a side that is as it was known costs no write", http.StatusNotFound, http.StatusConflict, http.StatusServiceUnavailable)
	op.DefaultStatus = http.StatusAccepted
	add(r, syncing, op, s.observeAgain)
}

func (s *Server) observeAgain(ctx context.Context, in *observeAgainInput) (*startedOutput, error) {
	c, err := s.runnable(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	w, err := s.wanted(ctx, c, in.Key, startBody{})
	if err != nil {
		return nil, err
	}
	if err := s.Ledger.ObserveAgain(ctx, c, in.Body.Side); err != nil {
		return nil, err
	}
	return s.begin(ctx, c, w)
}
