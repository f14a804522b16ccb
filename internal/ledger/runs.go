package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
)

// RunState is where a run stands.
type RunState string

// The states of a run.
const (
	Queued       RunState = "queued"
	Running      RunState = "running"
	RunDone      RunState = "done"
	RunFailed    RunState = "failed"
	RunCancelled RunState = "cancelled"
)

// Run is one round of a connection's sync.
type Run struct {
	bun.BaseModel `bun:"table:runs,alias:run"`

	ID              string            `bun:"id,pk"`
	Seq             int64             `bun:"seq,autoincrement"`
	ConnectionID    string            `bun:"connection_id"`
	Key             string            `bun:"key"`   // the request's Idempotency-Key
	Asked           contact.Direction `bun:"asked"` // as the request named it; empty for the connection's
	Direction       contact.Direction `bun:"direction"`
	Batch           int               `bun:"batch"`                // most operations; 0: all
	Scheduled       bool              `bun:"scheduled"`            // by the clock, not by a person
	FreshAfter      time.Time         `bun:"fresh_after,nullzero"` // only readings that began after it count for the next plan
	State           RunState          `bun:"state"`
	Phase           string            `bun:"phase"`
	Total           int               `bun:"total"` // operations of the current plan and those done before it
	RequestedBy     string            `bun:"requested_by"`
	RequestedAt     time.Time         `bun:"requested_at,nullzero"`
	StartedAt       *time.Time        `bun:"started_at"`
	EndedAt         *time.Time        `bun:"ended_at"`
	Trouble         string            `bun:"trouble"`
	TroubleSentence string            `bun:"trouble_sentence"`
	Pending         int               `bun:"pending"`  // left to the next run by the batch size
	Fence           int64             `bun:"fence"`    // of whoever works for it
	Unasked         int               `bun:"unasked"`  // contacts that wait for an answer of the whole vTiger
	Standing        int               `bun:"standing"` // left to another run by the direction
	Preview         bool              `bun:"preview"`  // it plans, and neither sends nor changes anything
	Applies         string            `bun:"applies,nullzero"`
	Undoes          string            `bun:"undoes,nullzero"`
	Epoch           int64             `bun:"epoch"`            // in which it began
	SettingsVersion int64             `bun:"settings_version"` // of a preview: the settings that it shows
	Scope           int64             `bun:"scope_version"`    // the connection's when it was asked for; 0: nobody checked
}

// RequestRun queues a run of a connection as it is set now. asked narrows its direction; empty does not. The same key gives
// the same run; asking for another direction with it is ErrConflict.
func (l *Ledger) RequestRun(ctx context.Context, c Connection, key string, asked contact.Direction, by string) (Run, error) {
	if err := l.SkipPreview(ctx, c); err != nil {
		return Run{}, err
	}
	return l.request(ctx, c, Run{Key: key, Asked: asked, Batch: c.Settings.BatchSize, RequestedBy: by})
}

// ScheduleRun queues a run that nobody waits for: it does all that is left. It joins a sync that waits already; joined is
// true then. ErrNeedsPreview when a person must see a preview first, ErrNotAllowed when the user may not sync.
func (l *Ledger) ScheduleRun(ctx context.Context, c Connection, key string) (r Run, joined bool, err error) {
	if c, err = l.Connection(ctx, c.ID); err != nil {
		return r, false, err
	}
	if c.NeedsPreview() {
		return r, false, ErrNeedsPreview
	}
	if may, err := mayBegin(ctx, l.db, c.ID); err != nil || !may {
		return r, false, wrap("queue a run of the schedule", errors.Join(err, ErrNotAllowed))
	}
	err = l.db.NewSelect().Model(&r).Where("connection_id = ? AND state = ?", c.ID, Queued).
		Where("NOT preview AND applies IS NULL AND undoes IS NULL").Order("seq").Limit(1).Scan(ctx)
	if !errors.Is(err, sql.ErrNoRows) {
		return r, true, wrap("look for a queued run", err)
	}
	r, err = l.request(ctx, c, Run{Key: key, Scheduled: true, RequestedBy: c.UserID, Scope: c.ScopeVersion})
	return r, false, err
}

