package ledger_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
)

func TestALeaseHasOneHolder(t *testing.T) {
	l, ctx := fresh(t), t.Context()
	var got, refused atomic.Int32
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			_, err := l.TakeLease(ctx, time.Minute, "slot/1", "slot/2")
			if err == nil {
				got.Add(1)
				return
			}
			require.ErrorIs(t, err, ledger.ErrHeld)
			refused.Add(1)
		})
	}
	all.Wait()
	require.EqualValues(t, 2, got.Load())
	require.EqualValues(t, 14, refused.Load())
}

func TestAnExpiredLeaseIsTakenAndItsOldHolderIsFenced(t *testing.T) {
	l, ctx := fresh(t), t.Context()
	old, err := l.TakeLease(ctx, 20*time.Millisecond, "read")
	require.NoError(t, err)
	var next ledger.Lease
	require.Eventually(t, func() bool { next, err = l.TakeLease(ctx, time.Minute, "read"); return err == nil }, 5*time.Second, 5*time.Millisecond)
	require.Greater(t, next.Fence, old.Fence)
	require.ErrorIs(t, l.RenewLease(ctx, old, time.Minute), ledger.ErrMoved)
	require.NoError(t, l.GiveLease(ctx, old), "giving back what was lost does nothing")
	require.NoError(t, l.RenewLease(ctx, next, time.Minute))
}

func TestAHolderLeavesSomethingForTheNext(t *testing.T) {
	l, ctx := fresh(t), t.Context()
	first, err := l.TakeLease(ctx, time.Minute, "slot/1", "slot/2")
	require.NoError(t, err)
	first.Kept = []byte("sealed")
	require.NoError(t, l.GiveLease(ctx, first))
	next, err := l.TakeLease(ctx, time.Minute, "slot/2", "slot/1")
	require.NoError(t, err)
	require.Equal(t, first.Name, next.Name, "the slot with something in it comes first")
	require.Equal(t, "sealed", string(next.Kept))
}

func TestAHeldLeaseIsRenewedAndItsLossIsTold(t *testing.T) {
	l, ctx := fresh(t), t.Context()
	held, lease, release, err := l.HoldLease(ctx, 150*time.Millisecond, "read")
	require.NoError(t, err)
	defer release()
	time.Sleep(300 * time.Millisecond) // twice its life
	_, err = l.TakeLease(ctx, time.Minute, "read")
	require.ErrorIs(t, err, ledger.ErrHeld)
	_, err = l.DB().NewUpdate().Model((*ledger.Lease)(nil)).Set("fence = fence + 1").Where("name = ?", lease.Name).Exec(ctx)
	require.NoError(t, err)
	select {
	case <-held.Done():
		require.ErrorIs(t, context.Cause(held), ledger.ErrHeld)
	case <-time.After(5 * time.Second):
		t.Fatal("the holder was not told")
	}
}
