package activities

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"contactbridge/internal/ledger"
)

// tell adds for the workflow how far the run came, and whether it was ended meanwhile.
func (a *Activities) tell(ctx context.Context, runID string, to *Applied) error {
	run, err := a.Ledger.Run(ctx, runID)
	if errors.Is(err, ledger.ErrNotFound) {
		to.Ended = true // its user's data were erased
		return nil
	}
	if err != nil {
		return err
	}
	sides, since, err := a.Ledger.Progress(ctx, run)
	to.Ended, to.Line = run.EndedAt != nil, spellLine(sides, since, time.Now())
	return err
}

// spellLine counts what is done, in all and by side, with the pace and the rest of the time as far as they are known.
func spellLine(sides []ledger.Progress, since, now time.Time) string {
	var done, all int
	parts := make([]string, len(sides))
	for i, s := range sides {
		done, all = done+s.Done, all+s.All
		parts[i] = fmt.Sprintf("%s %d of %d", s.Side.Title(), s.Done, s.All)
	}
	line := fmt.Sprintf("applying, %d of %d done", done, all)
	if len(parts) > 0 {
		line += ": " + strings.Join(parts, ", ")
	}
	if rate, rest, known := ledger.Pace(done, all, since, now); known {
		line += fmt.Sprintf("; %.1f a second, about %s left", rate, rest.Round(time.Second))
	}
	return line
}