// request queues a run, unless one waits already that the same person asked for and that does the same: both requests
// share it.
func (l *Ledger) request(ctx context.Context, c Connection, r Run) (out Run, err error) {
	r.ID, r.ConnectionID, r.State = uuid.NewString(), c.ID, Queued
	r.Direction, r.Key = cmp.Or(r.Direction, r.Asked, c.Settings.Direction), cmp.Or(r.Key, r.ID)
	return out, l.audited(ctx, "queue a run", func(ctx context.Context, tx bun.Tx) error {
		// Requests of one connection take turns, or two equal ones would not see each other.
		if _, err := tx.NewSelect().Model((*Connection)(nil)).Where("id = ?", c.ID).For("NO KEY UPDATE").Exec(ctx); err != nil {
			return err
		}
		switch out, err = keyed(ctx, tx, c.ID, r.Key); {
		case err == nil && !out.asksTheSame(r):
			return ErrConflict
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
		if out, err = join(ctx, tx, r); !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		return tx.NewInsert().Model(&r).ExcludeColumn("seq", "requested_at", "fresh_after").Returning("*").Scan(ctx, &out)
	})
}

// join finds the waiting run that does what r is to do, and keeps r's key with it.
func join(ctx context.Context, tx bun.Tx, r Run) (out Run, err error) {
	err = tx.NewSelect().Model(&out).Where("connection_id = ? AND state = ? AND scheduled = ? AND requested_by = ?", r.ConnectionID, Queued, r.Scheduled, r.RequestedBy).
		Where("asked = ? AND direction = ? AND batch = ? AND scope_version = ? AND preview = ?", r.Asked, r.Direction, r.Batch, r.Scope, r.Preview).
		Where("coalesce(applies::text, '') = ? AND coalesce(undoes::text, '') = ?", r.Applies, r.Undoes).
		Order("seq").Limit(1).For("UPDATE").Scan(ctx)
	if err != nil {
		return out, err
	}
	_, err = tx.NewInsert().Model(&runKey{ConnectionID: r.ConnectionID, Key: r.Key, RunID: out.ID}).Exec(ctx)
	return out, err
}

// runKey is the key of a request that shares a run.
type runKey struct {
	bun.BaseModel `bun:"table:run_keys"`

	ConnectionID string `bun:"connection_id,pk"`
	Key          string `bun:"key,pk"`
	RunID        string `bun:"run_id"`
}

// keyed finds the run that a request with the key got.
func keyed(ctx context.Context, db bun.IDB, connectionID, key string) (r Run, err error) {
	shared := db.NewSelect().Model((*runKey)(nil)).Column("run_id").Where("connection_id = ? AND key = ?", connectionID, key)
	return r, db.NewSelect().Model(&r).Where("connection_id = ? AND (key = ? OR id IN (?))", connectionID, key, shared).Scan(ctx)
}

// BeginRun gives the connection's running run, left over from a crash, or starts the oldest queued one; ErrNotFound when
// nothing is asked for, or when the user may not sync, which ends what is.
func (l *Ledger) BeginRun(ctx context.Context, connectionID string) (r Run, err error) {
	const doing = "begin a run"
	none := false
	err = l.tx(ctx, doing, func(ctx context.Context, tx bun.Tx) error {
		r = Run{}
		if none, err = stopped(ctx, tx, connectionID); err != nil || none {
			return err
		}
		err := tx.NewSelect().Model(&r).Where("connection_id = ? AND state IN (?, ?)", connectionID, Running, Queued).
			OrderExpr("state = ? DESC, seq", Running).Limit(1).For("UPDATE").Scan(ctx)
		if err != nil {
			return err
		}
		if r.State == Queued {
			r.State = Running
			_, err = tx.NewUpdate().Model(&r).Set("state = ?, started_at = now()", Running).
				Set("epoch = (SELECT c.epoch FROM connections c WHERE c.id = run.connection_id)").WherePK().Exec(ctx)
		}
		return err
	})
	if err == nil && none {
		err = wrap(doing, ErrNotFound)
	}
	return r, err
}

// SetPhase shows what a run is doing, unless it has ended.
func (l *Ledger) SetPhase(ctx context.Context, runID, phase string) error {
	return l.tx(ctx, "show the run's phase", func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*Run)(nil)).Set("phase = ?", phase).
			Set(`total = (SELECT count(*) FILTER (WHERE o.outcome <> ?0) + CASE WHEN run.batch = 0 THEN count(*) FILTER (WHERE o.outcome = ?0)
				ELSE least(count(*) FILTER (WHERE o.outcome = ?0), greatest(0, run.batch - count(o.sent_at))) END
				FROM operations o WHERE o.run_id = run.id AND o.action IN ('insert', 'update', 'delete', 'error')
				AND o.outcome NOT IN (?1, ?2) AND NOT o.waits AND NOT o.preview)`, Planned, Discarded, Held).
			Where("id = ? AND ended_at IS NULL", runID).Exec(ctx)
		return err
	})
}

// NeedFresh says that a plan was made of what was read: the run's next one needs readings that begin after now.
func (l *Ledger) NeedFresh(ctx context.Context, runID string) error {
	return l.tx(ctx, "ask for a new reading", func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*Run)(nil)).Set("fresh_after = clock_timestamp()").Where("id = ?", runID).Exec(ctx)
		return err
	})
}

// Ending is how a run ended.
type Ending struct {
	Connection        string
	Run               string // empty: the connection's running one, whichever it is
	State             RunState
	Trouble, Sentence string // why it failed
	Noted             bool   // the trouble, or that there is none any more, becomes the connection's
}

