package outlook

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// Whatever is asked, given back and refused, and however late within its slack each request arrives: Graph never sees
// more than it allows in any of its windows.
func TestNoWindowHoldsTooMany(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, now := &mailboxPace{}, noon
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		var arrivals []time.Time
		hurry := rapid.Int64Range(1, int64(3*time.Second)).Draw(t, "hurry")
		for range 500 {
			now = now.Add(time.Duration(random.Int64N(hurry)))
			need := 1 + random.IntN(batchSize)
			got := s.reserve(now, ask{holder: "me", need: need, want: 2 * block})
			if got.n == 0 {
				require.Positive(t, got.wait)
				now = now.Add(time.Duration(random.Int64N(int64(2 * got.wait))))
				continue
			}
			require.GreaterOrEqual(t, got.n, need)
			sent := got.n
			if random.IntN(4) == 0 {
				sent = random.IntN(got.n + 1)
			}
			for range sent {
				arrivals = append(arrivals, now.Add(time.Duration(random.Int64N(int64(windowSlack)))))
			}
			s.giveBack(got.at, got.n-sent)
			if random.IntN(50) == 0 {
				s = readMailboxPace(s.spell())
			}
		}
		sortTimes(arrivals)
		for i := 10_000; i < len(arrivals); i++ {
			if held := arrivals[i].Sub(arrivals[i-10_000]); held < window {
				t.Fatalf("10,001 requests reached Graph within %v", held)
			}
		}
	})
}

// Whoever waits as told gets leave, and in the long run at least 97 % of what Graph allows.
func TestWaitingAsToldIsEnough(t *testing.T) {
	s, now, last, sent := &mailboxPace{}, noon, noon, 0
	for now.Before(noon.Add(2 * time.Hour)) {
		got := s.reserve(now, ask{holder: "me", need: batchSize, want: block})
		if got.n > 0 {
			sent, last = sent+got.n, now
		}
		now = now.Add(max(got.wait, 100*time.Millisecond))
	}
	afterTheFirst := float64(sent - windowMost) // which may go at once
	require.Greater(t, afterTheFirst, 0.97*10_000*last.Sub(noon).Seconds()/window.Seconds())
	require.Less(t, len(s.spell()), 16<<10, "what is kept stays small")
}

func TestWhatIsKeptUnreadablyStartsAnew(t *testing.T) {
	s := readMailboxPace([]byte("{"))
	require.Equal(t, 20, s.reserve(noon, ask{holder: "me", need: 20, want: 20}).n)
}

func TestAClockThatWentBackForgetsNothing(t *testing.T) {
	s := &mailboxPace{}
	s.note(noon, windowMost)
	got := s.reserve(noon.Add(-time.Hour), ask{holder: "me", need: 1, want: 1})
	require.Zero(t, got.n)
	s.note(noon.Add(-time.Hour), 1)
	require.Len(t, s.Used, 1)
}

func sortTimes(times []time.Time) { slices.SortFunc(times, time.Time.Compare) }
