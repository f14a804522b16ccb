package ledger

import (
	"context"

	"contactbridge/internal/contact"
)

// Wanted is what a person asks of a run.
type Wanted struct {
	Key       string            // the same key gives the same run
	Direction contact.Direction // narrows the connection's; empty does not
	By        string            // the user's vTiger id
	Preview   bool              // plan only
	Applies   string            // the preview of which alone something is sent
	Undoes    string            // the run to be taken back
}

// Request queues what a person wants of a connection as c was read. A sync counts as one that needs no preview any more:
// whoever asks for it has seen one or does without. What changes between now and the plan needs one all the same.
// ErrConflict when the key belongs to another request.
func (l *Ledger) Request(ctx context.Context, c Connection, w Wanted) (Run, error) {
	r := Run{
		Key: w.Key, Asked: w.Direction, Batch: c.Settings.BatchSize, RequestedBy: w.By, Preview: w.Preview, Applies: w.Applies,
		Undoes: w.Undoes, Scope: c.ScopeVersion,
	}
	switch {
	case w.Undoes != "", w.Preview:
		r.Batch, r.Scope = 0, 0 // neither writes what a preview of the settings has to show
	default:
		if err := l.SkipPreview(ctx, c); err != nil {
			return Run{}, err
		}
	}
	return l.request(ctx, c, r)
}

// asksTheSame tells whether two runs are one request.
func (r Run) asksTheSame(other Run) bool {
	return r.Asked == other.Asked && r.Preview == other.Preview && r.Applies == other.Applies && r.Undoes == other.Undoes
}

// Keyed finds the run that a connection's Idempotency-Key belongs to; ErrNotFound.
func (l *Ledger) Keyed(ctx context.Context, connectionID, key string) (Run, error) {
	r, err := keyed(ctx, l.db, connectionID, key)
	return r, wrap("find the run of a key", err)
}
