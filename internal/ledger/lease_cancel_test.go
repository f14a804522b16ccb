package ledger_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Whoever is broken off while taking a lease leaves it to the next, at whatever moment it happens.
func TestALeaseIsNotLostWithItsTaker(t *testing.T) {
	l := fresh(t)
	const name = "read/vtiger/Contacts"
	for i := range 200 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*20*time.Microsecond)
		lease, err := l.TakeLease(ctx, time.Hour, name)
		cancel()
		if err == nil {
			require.NoError(t, l.GiveLease(t.Context(), lease))
			continue
		}
		lease, err = l.TakeLease(t.Context(), time.Hour, name)
		require.NoError(t, err, "after %d steps", i)
		require.NoError(t, l.GiveLease(t.Context(), lease))
	}
}
