package vtigersim

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSessionUse(t *testing.T) {
	s, c := newCRM(t)
	admin, again, alice := c.as("admin"), c.as("admin"), c.as("alice")
	require.Equal(t, SessionUse{Opened: 2, Alive: 2}, s.SessionUse("19x1"))

	release := s.Stall("listtypes", 4)
	var all sync.WaitGroup
	for _, client := range []*client{admin, admin, again, alice} {
		all.Go(func() { client.get("listtypes") })
	}
	require.NoError(t, s.Await(t.Context(), func(n Counts) bool { return n["listtypes.stalled"] == 4 }))
	release()
	all.Wait()
	require.Equal(t, SessionUse{Opened: 2, Alive: 2, AtWork: 2, Together: 2}, s.SessionUse("19x1"))
	require.Equal(t, SessionUse{Opened: 1, Alive: 1, AtWork: 1, Together: 1}, s.SessionUse("19x5"))

	s.DropSessions()
	s.ResetSessionUse()
	admin.get("listtypes")
	require.Equal(t, SessionUse{AtWork: 1, Together: 1}, s.SessionUse("19x1"), "what ended is used in vain")
}

func TestRefusedCallsTellWhenTheyWereOrderedTo(t *testing.T) {
	now := recordedAt
	s, c := newCRM(t, WithClock(func() time.Time { return now }))
	for _, retryAfter := range []time.Duration{0, 7 * time.Second} {
		s.SetCallLimits(CallLimits{PerMinute: 1, RetryAfter: retryAfter})
		_, _, headers := challengeHeaders(t, c.base)
		require.Empty(t, headers.Get("Retry-After"))
		_, _, headers = challengeHeaders(t, c.base)
		want := ""
		if retryAfter > 0 {
			want = "7"
		}
		require.Equal(t, want, headers.Get("Retry-After"))
		require.Equal(t, "Mon, 23 Nov 2026 15:41:57 GMT", headers.Get("Date"), "the CRM's clock")
	}
}
