package activities

import (
	"context"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// Ending is how a run ended: Kind is empty for a success, else why it failed.
type Ending struct {
	Connection string
	Run        string // empty where the failure did not name it: the connection's running one
	Kind       string
	Sentence   string
}

// Finish closes the run and tells whether the connection has another one waiting. A failure that a person must mend is noted
// on the connection; one that passes does not tell whether an older trouble has ended.
func (a *Activities) Finish(ctx context.Context, e Ending) (more bool, err error) {
	end := ledger.Ending{
		Connection: e.Connection, Run: e.Run, State: ledger.RunDone, Trouble: e.Kind, Sentence: e.Sentence,
		Noted: e.Kind == "" || final[contact.Kind(e.Kind)],
	}
	if e.Kind != "" {
		end.State = ledger.RunFailed
	}
	if err := a.Ledger.EndRun(ctx, end); err != nil {
		return false, translate(ctx, err)
	}
	more, err = a.Ledger.Asked(ctx, e.Connection)
	return more, translate(ctx, err)
}
