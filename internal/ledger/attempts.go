package ledger

import (
	"context"
	"crypto/sha256"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"
)

// Attempt is a sign-in that is about to be tried. Its answer decides whether it counts.
type Attempt struct {
	Name    string // the user name, in a form in which all its spellings are equal
	Address string // the client's; empty: not known
	Device  string // the token of a browser that a user has signed in with before; empty: none
	// Spelled gives a known user's name in the form of Name.
	Spelled func(userName string) string

	Known  bool     // the browser is one of the named user's; set by BeginAttempt
	counts []failed // as they were before the attempt
}

// failed counts the sign-ins that failed under one key.
type failed struct {
	bun.BaseModel `bun:"table:failed_sign_ins,alias:f"`

	Key      []byte    `bun:"key,pk"`
	Failures int       `bun:"failures"`
	FailedAt time.Time `bun:"failed_at"`
	Until    time.Time `bun:"until"`

	free int // failures without a pause
}

// People mistype a password some times. Behind one address there may be a whole office.
const (
	freeByName    = 5
	freeByAddress = 50

	firstPause = 5 * time.Second
	mostPause  = 15 * time.Minute
	forgetting = time.Hour // a key under which nothing failed for so long begins anew
)

// pauseAfter is for how long nothing is tried under a key after so many failures: none for the first ones, then five
// seconds, doubled by each further failure up to a quarter of an hour.
func pauseAfter(failures, free int) time.Duration {
	if failures < free {
		return 0
	}
	return min(firstPause<<min(failures-free, 10), mostPause)
}

// BeginAttempt counts a sign-in as failed before it is tried, so that of many at once no more are tried than of one after
// the other. When wait is not 0 there were too many failures: nothing was counted, nothing may be tried for so long.
//
// A known browser of the named user has a count of its own: whoever guesses elsewhere does not keep the user out.
func (l *Ledger) BeginAttempt(ctx context.Context, a *Attempt) (wait time.Duration, err error) {
	err = l.tx(ctx, "begin a sign-in", func(ctx context.Context, tx bun.Tx) error {
		wait, a.counts = 0, nil
		counts, now, err := countsOf(ctx, tx, a)
		if err != nil {
			return err
		}
		for _, f := range counts {
			wait = max(wait, f.Until.Sub(now))
		}
		if wait > 0 {
			return nil
		}
		for i := range counts {
			if now.Sub(counts[i].FailedAt) > forgetting {
				counts[i].Failures = 0
			}
			f := counts[i]
			f.Failures++
			f.FailedAt, f.Until = now, now.Add(pauseAfter(f.Failures, f.free))
			if _, err := tx.NewUpdate().Model(&f).WherePK().Exec(ctx); err != nil {
				return err
			}
		}
		a.counts = counts
		return nil
	})
	return wait, err
}

// countsOf holds the attempt's counts until tx ends, in one order for everybody, and tells the database's time.
func countsOf(ctx context.Context, tx bun.Tx, a *Attempt) ([]failed, time.Time, error) {
	var now time.Time
	free, err := a.keys(ctx, tx)
	if err != nil {
		return nil, now, err
	}
	var counts []failed
	for key, n := range free {
		counts = append(counts, failed{Key: []byte(key), free: n})
	}
	slices.SortFunc(counts, func(x, y failed) int { return slices.Compare(x.Key, y.Key) })
	for i := range counts {
		// Others may delete the row at any time before it is held.
		_, err := tx.NewInsert().Model(&counts[i]).Column("key").On("CONFLICT (key) DO UPDATE SET key = EXCLUDED.key").
			Returning("key, failures, failed_at, until").Exec(ctx)
		if err != nil {
			return nil, now, err
		}
	}
	err = tx.NewSelect().ColumnExpr("clock_timestamp()").Scan(ctx, &now)
	return counts, now, err
}

// keys are what the attempt is counted under, each with the failures that cost nothing.
func (a *Attempt) keys(ctx context.Context, tx bun.Tx) (map[string]int, error) {
	var err error
	a.Known, err = a.known(ctx, tx)
	switch {
	case err != nil:
		return nil, err
	case a.Known:
		return map[string]int{attemptKey("device", a.Device): freeByName}, nil
	case a.Address == "":
		return map[string]int{attemptKey("name", a.Name): freeByName}, nil
	}
	return map[string]int{attemptKey("name", a.Name): freeByName, attemptKey("address", a.Address): freeByAddress}, nil
}

// known tells whether the browser is one in which the named user has signed in.
func (a *Attempt) known(ctx context.Context, tx bun.Tx) (bool, error) {
	if a.Device == "" {
		return false, nil
	}
	var u User
	err := tx.NewSelect().Model(&u).Join("JOIN devices d ON d.user_id = u.id").
		Where("d.hash = ? AND d.expires_at > now()", hashToken(a.Device)).Scan(ctx)
	return err == nil && a.Spelled(u.UserName) == a.Name, ignoreNone(err)
}

func attemptKey(by, what string) string {
	h := sha256.Sum256([]byte(by + "/" + what))
	return string(h[:])
}

// Succeeded forgets what failed under the user's name and in this browser; for its address the attempt no longer counts.
func (l *Ledger) Succeeded(ctx context.Context, a *Attempt) error {
	return l.end(ctx, a, attemptKey("name", a.Name), attemptKey("device", a.Device))
}

// Unanswered takes back that the attempt was counted: vTiger did not say whether the credentials are right.
func (l *Ledger) Unanswered(ctx context.Context, a *Attempt) error { return l.end(ctx, a) }

// end takes the attempt from its counts, with the pause that it began, and forgets some keys, in the order in which they are
// held. Whoever asked may be gone; the counts are everybody's.
func (l *Ledger) end(ctx context.Context, a *Attempt, forgotten ...string) error {
	return l.tx(context.WithoutCancel(ctx), "end a sign-in", func(ctx context.Context, tx bun.Tx) error {
		before := map[string]failed{}
		for _, f := range a.counts {
			before[string(f.Key)] = f
		}
		for _, key := range slices.Sorted(slices.Values(slices.Concat(forgotten, slices.Collect(maps.Keys(before))))) {
			var err error
			if f := before[key]; slices.Contains(forgotten, key) {
				_, err = tx.NewDelete().Model((*failed)(nil)).Where("key = ?", []byte(key)).Exec(ctx)
			} else {
				_, err = tx.NewUpdate().Model((*failed)(nil)).Set("failures = greatest(failures - 1, 0)").
					Set("until = CASE WHEN failures = ? THEN ? ELSE until END", f.Failures+1, f.Until).Where("key = ?", f.Key).Exec(ctx)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// PruneAttempts forgets what failed long ago.
func (l *Ledger) PruneAttempts(ctx context.Context) error {
	_, err := l.db.NewDelete().Model((*failed)(nil)).Where("failed_at < now() - interval '1 day'").Exec(ctx)
	return wrap("forget old failures to sign in", err)
}
