package api

import (
	"math"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// runView is a run; lists leave out what has to be summed up.
type runView struct {
	ID           string            `json:"id"`
	ConnectionID string            `json:"connectionId"`
	Preview      bool              `json:"preview" doc:"It shows what a sync would do, as operations and counts with the outcome previewed, and does nothing"`
	Applies      string            `json:"applies,omitempty" doc:"The preview of which alone it sends something"`
	Undoes       string            `json:"undoes,omitempty" doc:"The run that it takes back"`
	Direction    contact.Direction `json:"direction" enum:"both,toOutlook,toVtiger"`
	BatchSize    int               `json:"batchSize" doc:"Most changes of the run; 0: all"`
	State        string            `json:"state" enum:"queued,running,done,failed,cancelled"`
	Phase        string            `json:"phase" doc:"What it is doing: observing, applying, empty before it began, or, while it waits to try again by itself, a sentence that says why"`
	Pending      int               `json:"pending" doc:"Operations left to the next run, by the batch size or because the applied preview does not show them"`
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
	Done      int            `json:"done" doc:"Operations with an outcome"`
	Total     int            `json:"total" doc:"Operations of the plan, as far as the batch size lets this run send them; it can grow when something changes while the run works"`
	Sides     []sideProgress `json:"sides" doc:"The same by side"`
	PerSecond float64        `json:"perSecond" doc:"How fast it goes since it writes; 0 before"`
	Remaining *int           `json:"remainingSeconds,omitempty" doc:"At that rate; absent while nothing can be said"`
}

type sideProgress struct {
	Side  contact.Side `json:"side" enum:"vtiger,outlook"`
	Done  int          `json:"done"`
	Total int          `json:"total"`
}

// progress sums up how far a run came.
func progress(r ledger.Run, sides []ledger.Progress, since, now time.Time) *progressView {
	v := &progressView{Sides: make([]sideProgress, len(sides))}
	for i, s := range sides {
		v.Sides[i] = sideProgress{s.Side, s.Done, s.All}
		v.Done, v.Total = v.Done+s.Done, v.Total+s.All
	}
	v.Total = max(v.Total, v.Done, r.Total)
	if r.EndedAt != nil {
		now = *r.EndedAt
	}
	if rate, rest, known := ledger.Pace(v.Done, v.Total, since, now); known {
		v.PerSecond = math.Round(rate*10) / 10
		if r.EndedAt == nil {
			seconds := int(math.Ceil(rest.Seconds()))
			v.Remaining = &seconds
		}
	}
	return v
}

// summarize shows a run as lists do.
func summarize(r ledger.Run) runView {
	return runView{
		ID: r.ID, ConnectionID: r.ConnectionID, Preview: r.Preview, Applies: r.Applies, Undoes: r.Undoes, Direction: r.Direction, BatchSize: r.Batch, State: string(r.State), Phase: r.Phase,
		Pending: r.Pending, Standing: r.Standing, Trouble: troubleOf(r.Trouble, r.TroubleSentence),
		RequestedBy: r.RequestedBy, RequestedAt: r.RequestedAt.UTC(), StartedAt: utc(r.StartedAt), EndedAt: utc(r.EndedAt),
	}
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}
