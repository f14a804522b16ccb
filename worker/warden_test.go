package worker_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/integration"
	"contactbridge/internal/ledger"
	"contactbridge/internal/people"
	"contactbridge/internal/simulator/vtigersim"
	"contactbridge/internal/vtiger"
	"contactbridge/worker"
)

// A user who is disabled or deleted in vTiger loses access at the warden's next look, and their connection rests.
func TestTheWardenEndsAccess(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, func(s *ledger.Settings) { s.Automatic = true })
	ctx := t.Context()
	warden := worker.Warden(people.Roll{Ledger: r.ledger, VTiger: &integration.Account{Ledger: r.ledger, Fixed: r.integration(), Sessions: vtiger.Sessions}}, slog.New(slog.DiscardHandler))
	require.Equal(t, 5*time.Minute, warden.Every)
	paused := func() string {
		schedules, err := r.ledger.Schedules(ctx, r.user.ID)
		require.NoError(t, err)
		return schedules[0].Paused
	}
	in := func() bool {
		_, err := r.ledger.SessionUser(ctx, "session")
		return err == nil
	}
	for _, change := range []func(*vtigersim.User){
		func(u *vtigersim.User) { u.Inactive = true },
		func(u *vtigersim.User) { u.Deleted = true },
	} {
		require.NoError(t, r.vtiger.UpdateUser(r.user.ID, func(u *vtigersim.User) { u.Inactive, u.Deleted = false, false }))
		require.NoError(t, warden.Do(ctx))
		require.NoError(t, r.ledger.StartSession(ctx, "session", r.user.ID, time.Now().Add(time.Hour)))
		require.NotEqual(t, "The user may not sync.", paused())

		require.NoError(t, r.vtiger.UpdateUser(r.user.ID, change))
		r.vtiger.Fail(vtigersim.AnyOperation, -1, vtigersim.BadGateway)
		require.Error(t, warden.Do(ctx))
		require.True(t, in(), "vTiger is down")
		r.vtiger.ClearFaults()

		stop := r.doing(warden)
		require.Eventually(t, func() bool { return !in() }, 10*time.Second, 10*time.Millisecond)
		stop()
		require.Equal(t, "The user may not sync.", paused())
	}
}
