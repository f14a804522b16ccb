package api

import (
	"context"
	"errors"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// startBody is what a person asks of a run.
type startBody struct {
	Direction   contact.Direction `json:"direction,omitempty" enum:"both,toOutlook,toVtiger" doc:"Narrower than the connection's, for this run"`
	Preview     bool              `json:"preview,omitempty" doc:"Show what a sync would do, and do nothing; kept for seven days"`
	Apply       string            `json:"apply,omitempty" maxLength:"64" doc:"The id of a preview: only what it shows and what is still so is sent, within the batch size, in the preview's direction"`
	SkipPreview bool              `json:"skipPreview,omitempty" doc:"Sync although nobody saw a preview since the first sync of a folder was due, or mapping, filter, scope, folder or mailbox were changed"`
}

// wanted checks what a start asks for. A request that was accepted once is not checked again: its answer may have been lost.
func (s *Server) wanted(ctx context.Context, c ledger.Connection, key string, b startBody) (ledger.Wanted, error) {
	w := ledger.Wanted{Key: key, Direction: b.Direction, By: person(ctx).ID, Preview: b.Preview, Applies: b.Apply}
	switch {
	case b.Preview && b.Apply != "":
		return w, refuseField("body.apply", "Ask either for a preview or for the application of one.")
	case b.Apply != "" && b.Direction != "":
		return w, refuseField("body.direction", "What is applied has the direction of its preview; leave it out.")
	case b.Direction != "" && c.Settings.Direction != contact.Both && b.Direction != c.Settings.Direction:
		return w, refuseField("body.direction", "The connection syncs "+string(c.Settings.Direction)+" only; a run cannot widen that.")
	}
	accepted, err := s.accepted(ctx, c, key)
	if err != nil {
		return w, err
	}
	if b.Apply != "" {
		preview, err := s.previewOf(ctx, c, b.Apply)
		if err != nil {
			return w, err
		}
		if preview.Undoes != "" {
			return w, refuseField("body.apply", "That is the preview of an undo; apply it where the undo is asked for.")
		}
		w.Applies, w.Direction = preview.ID, preview.Asked
		if !accepted {
			err = ensureApplicable(c, preview)
		}
		return w, err
	}
	if !accepted && !b.Preview && !b.SkipPreview && c.NeedsPreview() {
		p := refuse(needsPreview, "Nobody has seen yet what this sync would do: ask for a preview first, or sync with skipPreview.")
		p.Missing = []string{stepPreview}
		return w, p
	}
	return w, nil
}

// accepted tells whether a run has the key already.
func (s *Server) accepted(ctx context.Context, c ledger.Connection, key string) (bool, error) {
	if key == "" {
		return false, nil
	}
	_, err := s.Ledger.Keyed(ctx, c.ID, key)
	if errors.Is(err, ledger.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// previewOf finds a preview of the connection; one of another connection is not found.
func (s *Server) previewOf(ctx context.Context, c ledger.Connection, id string) (ledger.Run, error) {
	r, err := s.Ledger.Run(ctx, id)
	switch {
	case err != nil:
		return r, err
	case r.ConnectionID != c.ID:
		return r, ledger.ErrNotFound
	case !r.Preview:
		return r, refuseField("body.apply", "That run is no preview.")
	}
	return r, nil
}

// ensureApplicable refuses a preview that does not show what is so now.
func ensureApplicable(c ledger.Connection, preview ledger.Run) error {
	switch {
	case preview.EndedAt == nil:
		return refuse(conflict, "The preview is not done yet; wait for its end.")
	case preview.State != ledger.RunDone:
		return refuse(conflict, "The preview failed, so there is nothing to apply; ask for a new one.")
	case preview.Expired():
		return refuse(previewOld, "The preview is older than seven days; ask for a new one.")
	case !preview.Shows(c):
		return refuse(previewOld, "The settings, the folder or the mailbox changed after the preview; ask for a new one.")
	}
	return nil
}
