package api

import (
	"slices"
	"strconv"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// holdView is what waits for a person.
type holdView struct {
	ID         string                      `json:"id"`
	Connection string                      `json:"connection"`
	UserID     string                      `json:"userId" doc:"vTiger's id of the connection's user"`
	Kind       reconcile.HoldKind          `json:"kind" enum:"conflict,ambiguous,possible-duplicate,exists-elsewhere,guard"`
	Direction  string                      `json:"direction" enum:"toVtiger,toOutlook" doc:"Into which side it would be written"`
	Name       string                      `json:"name"`
	VTigerID   string                      `json:"vtigerId,omitempty"`
	OutlookID  string                      `json:"outlookId,omitempty"`
	Field      contact.Field               `json:"field,omitempty" doc:"conflict: the field"`
	Shown      *shownView                  `json:"shown,omitempty" doc:"conflict: what both sides show"`
	Candidates []string                    `json:"candidates,omitempty" doc:"Records on the other side that it may be"`
	Fields     map[contact.Field]fieldDiff `json:"fields,omitempty" doc:"guard: what would be deleted"`
	Records    []heldRecord                `json:"records" doc:"The contacts that it is about, candidates last, as far as the connection knows them"`
	ReasonKind string                      `json:"reasonKind"`
	Reason     string                      `json:"reason"`
	Approving  string                      `json:"approving" doc:"What approving does, as a sentence"`
	Answer     string                      `json:"answer,omitempty" enum:"approve,discard,vtiger,outlook" doc:"Absent until somebody answered; it is carried out by the next sync"`
	AnsweredBy string                      `json:"answeredBy,omitempty"`
	AnsweredAt *time.Time                  `json:"answeredAt,omitempty"`
	CreatedAt  time.Time                   `json:"createdAt"`
}

type shownView struct {
	VTiger  string `json:"vtiger"`
	Outlook string `json:"outlook"`
}

func viewHold(w ledger.Waiting, shown heldRecords) holdView {
	h := w.Hold
	v := holdView{
		ID: strconv.FormatInt(h.ID, 10), Connection: h.ConnectionID, UserID: w.UserID, Kind: h.Kind, Direction: into(h.Side), Name: h.Name,
		VTigerID: h.VTigerID, OutlookID: h.OutlookID, Field: h.Field, Candidates: h.Candidates, ReasonKind: h.ReasonKind, Reason: h.Reason,
		Approving: approving(h), Answer: string(h.Verdict), AnsweredBy: h.AnsweredBy, AnsweredAt: utc(h.AnsweredAt), CreatedAt: h.CreatedAt.UTC(),
		Records: shown.of(h),
	}
	if h.Kind == reconcile.ConflictHold {
		v.Shown = &shownView{h.Shown.VTiger, h.Shown.Outlook}
	}
	if len(h.Fields) > 0 {
		v.Fields = map[contact.Field]fieldDiff{}
		for f, change := range h.Fields {
			v.Fields[f] = wholeDiff(change)
		}
	}
	return v
}

// approving says what an approval does.
func approving(h ledger.Hold) string {
	switch h.Kind {
	case reconcile.ConflictHold:
		return "The value that you choose is written to the other side; without a choice vTiger's is."
	case reconcile.AmbiguousHold:
		return "The contact is linked with the candidate that you name; without one it is inserted in " + h.Side.Title() + " as somebody new."
	case reconcile.GuardHold:
		return "The contact is deleted in " + h.Side.Title() + "."
	}
	return "The contact is inserted in " + h.Side.Title() + " all the same."
}

// approval is the answer that an approval gives; what does not fit the hold is refused.
func approval(h ledger.Hold, keep contact.Side, record string) (reconcile.Answer, error) {
	switch {
	case keep != "" && h.Kind != reconcile.ConflictHold:
		return reconcile.Answer{}, refuseField("body.keep", "Only a conflict has a value to keep.")
	case record != "" && h.Kind != reconcile.AmbiguousHold:
		return reconcile.Answer{}, refuseField("body.record", "Only an ambiguous match has candidates to choose from.")
	case record != "" && !slices.Contains(h.Candidates, record):
		return reconcile.Answer{}, refuseField("body.record", "It is none of the candidates.")
	case keep == contact.Outlook:
		return reconcile.Answer{Verdict: reconcile.TakeOutlook}, nil
	case keep == contact.VTiger:
		return reconcile.Answer{Verdict: reconcile.TakeVTiger}, nil
	}
	return reconcile.Answer{Verdict: reconcile.Approve, Record: record}, nil
}
