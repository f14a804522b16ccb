package graphsim

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

func TestConcurrencyLimit(t *testing.T) {
	r := newRig(t)
	release := r.Hold("contacts.list", 4)
	defer release()
	var group errgroup.Group
	for range 4 {
		group.Go(func() error { r.get("/me/contacts"); return nil })
	}
	require.NoError(t, r.Await(t.Context(), func(c map[string]int) bool { return c["contacts.list"] == 4 }))
	got := r.get("/me/contacts")
	require.Equal(t, http.StatusTooManyRequests, got.status)
	require.Equal(t, "ApplicationThrottled", got.code())
	require.Equal(t, "0.5", got.header.Get("Retry-After"))
	require.Equal(t, http.StatusOK, r.get("/me").status, "the directory has no such limit")
	require.Equal(t, 5, r.MaxConcurrency(ann))

	annsToken := r.token
	r.token = r.signIn(bob, "bob's password")
	require.Equal(t, http.StatusOK, r.get("/me/contacts").status, "nor have other mailboxes")
	r.token = annsToken
	r.Configure(func(s *Settings) { s.OmitRetryAfter = true })
	require.NotContains(t, r.get("/me/contacts").header, "Retry-After")
	r.Configure(func(s *Settings) { s.Concurrency = 0 })
	require.Equal(t, http.StatusOK, r.get("/me/contacts").status)
	release()
	require.NoError(t, group.Wait())
	require.Equal(t, map[int]int{200: 9, 429: 2}, r.Statuses(), "two sign-ins, /me and six lists; two refusals")
}

func TestWindow(t *testing.T) {
	r := newRig(t, func(s *Settings) { s.WindowRequests, s.Window = 3, time.Minute })
	for range 3 {
		require.Equal(t, http.StatusOK, r.get("/me/contacts").status)
		r.clock.advance(10 * time.Second)
	}
	got := r.get("/me/contacts")
	require.Equal(t, http.StatusTooManyRequests, got.status)
	require.Equal(t, "TooManyRequests", got.code())
	require.Equal(t, "40.000", got.header.Get("Retry-After"))
	inner := got.body["error"].(map[string]any)["innerError"].(map[string]any)
	require.Equal(t, "429", inner["status"])

	r.clock.advance(40 * time.Second)
	require.Equal(t, http.StatusOK, r.get("/me/contacts").status, "whoever waits as told is served")
	r.Configure(func(s *Settings) { s.WindowRequests = 0 })
	for range 5 {
		require.Equal(t, http.StatusOK, r.get("/me/contacts").status)
	}
}

func TestRefusedRequestsCountForTheWindow(t *testing.T) {
	r := newRig(t, func(s *Settings) { s.WindowRequests, s.Window = 2, time.Minute })
	for range 4 {
		r.get("/me/contacts")
		r.clock.advance(10 * time.Second)
	}
	r.clock.advance(35 * time.Second)
	require.Equal(t, http.StatusTooManyRequests, r.get("/me/contacts").status, "the first two are over, the refused ones are not")
}

func TestLatency(t *testing.T) {
	r := newRig(t, func(s *Settings) { s.Latency = 30 * time.Millisecond })
	begun := time.Now()
	r.get("/me/contacts")
	require.GreaterOrEqual(t, time.Since(begun), 30*time.Millisecond)
}

func TestAwaitEnds(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := r.Await(ctx, func(c map[string]int) bool { return c["delta"] > 0 })
	require.ErrorIs(t, err, context.Canceled)
	r.get("/me/contacts/delta")
	require.NoError(t, r.Await(ctx, func(c map[string]int) bool { return c["delta"] == 1 }))
}
