package outlook

import (
	"context"
	"flag"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/graphsim"
)

var (
	paceInserts = flag.Int("pace.inserts", 600, "how many contacts TestGraphsRealLimits inserts; from 5000 on it demands 95 % of the permitted rate")
	paceScale   = flag.Int("pace.scale", 20, "how many times as fast the clock of TestGraphsRealLimits goes")
)

// fast is a clock for a Client beside a simulator with the same one.
func fast(now func() time.Time, times int) clock {
	real := realClock()
	return clock{now: now, sleep: func(ctx context.Context, d time.Duration) error { return real.sleep(ctx, d/time.Duration(times)) }}
}

// A mailbox that has been driven at full speed for ten minutes: what may be sent now is what leaves the window, not the
// whole window at once.
func TestGraphsRealLimits(t *testing.T) {
	now := graphsim.FastClock(*paceScale)
	c := openCloudOn(t, graphsim.New(graphsim.WithClock(now)))
	c.Configure(func(s *graphsim.Settings) { s.Latency = 100 * time.Millisecond / time.Duration(*paceScale) })
	busy, span := &mailboxPace{}, window+windowSlack+grain
	for i, from := 0, now().Add(-span); i < windowMost; i++ {
		busy.note(from.Add(span*time.Duration(i)/windowMost), 1)
	}
	keep := keepAlone(now)
	require.NoError(t, keep(t.Context(), func(time.Time, []byte) []byte { return busy.spell() }))
	require.NoError(t, c.Spend("app", ann, windowMost*int(window)/int(span)))
	before := c.Statuses()

	b := c.client(WithPace(keep), withClock(fast(now, *paceScale))).Book(c.folder)
	began := now()
	waits := 0
	for done := 0; done < *paceInserts; {
		writes := make([]contact.Write, min(b.Batch(), *paceInserts-done))
		for i := range writes {
			writes[i] = contact.Write{Action: contact.Insert, Values: map[string]string{"surname": "Person " + strconv.Itoa(done+i)}}
		}
		written, err := b.Write(t.Context(), writes)
		if contact.KindOf(err) == contact.Throttled {
			waits++
			require.NoError(t, fast(now, *paceScale).sleep(t.Context(), contact.RetryAfter(err)))
			continue
		}
		require.NoError(t, err)
		for _, w := range written {
			require.Equal(t, contact.Done, w.Outcome, "%v", w.Err)
		}
		done += len(writes)
	}
	took := now().Sub(began)
	permitted := 10_000 / window.Seconds()
	share := float64(*paceInserts) / took.Seconds() / permitted
	refused := c.Statuses()[http.StatusTooManyRequests] - before[http.StatusTooManyRequests]
	t.Logf("%d inserts in %.1f s of Graph's time: %.2f a second, %.1f %% of the permitted %.2f; %d answers 429, %d waits left to the caller, at most %d at work",
		*paceInserts, took.Seconds(), float64(*paceInserts)/took.Seconds(), share*100, permitted, refused, waits, c.MaxConcurrency(ann))
	require.LessOrEqual(t, c.MaxConcurrency(ann), 4)
	require.Zero(t, refused)
	if *paceInserts >= 5000 {
		require.GreaterOrEqual(t, share, 0.95)
	}
	require.Less(t, share, 1.2, "the window was not full, so that nothing was measured")
}
