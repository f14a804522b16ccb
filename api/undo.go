package api

import (
	"context"
	"net/http"

	"contactbridge/internal/ledger"
)

type undoInput struct {
	ID   string `path:"id" maxLength:"64" doc:"The run that is taken back"`
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"The same key gives the same run"`
	Body *undoBody
}

// undoBody is what a person asks of an undo.
type undoBody struct {
	Preview bool   `json:"preview,omitempty" doc:"Show what the undo would do, and do nothing; kept for seven days"`
	Apply   string `json:"apply,omitempty" maxLength:"64" doc:"The id of a preview of this undo: only what it shows and what is still so is taken back"`
}

func (s *Server) undoRoutes(r routes) {
	undo := on(http.MethodPost, runsPath+"/{id}/undo", "Step 3: sync", "undo-run",
		"Write back what a run changed, delete what it inserted, insert what it deleted; what was edited since stays",
		http.StatusNotFound, http.StatusConflict, http.StatusServiceUnavailable)
	undo.DefaultStatus = http.StatusAccepted
	add(r, syncing, undo, s.undoRun)
}

// undoRun asks for a run of its own. It is no sync, so it waits for no preview of the settings.
func (s *Server) undoRun(ctx context.Context, in *undoInput) (*startedOutput, error) {
	run, c, err := s.visibleRun(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if c, err = s.runnable(ctx, c.ID); err != nil {
		return nil, err
	}
	var asked undoBody
	if in.Body != nil {
		asked = *in.Body
	}
	accepted, err := s.accepted(ctx, c, in.Key)
	if err != nil {
		return nil, err
	}
	if !accepted {
		if err := s.ensureUndoable(ctx, c, run); err != nil {
			return nil, err
		}
	}
	if err := s.ensureShown(ctx, c, run, asked, accepted); err != nil {
		return nil, err
	}
	return s.begin(ctx, c, ledger.Wanted{
		Key: in.Key, Direction: run.Direction, By: person(ctx).ID, Preview: asked.Preview, Applies: asked.Apply, Undoes: run.ID,
	})
}

// ensureShown refuses an application of anything but a preview of this very undo.
func (s *Server) ensureShown(ctx context.Context, c ledger.Connection, run ledger.Run, asked undoBody, accepted bool) error {
	switch {
	case asked.Apply == "":
		return nil
	case asked.Preview:
		return refuseField("body.apply", "Ask either for a preview or for the application of one.")
	}
	preview, err := s.previewOf(ctx, c, asked.Apply)
	if err != nil {
		return err
	}
	if preview.Undoes != run.ID {
		return refuseField("body.apply", "That is no preview of the undo of this run.")
	}
	if accepted {
		return nil
	}
	return ensureApplicable(c, preview)
}

// ensureUndoable refuses a run of which nothing can be taken back.
func (s *Server) ensureUndoable(ctx context.Context, c ledger.Connection, run ledger.Run) error {
	switch {
	case run.Preview:
		return refuse(conflict, "That run is a preview: it did nothing, so there is nothing to undo.")
	case run.EndedAt == nil:
		return refuse(conflict, "The run is not done yet; cancel it or wait for its end.")
	}
	deeds, err := s.Ledger.Deeds(ctx, run.ID)
	if err != nil {
		return err
	}
	undone, err := s.Ledger.WasUndone(ctx, run.ID)
	switch {
	case err != nil:
		return err
	case len(deeds) == 0 && undone:
		return refuse(conflict, "The run was undone already.")
	case len(deeds) == 0:
		return refuse(conflict, "The run wrote nothing, so there is nothing to undo.")
	case deeds[0].Epoch != c.Epoch:
		return refuse(conflict, "The run belongs to another mailbox or folder, or another vTiger, than the one that is chosen now; choose that one again to undo it.")
	}
	return nil
}

// pokeUndos asks again for the undos that waited for what a person has approved now.
func (s *Server) pokeUndos(ctx context.Context, c ledger.Connection) error {
	if _, err := s.runnable(ctx, c.ID); err != nil {
		return nil
	}
	ids, err := s.Ledger.HeldUndos(ctx, c)
	if err != nil || len(ids) == 0 {
		return err
	}
	for _, id := range ids {
		if _, err := s.Ledger.Request(ctx, c, ledger.Wanted{By: person(ctx).ID, Undoes: id}); err != nil {
			return err
		}
	}
	return s.ask(ctx, c.ID)
}
