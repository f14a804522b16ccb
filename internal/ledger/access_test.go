package ledger_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
)

func same(userName string) string { return userName }

func attempt(name, address string) *ledger.Attempt {
	return &ledger.Attempt{Name: name, Address: address, Spelled: same}
}

// begins tries a sign-in and tells how long it has to wait.
func begins(t *testing.T, l *ledger.Ledger, a *ledger.Attempt) time.Duration {
	t.Helper()
	wait, err := l.BeginAttempt(t.Context(), a)
	require.NoError(t, err)
	return wait
}

// later makes all that failed lie further back.
func later(t *testing.T, l *ledger.Ledger, d time.Duration) {
	t.Helper()
	_, err := l.DB().ExecContext(t.Context(), "UPDATE failed_sign_ins SET failed_at = failed_at - ?0 * interval '1 ms', until = until - ?0 * interval '1 ms'", d.Milliseconds())
	require.NoError(t, err)
}

func TestPausesGrowAndAreBounded(t *testing.T) {
	l := fresh(t)
	for range 4 {
		require.Zero(t, begins(t, l, attempt("alice", "10.0.0.1")))
	}
	for _, pause := range []time.Duration{5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900} {
		require.Zero(t, begins(t, l, attempt("alice", "10.0.0.1")))
		for _, address := range []string{"10.0.0.1", "10.9.9.9", ""} {
			require.InDelta(t, pause*time.Second, begins(t, l, attempt("alice", address)), float64(3*time.Second))
		}
		require.Zero(t, begins(t, l, attempt(fmt.Sprint("somebody else", pause), "10.0.0.2")))
		later(t, l, pause*time.Second)
	}
	later(t, l, time.Hour+time.Second)
	require.Zero(t, begins(t, l, attempt("alice", "")), "an hour later it begins anew")
	require.Zero(t, begins(t, l, attempt("alice", "")))
}

func TestAnAddressMayFailForManyUsers(t *testing.T) {
	l := fresh(t)
	for i := range 50 {
		require.Zero(t, begins(t, l, attempt(fmt.Sprint("user", i), "10.0.0.1")), i)
	}
	require.NotZero(t, begins(t, l, attempt("another", "10.0.0.1")))
	require.Zero(t, begins(t, l, attempt("another", "10.0.0.2")))
}

// Of many sign-ins at once no more are tried than of one after the other.
func TestGuessesAtOnceAreNoMore(t *testing.T) {
	l := fresh(t)
	var tried sync.Map
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			wait, err := l.BeginAttempt(context.Background(), attempt("alice", fmt.Sprint("10.0.0.", i)))
			if err != nil {
				t.Error(err)
			}
			if wait == 0 {
				tried.Store(i, true)
			}
		})
	}
	all.Wait()
	n := 0
	tried.Range(func(any, any) bool { n++; return true })
	require.Equal(t, 5, n)
}

