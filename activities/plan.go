package activities

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// Planned counts what a plan will write.
type Planned struct {
	Operations int  // as far as the batch size lets the run send them
	Ended      bool `json:",omitempty"` // the run was ended meanwhile, and nothing was planned
	Unclear    int
	Young      int           // records that may be torn; planned for when a reading after Wait shows the same
	Wait       time.Duration // how long young records need
	Summary    string        // "insert 30 in Outlook, update 2 in vTiger", for the operator
}

// Plan makes the run's plan from the observed trees and keeps it in place of every older one.
func (a *Activities) Plan(ctx context.Context, runID string) (Planned, error) {
	defer beating(ctx)()
	planned, err := a.plan(ctx, runID)
	return planned, translate(ctx, a.delayed(ctx, runID, err))
}

func (a *Activities) plan(ctx context.Context, runID string) (Planned, error) {
	ctx, err := a.Ledger.EnterRun(ctx, runID)
	if err != nil {
		return Planned{}, err
	}
	run, c, books, err := a.open(ctx, runID)
	if errors.Is(err, errEnded) {
		return Planned{Ended: true}, nil
	}
	if err != nil {
		return Planned{}, err
	}
	if run.Scheduled {
		ctx = ledger.Patient(ctx)
	}
	if err := ensurePreviewed(c, run); err != nil {
		return Planned{}, err
	}
	if !run.Preview { // else what is unclear stays so, and nothing is said of its records
		if _, err := a.settleUnclear(ctx, c, books); err != nil {
			return Planned{}, err
		}
	}
	// Who was observed with another filter, or none, has not asked for this one.
	if err := a.readFilter(ctx, c, run); err != nil {
		return Planned{}, err
	}
	d, rows, err := a.draft(ctx, c, run, books)
	if err != nil {
		return Planned{}, err
	}
	if run.Applies != "" {
		if err := a.honour(ctx, c, run, &rows); err != nil {
			return Planned{}, err
		}
	}
	if run.Preview {
		err = a.Ledger.SavePreview(ctx, c, run, rows)
	} else {
		err = a.Ledger.SavePlan(ctx, c, run.ID, rows)
	}
	if err != nil {
		return Planned{}, err
	}
	if err := a.Ledger.NeedFresh(ctx, run.ID); err != nil {
		return Planned{}, err
	}
	planned := Planned{Operations: len(sending(rows)), Unclear: len(d.trees.Unclear), Young: d.young(), Summary: summary(sending(rows))}
	if run.Batch > 0 {
		sent, err := a.Ledger.Sent(ctx, run.ID)
		if err != nil {
			return Planned{}, err
		}
		planned.Operations = min(planned.Operations, max(0, run.Batch-sent))
	}
	if run.Preview {
		planned.Operations, planned.Unclear = 0, 0
	} else if err := a.Ledger.SetPhase(ctx, run.ID, "applying"); err != nil {
		return Planned{}, err
	}
	if run.Scheduled {
		planned.Young = 0 // left to the next run: nobody waits for this one
	}
	if planned.Young > 0 {
		planned.Wait = a.Young
	}
	return planned, nil
}

// errEnded says that a run is over before its workflow knows it: its epoch ended while it was at work.
var errEnded = errors.New("the run has ended")

// open reads a run with its connection and both sides; errEnded. A run whose mailbox and folder were observed is never
// planned for others.
func (a *Activities) open(ctx context.Context, runID string) (ledger.Run, ledger.Connection, map[contact.Side]contact.Book, error) {
	run, err := a.Ledger.Run(ctx, runID)
	if errors.Is(err, ledger.ErrNotFound) {
		err = errors.Join(errEnded, err) // its user's data were erased
	}
	if err != nil {
		return run, ledger.Connection{}, nil, err
	}
	c, err := a.Ledger.Connection(ctx, run.ConnectionID)
	if err != nil {
		return run, c, nil, err
	}
	// Read after the connection: while the run lives, the connection is still in the epoch that the run observed.
	if run, err = a.Ledger.Run(ctx, runID); err != nil {
		return run, c, nil, err
	}
	if run.EndedAt != nil {
		return run, c, nil, errEnded
	}
	books, err := a.books(ctx, c)
	return run, c, books, err
}

// summary counts the operations by what they do and where.
func summary(ops []ledger.Operation) string {
	var parts []string
	for _, side := range contact.Sides {
		for _, action := range []contact.Action{contact.Insert, contact.Update, contact.Delete} {
			n := 0
			for _, op := range ops {
				if op.Side == side && op.Action == action {
					n++
				}
			}
			if n > 0 {
				parts = append(parts, fmt.Sprintf("%s %d in %s", action, n, side.Title()))
			}
		}
	}
	if len(parts) == 0 {
		return "nothing to write"
	}
	return strings.Join(parts, ", ")
}
