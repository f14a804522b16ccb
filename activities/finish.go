package activities

import (
	"context"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// Ending is how a run ended: Kind is empty for a success, else why it failed.
type Ending struct {
	Connection string
	Kind       string
	Sentence   string
}

// Finish closes the connection's running run and tells whether the connection has another one waiting. A failure that a person must mend is
// noted on the connection.
func (a *Activities) Finish(ctx context.Context, e Ending) (more bool, err error) {
	state, trouble, sentence := ledger.RunDone, "", ""
	if e.Kind != "" {
		state = ledger.RunFailed
	}
	if final[contact.Kind(e.Kind)] {
		trouble, sentence = e.Kind, e.Sentence
	}
	// A run that failed for something that passes does not tell whether an older trouble has ended.
	if e.Kind == "" || trouble != "" {
		// The trouble first: whoever sees the run's end must see why no other follows.
		if err := a.Ledger.SetTrouble(ctx, e.Connection, trouble, sentence); err != nil {
			return false, translate(ctx, err)
		}
	}
	if err := a.Ledger.EndRun(ctx, e.Connection, state, e.Kind, e.Sentence); err != nil {
		return false, translate(ctx, err)
	}
	more, err = a.Ledger.Asked(ctx, e.Connection)
	return more, translate(ctx, err)
}
