package api

import (
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// runView is a run; lists leave out what has to be summed up.
type runView struct {
	ID           string            `json:"id"`
	ConnectionID string            `json:"connectionId"`
	Direction    contact.Direction `json:"direction" enum:"both,toOutlook,toVtiger"`
	BatchSize    int               `json:"batchSize" doc:"Most changes of the run; 0: all"`
	State        string            `json:"state" enum:"queued,running,done,failed"`
	Phase        string            `json:"phase" doc:"What it is doing"`
	Pending      int               `json:"pending" doc:"Operations left to the next run by the batch size"`
	Standing     int               `json:"standing" doc:"Changes left standing by the direction"`
	Trouble      *trouble          `json:"trouble" doc:"Why it failed; null when it did not"`
	RequestedBy  string            `json:"requestedBy" doc:"vTiger's id of the user"`
	RequestedAt  time.Time         `json:"requestedAt"`
	StartedAt    *time.Time        `json:"startedAt"`
	EndedAt      *time.Time        `json:"endedAt"`
	Progress     *progressView     `json:"progress,omitempty" doc:"Not in lists"`
	Counts       []ledger.Count    `json:"counts,omitzero" doc:"Operations and findings by side, action and outcome; not in lists"`
}

type progressView struct {
	Done  int `json:"done" doc:"Operations with an outcome"`
	Total int `json:"total" doc:"Operations of the plan; it can grow when something changes while the run works"`
}

// summarize shows a run as lists do.
func summarize(r ledger.Run) runView {
	return runView{
		ID: r.ID, ConnectionID: r.ConnectionID, Direction: r.Direction, BatchSize: r.Batch, State: string(r.State), Phase: r.Phase,
		Pending: r.Pending, Standing: r.Standing, Trouble: troubleOf(r.Trouble, r.TroubleSentence),
		RequestedBy: r.RequestedBy, RequestedAt: r.RequestedAt.UTC(), StartedAt: utc(r.StartedAt), EndedAt: utc(r.EndedAt),
	}
}

// viewRun shows a run with its operations summed up.
func viewRun(r ledger.Run, counts []ledger.Count) runView {
	v := summarize(r)
	v.Counts, v.Progress = counts, &progressView{Total: r.Total}
	if counts == nil {
		v.Counts = []ledger.Count{}
	}
	for _, c := range counts {
		if isWrite(c.Action) && isSettled(c.Outcome) {
			v.Progress.Done += c.N
		}
	}
	v.Progress.Total = max(v.Progress.Total, v.Progress.Done)
	return v
}

func isWrite(a contact.Action) bool {
	return a == contact.Insert || a == contact.Update || a == contact.Delete
}

func isSettled(o ledger.Outcome) bool {
	return o != ledger.Planned && o != ledger.Unclear && o != ledger.Discarded && o != ledger.Held
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}
