package ledger_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

func TestASlotLeavesItsSecretSealedForTheNext(t *testing.T) {
	l, ctx := fresh(t), t.Context()
	slots := l.VTigerSlots("https://crm.example.test", "admin", 2)
	first, err := slots(ctx)
	require.NoError(t, err)
	require.Empty(t, first.Kept)
	require.WithinDuration(t, time.Now().Add(90*time.Second), first.Ends, 5*time.Second)
	first.Give([]byte("the session"), 0, 0)

	var row ledger.Lease
	require.NoError(t, l.DB().NewSelect().Model(&row).Where("kept IS NOT NULL").Scan(ctx))
	require.NotContains(t, string(row.Kept), "session")
	require.True(t, strings.HasPrefix(row.Name, "vtiger-session/"))
	require.NotContains(t, row.Name, "admin")

	for range 2 { // what did not change is kept too
		again, err := l.VTigerSlots("https://crm.example.test", "ADMIN", 4)(ctx)
		require.NoError(t, err)
		require.Equal(t, "the session", string(again.Kept), "the slot with a session comes first, of however many")
		again.Give(again.Kept, 0, 0)
	}
	foreign, err := l.VTigerSlots("https://crm.example.test", "alice", 2)(ctx)
	require.NoError(t, err)
	require.Empty(t, foreign.Kept, "each account has its own")

	ended, err := slots(ctx)
	require.NoError(t, err)
	ended.Give(nil, 0, 0)
	next, err := slots(ctx)
	require.NoError(t, err)
	require.Empty(t, next.Kept)
}

func TestWaitingForASlotEndsWithTheContext(t *testing.T) {
	l := fresh(t)
	slots := l.VTigerSlots("https://crm.example.test", "admin", 1)
	held, err := slots(t.Context())
	require.NoError(t, err)
	brief, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
	defer cancel()
	_, err = slots(brief)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	var e *contact.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, contact.Unavailable, e.Kind)
	require.True(t, e.Refused)

	held.Give(nil, 300*time.Millisecond, 0)
	given := time.Now()
	_, err = slots(t.Context())
	require.NoError(t, err)
	require.GreaterOrEqual(t, time.Since(given), 250*time.Millisecond, "it rests")
}

func TestAFencedHolderLeavesNothing(t *testing.T) {
	l, ctx := fresh(t), t.Context()
	slots := l.VTigerSlots("https://crm.example.test", "admin", 1)
	dead, err := slots(ctx)
	require.NoError(t, err)
	_, err = l.DB().NewUpdate().Model((*ledger.Lease)(nil)).Set("expires_at = now()").Where("TRUE").Exec(ctx)
	require.NoError(t, err)
	heir, err := slots(ctx)
	require.NoError(t, err)
	dead.Give([]byte("old"), 0, 0)
	brief, cancel := context.WithTimeout(ctx, 150*time.Millisecond)
	defer cancel()
	_, err = slots(brief)
	require.ErrorIs(t, err, context.DeadlineExceeded, "the heir has it still")
	heir.Give([]byte("new"), 0, 0)
	next, err := slots(ctx)
	require.NoError(t, err)
	require.Equal(t, "new", string(next.Kept))
}

func TestAPauseHoldsForEveryAccountOfTheCRM(t *testing.T) {
	l, ctx := fresh(t), t.Context()
	slots := l.VTigerSlots("https://crm.example.test", "admin", 2)
	held, err := slots(ctx)
	require.NoError(t, err)
	held.Give(nil, 0, time.Minute)
	for _, username := range []string{"admin", "alice"} {
		slot, err := l.VTigerSlots("https://crm.example.test", username, 2)(ctx)
		require.NoError(t, err)
		require.InDelta(t, time.Minute, slot.Wait, float64(5*time.Second))
		require.Nil(t, slot.Give)
	}
	other, err := l.VTigerSlots("https://other.example.test", "admin", 2)(ctx)
	require.NoError(t, err)
	require.Zero(t, other.Wait)

	_, err = l.DB().NewUpdate().Model((*ledger.Lease)(nil)).Set("expires_at = now()").Where("name LIKE 'vtiger-pause/%'").Exec(ctx)
	require.NoError(t, err)
	brief, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for range 2 {
		slot, err := slots(brief)
		require.NoError(t, err, "nothing was taken during the pause")
		require.Zero(t, slot.Wait)
	}
}

func TestLoginsOfOneUserTakeTurns(t *testing.T) {
	l, ctx := fresh(t), t.Context()
	logins := l.VTigerLogins("https://crm.example.test")
	unlock, err := logins(ctx, "admin")
	require.NoError(t, err)
	brief, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	_, err = l.VTigerLogins("https://crm.example.test")(brief, "Admin")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	free, err := logins(ctx, "alice")
	require.NoError(t, err)
	free()
	unlock()
	again, err := logins(ctx, "ADMIN")
	require.NoError(t, err)
	again()
}
