package outlook

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// given lets the holder ask again and again, waiting as told, and counts what it gets.
func given(s *mailboxPace, from time.Time, during time.Duration) (n int) {
	for now := from; now.Before(from.Add(during)); {
		got := s.reserve(now, ask{holder: "me", need: 1, want: block})
		n += got.n
		now = now.Add(max(got.wait, time.Millisecond))
	}
	return n
}

func TestARefusalHalvesTheRateWhichRecovers(t *testing.T) {
	s := &mailboxPace{}
	s.Told.heard(noon, 2*time.Second)
	require.Zero(t, given(s, noon, 2*time.Second-time.Millisecond))
	open := noon.Add(2 * time.Second)
	require.InDelta(t, 10*fullRate/2, given(s, open, 10*time.Second), 30, "half of the full rate")
	require.Positive(t, s.Told.rate(noon.Add(recovery-time.Second)))
	require.Zero(t, s.Told.rate(noon.Add(recovery)), "one halving is forgotten after one recovery")

	for i := range 20 {
		s.Told.heard(noon.Add(time.Duration(i)*time.Second), time.Millisecond)
	}
	last := noon.Add(19 * time.Second)
	require.InDelta(t, leastRate, s.Told.rate(last), 0.01)
	require.InDelta(t, 20, given(s, last.Add(time.Second), 20*time.Second), 4, "never quite still")
	require.Zero(t, s.Told.rate(last.Add(5*recovery)))
}

func TestRefusalsOfOneMomentCountOnce(t *testing.T) {
	one, many := refusal429{}, refusal429{}
	one.heard(noon, time.Minute)
	for i := range 20 {
		many.heard(noon.Add(time.Duration(i)*time.Second), 0)
		many.heard(noon, time.Minute)
	}
	require.Equal(t, one.Rate, many.Rate)
	require.Equal(t, one.Until, many.Until)
}

func TestWithoutRetryAfterTheWaitGrows(t *testing.T) {
	var r refusal429
	at := noon
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300} {
		r.heard(at, 0)
		require.Equal(t, want*time.Second, r.closed(at), "at %v", at.Sub(noon))
		at = r.Until.Add(100 * time.Millisecond)
	}
	r.heard(at.Add(time.Hour), 0)
	require.Equal(t, time.Second, r.Until.Sub(at.Add(time.Hour)), "that was long ago")
}
