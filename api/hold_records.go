package api

import (
	"context"
	"slices"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// heldRecord is a contact that a hold is about, as its side showed it last.
type heldRecord struct {
	Side   contact.Side    `json:"side" enum:"vtiger,outlook"`
	ID     string          `json:"id"`
	Fields contact.Contact `json:"fields" doc:"What it holds in the fields that are mapped, by Outlook property"`
}

// heldRecords finds records by their connection, side and id.
type heldRecords map[[3]string]heldRecord

// idsHeld are the records of a side that a hold is about. What exists elsewhere is somebody else's, and shown to nobody here.
func idsHeld(h ledger.Hold, side contact.Side) []string {
	var ids []string
	switch {
	case side == contact.VTiger && h.VTigerID != "":
		ids = append(ids, h.VTigerID)
	case side == contact.Outlook && h.OutlookID != "":
		ids = append(ids, h.OutlookID)
	}
	if side == h.Side && h.Kind != reconcile.ElsewhereHold {
		ids = append(ids, h.Candidates...)
	}
	return ids
}

// recordsOf reads what holds that the caller may see are about, once for each side of each connection.
func (s *Server) recordsOf(ctx context.Context, holds []ledger.Waiting) (heldRecords, error) {
	byConnection := map[string][]ledger.Hold{}
	for _, h := range holds {
		byConnection[h.ConnectionID] = append(byConnection[h.ConnectionID], h.Hold)
	}
	out := heldRecords{}
	for id, of := range byConnection {
		c, err := s.Ledger.Connection(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, side := range contact.Sides {
			var ids []string
			for _, h := range of {
				ids = append(ids, idsHeld(h, side)...)
			}
			records, err := s.Ledger.RecordsOf(ctx, c, side, ids)
			if err != nil {
				return nil, err
			}
			for _, r := range records {
				out[[3]string{id, string(side), r.ID}] = heldRecord{side, r.ID, c.Settings.Mapping.Read(side, r.Values)}
			}
		}
	}
	return out, nil
}

// of gives those of one hold, its candidates last.
func (k heldRecords) of(h ledger.Hold) []heldRecord {
	out := []heldRecord{}
	for _, side := range contact.Sides {
		for _, id := range idsHeld(h, side) {
			if r, known := k[[3]string{h.ConnectionID, string(side), id}]; known {
				out = append(out, r)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b heldRecord) int {
		return rank(h.Candidates, a.ID) - rank(h.Candidates, b.ID)
	})
	return out
}

// rank puts candidates, in their order, behind what is none.
func rank(candidates []string, id string) int { return slices.Index(candidates, id) }
