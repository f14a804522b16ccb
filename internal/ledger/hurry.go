package ledger

import (
	"context"
	"time"
)

type patientKey struct{}

// Patient marks work that no person waits for: of vTiger's sessions it takes one only while nobody in a hurry waits for
// one, in whatever process.
func Patient(ctx context.Context) context.Context { return context.WithValue(ctx, patientKey{}, true) }

func isPatient(ctx context.Context) bool { return ctx.Value(patientKey{}) != nil }

const (
	// urgentFor is how long those without hurry step back after somebody in a hurry looked in vain; it is renewed at each look.
	urgentFor = 10 * slotPoll
	// patience is how long those without hurry step back at most: they are to wait, not to starve.
	patience = 20 * time.Second
)

// hurry lets those without hurry step back for a moment.
func (s *slots) hurry(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), statement)
	defer cancel()
	return s.ledger.pauseLease(ctx, s.urgent, urgentFor)
}
