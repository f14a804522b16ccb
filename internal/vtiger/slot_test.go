package vtiger

import (
	"context"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/vtigersim"
)

// vTiger goes on with a request whose client hung up, so nobody else may use its session until it is answered.
func TestASlotIsGivenWhenItsAbandonedRequestIsAnswered(t *testing.T) {
	c := newCRM(t)
	client := c.dial(WithSlots(LocalSlots(1)))
	_, err := client.Groups(t.Context())
	require.NoError(t, err)
	release := c.Stall("listtypes", 1)
	defer release()

	hasty, leave := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() { _, err := client.Modules(hasty); gone <- err }()
	require.NoError(t, c.Await(t.Context(), func(n vtigersim.Counts) bool { return n["listtypes.stalled"] == 1 }))
	leave()
	require.ErrorIs(t, <-gone, context.Canceled, "the caller does not wait for vTiger")

	brief, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = client.Groups(brief)
	require.ErrorIs(t, err, context.DeadlineExceeded, "the session is busy")
	client.Settle(brief) // not yet
	release()
	client.Settle(t.Context())
	_, err = client.Groups(t.Context())
	require.NoError(t, err)
	require.Equal(t, vtigersim.SessionUse{Opened: 1, Alive: 1, AtWork: 1, Together: 1}, c.SessionUse(c.admin))
}

func TestASessionThatDidNotAnswerInTimeRests(t *testing.T) {
	c := newCRM(t)
	client := c.dial(WithSlots(LocalSlots(1)), WithTimeout(150*time.Millisecond))
	_, err := client.Groups(t.Context())
	require.NoError(t, err)
	defer c.Hold("listtypes", 1)()
	_, err = client.Modules(t.Context())
	require.ErrorIs(t, err, context.DeadlineExceeded)
	ended := time.Now()
	_, err = client.Groups(t.Context())
	require.NoError(t, err)
	require.GreaterOrEqual(t, time.Since(ended), 140*time.Millisecond)
}

// Whoever has another key than the one that opened the session must not find it right for that reason.
func TestASessionOfAnotherKeyIsNotUsed(t *testing.T) {
	c := newCRM(t)
	slots := LocalSlots(1)
	_, err := c.dial(WithSlots(slots)).Groups(t.Context())
	require.NoError(t, err)
	config := c.config()
	config.AccessKey = "wrong"
	_, err = Dial(config, quick, WithSlots(slots)).Groups(t.Context())
	require.Equal(t, contact.NeedsAdmin, contact.KindOf(err))
	_, err = c.dial(WithSlots(slots)).Groups(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, c.SessionUse(c.admin).Opened, "the refused one left the session as it was")
}

// A process that takes over a session knows vTiger's clock from it, and hears it anew when the connection is checked.
func TestASessionCarriesItsClock(t *testing.T) {
	c := newCRM(t)
	c.SetClockSkew(-3 * time.Hour)
	slots := LocalSlots(1)
	_, err := c.dial(WithSlots(slots)).Groups(t.Context())
	require.NoError(t, err)
	heir := c.dial(WithSlots(slots))
	now, err := heir.Now(t.Context())
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(-3*time.Hour), now, 5*time.Second)
	require.Equal(t, 1, c.Count("getchallenge"))

	c.SetClockSkew(0)
	info, err := heir.Check(t.Context())
	require.NoError(t, err)
	require.Empty(t, info.Warnings, "the clock was corrected since the login")
	require.Equal(t, 1, c.Count("login"))
	_, err = heir.Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, c.Count("getchallenge"), "once a process")
}

func TestAPauseHoldsForAllWhoShareTheSlots(t *testing.T) {
	for _, how := range []vtigersim.LimitRefusal{vtigersim.LimitJSON, vtigersim.LimitEmpty, vtigersim.LimitOK} {
		c := newCRM(t)
		slots := LocalSlots(2)
		one, other := c.dial(WithSlots(slots)), c.dial(WithSlots(slots))
		c.SetCallLimits(vtigersim.CallLimits{PerMinute: 3, Refusal: how})
		_, err := one.Modules(t.Context())
		require.NoError(t, err)
		_, err = one.Modules(t.Context())
		require.Equal(t, contact.Throttled, contact.KindOf(err))
		require.InDelta(t, time.Minute, contact.RetryAfter(err), float64(5*time.Second), "the limit's reset")

		c.ResetCounts()
		for _, ask := range []func() error{
			func() error { _, err := other.Groups(t.Context()); return err },
			func() error { _, err := other.SignIn(t.Context(), "alice", "", "aliceKey0123"); return err },
			func() error { _, err := other.SignIn(t.Context(), "alice", "alice-word", ""); return err },
		} {
			err := ask()
			var e *contact.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, contact.Throttled, e.Kind)
			require.True(t, e.Refused)
			require.InDelta(t, time.Minute, e.RetryAfter, float64(5*time.Second))
		}
		require.Zero(t, c.Counts().Total())
	}
}

func TestAShortPauseIsWaitedFor(t *testing.T) {
	c := newCRM(t)
	slots := LocalSlots(2)
	one, other := c.dial(WithSlots(slots)), c.dial(WithSlots(slots))
	c.SetCallLimits(vtigersim.CallLimits{PerMinute: 2, RetryAfter: time.Second})
	_, err := one.Modules(t.Context())
	require.Equal(t, contact.Throttled, contact.KindOf(err))
	require.Equal(t, time.Second, contact.RetryAfter(err))
	throttled := time.Now()
	c.SetCallLimits(vtigersim.CallLimits{})
	_, err = other.Groups(t.Context())
	require.NoError(t, err)
	require.GreaterOrEqual(t, time.Since(throttled), 900*time.Millisecond)
}

func TestPauseOf(t *testing.T) {
	now := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	in := func(d time.Duration) string { return strconv.FormatInt(now.Add(d).Unix(), 10) }
	for _, row := range []struct {
		headers map[string]string
		want    time.Duration
	}{
		{nil, unsaidPause},
		{map[string]string{"Retry-After": "7", "X-FloodControl-Remaining": "0", "X-FloodControl-Reset": in(time.Minute)}, 7 * time.Second},
		{map[string]string{"X-FloodControl-Remaining": "0", "X-FloodControl-Reset": in(40 * time.Second), "X-RateLimit-Remaining": "9", "X-RateLimit-Reset": in(50 * time.Minute)}, 40 * time.Second},
		{map[string]string{"X-FloodControl-Remaining": "0", "X-FloodControl-Reset": in(40 * time.Second), "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": in(50 * time.Minute)}, 50 * time.Minute},
		{map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": in(20 * time.Hour)}, longestPause},
		{map[string]string{"X-FloodControl-Remaining": "0", "X-FloodControl-Reset": in(-time.Second)}, unsaidPause},
		{map[string]string{"X-FloodControl-Remaining": "0", "X-FloodControl-Reset": "soon"}, unsaidPause},
		{map[string]string{"X-FloodControl-Remaining": "0", "X-FloodControl-Reset": in(time.Hour), "Date": "Mon, 23 Nov 2026 15:59:30 GMT"}, 30 * time.Second},
		{map[string]string{"Retry-After": "999999"}, longestPause},
	} {
		h := http.Header{}
		for name, value := range row.headers {
			h.Set(name, value)
		}
		require.Equal(t, row.want, pauseOf(h, now), "%v", row.headers)
	}
}