// EndRun closes a running run; what is still planned is pending for the next one. One that has ended already stays as it
// ended, and the connection as it is: whoever comes back late says nothing of the run that followed. Once a person's run
// was applied the connection may sync by itself.
func (l *Ledger) EndRun(ctx context.Context, e Ending) error {
	return l.tx(ctx, "end the run", func(ctx context.Context, tx bun.Tx) error {
		var ended []Run
		q := endRuns(tx, e.State, e.Trouble, e.Sentence).Where("connection_id = ? AND state = ?", e.Connection, Running)
		if e.Run != "" {
			q = q.Where("id = ?", e.Run)
		}
		if err := q.Returning("run.*").Scan(ctx, &ended); ignoreNone(err) != nil {
			return err
		}
		// In one transaction: whoever sees the run's end must see why no other follows.
		if e.Noted && len(ended) > 0 {
			if err := setTrouble(ctx, tx, e.Connection, e.Trouble, e.Sentence); err != nil {
				return err
			}
		}
		// After a cancellation there is none, and a batch may have been settled since.
		changed := len(ended) == 0
		for _, r := range ended {
			did, err := acted(ctx, tx, r.ID)
			if err != nil {
				return err
			}
			changed = changed || did
		}
		if changed {
			if err := countLinks(ctx, tx, e.Connection); err != nil {
				return err
			}
		}
		for _, r := range ended {
			if e.State == RunDone && !r.Scheduled && !r.Preview && r.Undoes == "" {
				return applied(ctx, tx, e.Connection)
			}
		}
		return nil
	})
}

// endRuns closes runs.
func endRuns(db bun.IDB, state RunState, trouble, sentence string) *bun.UpdateQuery {
	return db.NewUpdate().Model((*Run)(nil)).
		Set("state = ?, phase = '', ended_at = now(), trouble = ?, trouble_sentence = ?", state, trouble, sentence).
		Set("pending = unasked + (SELECT count(*) FROM operations o WHERE o.run_id = run.id AND o.outcome = ?)", Planned)
}

// CancelRun ends a run that a person no longer wants. The batch that is on its way is settled, and no other is begun; what
// is still planned is pending for the next run. A run that has ended stays as it ended.
func (l *Ledger) CancelRun(ctx context.Context, runID string) error {
	return l.audited(ctx, "cancel the run", func(ctx context.Context, tx bun.Tx) error {
		_, err := endRuns(tx, RunCancelled, "", "").Where("id = ? AND state IN (?, ?)", runID, Queued, Running).Exec(ctx)
		return err
	})
}

// Asked tells whether a connection has runs that are not ended.
func (l *Ledger) Asked(ctx context.Context, connectionID string) (bool, error) {
	found, err := l.db.NewSelect().Model((*Run)(nil)).Where("connection_id = ? AND state IN (?, ?)", connectionID, Running, Queued).Exists(ctx)
	return found, wrap("look for queued runs", err)
}

// Sent counts the operations of a run that were sent.
func (l *Ledger) Sent(ctx context.Context, runID string) (int, error) {
	n, err := l.db.NewSelect().Model((*Operation)(nil)).Where("run_id = ? AND sent_at IS NOT NULL AND outcome <> ?", runID, Discarded).Count(ctx)
	return int(n), wrap("count what was sent", err)
}

// Run finds one; ErrNotFound.
func (l *Ledger) Run(ctx context.Context, id string) (Run, error) {
	var r Run
	if _, err := uuid.Parse(id); err != nil {
		return r, wrap("find the run", ErrNotFound)
	}
	return r, wrap("find the run", l.db.NewSelect().Model(&r).Where("run.id = ?", id).Scan(ctx))
}

// Runs lists runs, newest first, of one user or of all when userID is empty, before the given seq when it is not 0.
func (l *Ledger) Runs(ctx context.Context, userID, connectionID string, before int64, limit int) ([]Run, error) {
	const doing = "list the runs"
	if before == 0 {
		before = math.MaxInt64
	}
	all := selection{where: "seq < ?", args: []any{before}}
	ids, of := []string{connectionID}, []selection{all}
	if userID != "" {
		var err error
		if ids, err = l.connectionsOf(ctx, userID, connectionID); err != nil || len(ids) == 0 {
			return nil, wrap(doing, err)
		}
	}
	if userID != "" || connectionID != "" {
		of = nil
		for _, id := range ids {
			of = append(of, all.and("connection_id = ?", id))
		}
	}
	query, args := newest("runs", "seq DESC", of, limit)
	var out []Run
	return out, wrap(doing, l.db.NewRaw(query, args...).Scan(ctx, &out))
}

// Count is how many operations of a run share side, action and outcome.
type Count struct {
	Side    contact.Side   `bun:"side" json:"side"`
	Action  contact.Action `bun:"action" json:"action"`
	Outcome Outcome        `bun:"outcome" json:"outcome"`
	N       int            `bun:"n" json:"n"`
}

// Counts sums a run's operations and findings.
func (l *Ledger) Counts(ctx context.Context, runID string) ([]Count, error) {
	var out []Count
	err := l.db.NewSelect().Model((*Operation)(nil)).Column("side", "action", "outcome").ColumnExpr("count(*) AS n").
		Where("run_id = ?", runID).Group("side", "action", "outcome").Order("side", "action", "outcome").Scan(ctx, &out)
	return out, wrap("sum the run", err)
}