// Whoever begins while others do well finds the count, though those delete it.
func TestGoodSignInsAtOnce(t *testing.T) {
	l := fresh(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 30 {
				a := attempt("alice", "10.0.0.1")
				wait, err := l.BeginAttempt(context.Background(), a)
				if err == nil && wait == 0 {
					err = l.Succeeded(context.Background(), a)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	require.Zero(t, begins(t, l, attempt("alice", "10.0.0.1")))
}

func TestOnlyRefusalsCount(t *testing.T) {
	l := fresh(t)
	for range 200 {
		a := attempt("alice", "10.0.0.1")
		require.Zero(t, begins(t, l, a))
		require.NoError(t, l.Unanswered(t.Context(), a))
	}
	for range 200 {
		a := attempt("alice", "10.0.0.1")
		require.Zero(t, begins(t, l, a))
		require.NoError(t, l.Succeeded(t.Context(), a))
	}
	for range 4 {
		require.Zero(t, begins(t, l, attempt("alice", "10.0.0.1")))
	}
	// The one that would begin a pause gets no answer, and later one does well.
	a := attempt("alice", "10.0.0.1")
	require.Zero(t, begins(t, l, a))
	require.NotZero(t, begins(t, l, attempt("alice", "10.0.0.1")))
	require.NoError(t, l.Unanswered(t.Context(), a))
	a = attempt("alice", "10.0.0.1")
	require.Zero(t, begins(t, l, a))
	require.NoError(t, l.Succeeded(t.Context(), a))
	for range 5 {
		require.Zero(t, begins(t, l, attempt("alice", "10.0.0.1")), "a good sign-in ends it")
	}
	require.NotZero(t, begins(t, l, attempt("alice", "10.0.0.1")))
}

// Whoever guesses without end keeps a user out of other browsers only, and a browser serves its own user only.
func TestAKnownBrowserIsNotKeptOut(t *testing.T) {
	l := fresh(t)
	require.NoError(t, l.KnowDevice(t.Context(), "device", "19x5", time.Now().Add(time.Hour)))
	for range 5 {
		begins(t, l, attempt("alice", ""))
		begins(t, l, attempt("bob", ""))
	}
	require.NotZero(t, begins(t, l, attempt("alice", "")))
	known := &ledger.Attempt{Name: "alice", Device: "device", Spelled: same}
	require.Zero(t, begins(t, l, known))
	require.True(t, known.Known)
	require.NotZero(t, begins(t, l, &ledger.Attempt{Name: "bob", Device: "device", Spelled: same}))
	require.NotZero(t, begins(t, l, &ledger.Attempt{Name: "alice", Device: "guess", Spelled: same}))
	for range 4 {
		require.Zero(t, begins(t, l, &ledger.Attempt{Name: "alice", Device: "device", Spelled: same}))
	}
	require.NotZero(t, begins(t, l, &ledger.Attempt{Name: "alice", Device: "device", Spelled: same}), "it has a count of its own")
	_, err := l.DB().ExecContext(t.Context(), "UPDATE devices SET expires_at = now()")
	require.NoError(t, err)
	require.NotZero(t, begins(t, l, &ledger.Attempt{Name: "alice", Device: "device", Spelled: same}))
}

func TestFailuresAreForgottenAndNamesAreNotKept(t *testing.T) {
	l := fresh(t)
	begins(t, l, attempt("my-password-typed-in-the-wrong-place", "10.0.0.1"))
	var kept string
	require.NoError(t, l.DB().QueryRowContext(t.Context(), "SELECT string_agg(f::text, ' ') FROM failed_sign_ins f").Scan(&kept))
	require.NotContains(t, kept, "password")
	require.NotContains(t, kept, fmt.Sprintf("%x", "password"))
	require.NoError(t, l.PruneAttempts(t.Context()))
	n := func() (n int) {
		require.NoError(t, l.DB().QueryRowContext(t.Context(), "SELECT count(*) FROM failed_sign_ins").Scan(&n))
		return n
	}
	require.Equal(t, 2, n())
	later(t, l, 25*time.Hour)
	require.NoError(t, l.PruneAttempts(t.Context()))
	require.Zero(t, n())
}

// told are the actions in the audit log, oldest first.
func told(t *testing.T, l *ledger.Ledger) (actions []string) {
	t.Helper()
	acts, err := l.Audit(t.Context(), ledger.AuditFilter{Limit: 1000})
	require.NoError(t, err)
	for i := range acts {
		actions = append(actions, strings.TrimSpace(acts[len(acts)-1-i].Action+" "+acts[len(acts)-1-i].About))
	}
	return actions
}

func TestTheAuditLogOnlyGrows(t *testing.T) {
	l := fresh(t)
	for _, action := range []string{"old", "new"} {
		require.NoError(t, l.Keep(t.Context(), &ledger.Audited{Due: true, Act: ledger.Act{Action: action}}))
	}
	require.NoError(t, l.Keep(t.Context(), &ledger.Audited{Act: ledger.Act{Action: "not due"}}))
	for _, change := range []string{"UPDATE audit SET action = 'x'", "DELETE FROM audit", "TRUNCATE audit"} {
		_, err := l.DB().ExecContext(t.Context(), change)
		require.ErrorContains(t, err, "the audit log only grows", change)
	}
	require.NoError(t, l.PruneAudit(t.Context(), time.Now()))
	require.Equal(t, []string{"old", "new"}, told(t, l))

	// Only the time lets something go, and only what is a year old.
	for _, step := range []string{
		"ALTER TABLE audit DISABLE TRIGGER audit_row", "UPDATE audit SET at = at - interval '367 days' WHERE action = 'old'",
		"ALTER TABLE audit ENABLE TRIGGER audit_row",
	} {
		_, err := l.DB().ExecContext(t.Context(), step)
		require.NoError(t, err)
	}
	require.NoError(t, l.PruneAudit(t.Context(), time.Now().Add(-400*24*time.Hour)))
	require.Len(t, told(t, l), 2, "it is kept as long as the log")
	require.NoError(t, l.PruneAudit(t.Context(), time.Now()))
	require.Equal(t, []string{"new"}, told(t, l))
}

// What was not done is not told, and what was not told is not done.
func TestAnActIsToldWithWhatItDid(t *testing.T) {
	l := fresh(t)
	a := &ledger.Audited{Due: true, Act: ledger.Act{Action: "set-access"}}
	ctx := ledger.Doing(t.Context(), a)
	require.ErrorIs(t, l.Allow(ctx, "19x999", true), ledger.ErrNotFound)
	require.Empty(t, told(t, l))
	require.NoError(t, l.Allow(ctx, "19x5", true))
	require.NoError(t, l.Allow(ctx, "19x5", true))
	require.NoError(t, l.Keep(ctx, a))
	require.Equal(t, []string{"set-access"}, told(t, l), "once")

	_, err := l.DB().ExecContext(t.Context(), "ALTER TABLE audit ADD CHECK (action <> 'refused')")
	require.NoError(t, err)
	require.Error(t, l.Allow(ledger.Doing(t.Context(), &ledger.Audited{Due: true, Act: ledger.Act{Action: "refused"}}), "19x6", true))
	bob, err := l.User(t.Context(), "19x6")
	require.NoError(t, err)
	require.False(t, bob.Allowed)
}

func TestTheAuditLogIsFilteredAndPaged(t *testing.T) {
	l := fresh(t)
	for i := range 5 {
		require.NoError(t, l.Keep(t.Context(), &ledger.Audited{Due: true, Act: ledger.Act{
			UserID: fmt.Sprint("19x", i%2), Action: []string{"set-access", "put-alerts"}[i%2], About: fmt.Sprint("users/19x", i),
		}}))
	}
	count := func(f ledger.AuditFilter) int {
		f.Limit = 10
		acts, err := l.Audit(t.Context(), f)
		require.NoError(t, err)
		return len(acts)
	}
	require.Equal(t, 3, count(ledger.AuditFilter{UserID: "19x0"}))
	require.Equal(t, 2, count(ledger.AuditFilter{Action: "put-alerts"}))
	require.Equal(t, 1, count(ledger.AuditFilter{About: "users/19x3"}))
	require.Equal(t, 5, count(ledger.AuditFilter{About: "users/"}))
	require.Zero(t, count(ledger.AuditFilter{About: "users/%"}))
	require.Equal(t, 5, count(ledger.AuditFilter{From: time.Now().Add(-time.Minute), To: time.Now().Add(time.Minute)}))
	require.Zero(t, count(ledger.AuditFilter{From: time.Now().Add(time.Minute)}))
	require.Zero(t, count(ledger.AuditFilter{To: time.Now().Add(-time.Minute)}))
	page, err := l.Audit(t.Context(), ledger.AuditFilter{Limit: 2})
	require.NoError(t, err)
	require.Equal(t, "users/19x4", page[0].About)
	page, err = l.Audit(t.Context(), ledger.AuditFilter{Limit: 2, Before: page[1].ID})
	require.NoError(t, err)
	require.Equal(t, "users/19x2", page[0].About)
}

func TestWhoeverIsDisabledLosesEverything(t *testing.T) {
	l := fresh(t)
	ctx, expires := t.Context(), time.Now().Add(time.Hour)
	for _, id := range []string{"19x5", "19x6"} {
		require.NoError(t, l.StartSession(ctx, "session "+id, id, expires))
		require.NoError(t, l.KnowDevice(ctx, "device "+id, id, expires))
		_, err := l.CreateToken(ctx, ledger.Token{UserID: id, Name: "n", ExpiresAt: expires}, "cb_"+id)
		require.NoError(t, err)
	}
	asked := time.Now()
	require.NoError(t, l.SaveRoll(ctx, asked, []ledger.User{{ID: "19x6", UserName: "bob", Active: true, Admin: true}}, []string{"19x5", "19x404"}))
	_, err := l.SessionUser(ctx, "session 19x5")
	require.ErrorIs(t, err, ledger.ErrNotFound)
	_, _, err = l.TokenUser(ctx, "cb_19x5")
	require.ErrorIs(t, err, ledger.ErrNotFound)
	require.ErrorIs(t, l.StartSession(ctx, "again", "19x5", expires), ledger.ErrNotFound)
	_, err = l.CreateToken(ctx, ledger.Token{UserID: "19x5", Name: "n", ExpiresAt: expires}, "cb_again")
	require.ErrorIs(t, err, ledger.ErrNotFound)
	bob, _, err := l.TokenUser(ctx, "cb_19x6")
	require.NoError(t, err)
	require.True(t, bob.Admin)
	require.Equal(t, []string{"admin-gained users/19x6", "user-disabled users/19x5"}, told(t, l))

	// What was asked before is not believed over what was asked later.
	require.NoError(t, l.SaveRoll(ctx, asked.Add(-time.Second), []ledger.User{{ID: "19x5", UserName: "alice", Active: true, Admin: true}}, []string{"19x6"}))
	alice, err := l.User(ctx, "19x5")
	require.NoError(t, err)
	require.False(t, alice.Active || alice.Admin)
	bob, err = l.User(ctx, "19x6")
	require.NoError(t, err)
	require.True(t, bob.Active)

	// Who comes back signs in anew.
	require.NoError(t, l.SaveUsers(ctx, []ledger.User{{ID: "19x5", UserName: "alice", Active: true}}))
	_, err = l.SessionUser(ctx, "session 19x5")
	require.ErrorIs(t, err, ledger.ErrNotFound)
	_, _, err = l.TokenUser(ctx, "cb_19x5")
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

func TestTokensAreBoundedAndTheirUseIsNoted(t *testing.T) {
	l := fresh(t)
	ctx := t.Context()
	create := func(i int) error {
		_, err := l.CreateToken(ctx, ledger.Token{UserID: "19x5", Name: "n", ExpiresAt: time.Now().Add(time.Hour)}, fmt.Sprint("cb_", i))
		return err
	}
	var all sync.WaitGroup
	for i := range ledger.MostTokens - 1 {
		require.NoError(t, create(i))
	}
	refused := make(chan error, 4)
	for i := range 4 {
		all.Go(func() { refused <- create(1000 + i) })
	}
	all.Wait()
	made := 0
	for range 4 {
		if err := <-refused; err == nil {
			made++
		} else {
			require.ErrorIs(t, err, ledger.ErrConflict)
		}
	}
	require.Equal(t, 1, made)

	used := func() *time.Time {
		_, _, err := l.TokenUser(ctx, "cb_1")
		require.NoError(t, err)
		list, err := l.Tokens(ctx, "19x5")
		require.NoError(t, err)
		return list[1].UsedAt
	}
	first := used()
	require.NotNil(t, first)
	require.Equal(t, first, used(), "at most once a minute")
	_, err := l.DB().ExecContext(ctx, "UPDATE tokens SET used_at = used_at - interval '61 seconds'")
	require.NoError(t, err)
	require.False(t, used().Before(*first))

	_, err = l.DB().ExecContext(ctx, "UPDATE tokens SET expires_at = now() - interval '31 days' WHERE name = 'n'")
	require.NoError(t, err)
	require.NoError(t, create(2000))
	list, err := l.Tokens(ctx, "19x5")
	require.NoError(t, err)
	require.Len(t, list, 1, "long expired ones are forgotten")
	_, err = l.Token(ctx, "19x6", list[0].ID)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	require.ErrorIs(t, l.RevokeToken(ctx, "19x6", list[0].ID), ledger.ErrNotFound)

	_, err = l.EraseUser(ctx, "19x5")
	require.NoError(t, err)
	list, err = l.Tokens(ctx, "19x5")
	require.NoError(t, err)
	require.Empty(t, list)
}
