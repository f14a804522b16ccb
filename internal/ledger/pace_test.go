package ledger_test

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestNoChangeOfAPaceIsLost(t *testing.T) {
	l, ctx := fresh(t), t.Context()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			change := l.Pace("tenant", "box") // each like a process of its own
			for range 20 {
				require.NoError(t, change(ctx, func(_ time.Time, kept []byte) []byte {
					n, _ := strconv.Atoi(string(kept))
					return []byte(strconv.Itoa(n + 1))
				}))
			}
		})
	}
	all.Wait()
	require.Equal(t, "160", read(t, l.Pace("tenant", "box")))
	require.Empty(t, read(t, l.Pace("tenant", "other box")))
	require.Empty(t, read(t, l.Pace("other tenant", "box")))
}

func TestAPaceThatAlwaysMovesEndsInAnError(t *testing.T) {
	l, ctx := fresh(t), t.Context()
	mine, other := l.Pace("tenant", "box"), l.Pace("tenant", "box")
	n := 0
	err := mine(ctx, func(time.Time, []byte) []byte {
		n++
		require.NoError(t, other(ctx, func(time.Time, []byte) []byte { return []byte(strconv.Itoa(n)) }))
		return []byte("mine")
	})
	require.Error(t, err)
	require.Equal(t, strconv.Itoa(n), read(t, mine))
}

func TestAPaceShowsTheDatabasesClock(t *testing.T) {
	l := fresh(t)
	var clock time.Time
	require.NoError(t, l.DB().NewSelect().ColumnExpr("clock_timestamp()").Scan(t.Context(), &clock))
	require.NoError(t, l.Pace("tenant", "box")(t.Context(), func(now time.Time, kept []byte) []byte {
		require.False(t, now.Before(clock))
		require.Less(t, now.Sub(clock), time.Minute)
		return kept
	}))
}

func read(t *testing.T, change func(context.Context, func(time.Time, []byte) []byte) error) (kept string) {
	require.NoError(t, change(t.Context(), func(_ time.Time, k []byte) []byte {
		kept = string(k)
		return k
	}))
	return kept
}
