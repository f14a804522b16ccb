package ledger

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
)

// Fortnight is for how many days the ledger knows how much was done.
const Fortnight = 14

// Day is how much was done for users on a day (UTC).
type Day struct {
	Day    time.Time `bun:"day"`
	Done   int       `bun:"done"`   // writes that were done
	Failed int       `bun:"failed"` // writes that a side refused, as the log tells of them
}

// countDay adds what became of settled operations to their user's day, so that nobody has to count the log.
func countDay(ctx context.Context, tx bun.Tx, c Connection, list []Settlement) error {
	if len(list) == 0 {
		return nil
	}
	ids := make([]int64, len(list))
	for i, s := range list {
		ids[i] = s.Operation.ID
	}
	_, err := tx.NewRaw(`INSERT INTO days AS d (user_id, day, done, failed)
		SELECT ?0, (now() AT TIME ZONE 'UTC')::date, n.done, n.failed FROM (
			SELECT count(*) FILTER (WHERE outcome = ?1 AND action IN (?2)) AS done, count(*) FILTER (WHERE outcome = ?3) AS failed
			FROM operations WHERE id IN (?4)
		) n WHERE n.done + n.failed > 0
		ON CONFLICT (user_id, day) DO UPDATE SET done = d.done + EXCLUDED.done, failed = d.failed + EXCLUDED.failed`,
		c.UserID, Done, bun.List([]contact.Action{contact.Insert, contact.Update, contact.Delete}), Failed, bun.List(ids)).Exec(ctx)
	return err
}

// Days gives the last Fortnight, oldest first, today included, of one user or of all when userID is empty.
func (l *Ledger) Days(ctx context.Context, userID string) ([]Day, error) {
	var out []Day
	err := l.db.NewRaw(`SELECT t.day, coalesce(sum(d.done), 0) AS done, coalesce(sum(d.failed), 0) AS failed
		FROM (SELECT (now() AT TIME ZONE 'UTC')::date - i AS day FROM generate_series(0, ?) i) t
		LEFT JOIN days d ON d.day = t.day AND ? IN ('', d.user_id) GROUP BY t.day ORDER BY t.day`, Fortnight-1, userID).Scan(ctx, &out)
	return out, wrap("count what was done", err)
}

// PruneDays forgets days that are older than a moment, or than the last Fortnight.
func (l *Ledger) PruneDays(ctx context.Context, before time.Time) error {
	_, err := l.db.NewRaw("DELETE FROM days WHERE day < greatest((?::timestamptz AT TIME ZONE 'UTC')::date, (now() AT TIME ZONE 'UTC')::date - ?)", before, Fortnight-1).Exec(ctx)
	return wrap("forget old days", err)
}
