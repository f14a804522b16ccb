package ledger_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/devstack"
	"contactbridge/internal/fieldmap"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
	"contactbridge/migrations"
)

func TestMain(m *testing.M) { devstack.Main(m) }

var migrated = devstack.NewTemplate(func(ctx context.Context, dsn string) error {
	l, err := ledger.Open(ctx, dsn, nil)
	if err != nil {
		return err
	}
	defer l.Close()
	_, err = migrations.Up(ctx, l.DB())
	return err
})

// fresh opens an empty ledger with one allowed user.
func fresh(t *testing.T) *ledger.Ledger {
	text, err := ledger.NewKeyset()
	require.NoError(t, err)
	keyset, err := ledger.ParseKeyset(text)
	require.NoError(t, err)
	l, err := ledger.Open(t.Context(), migrated.Database(t), keyset)
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	require.NoError(t, l.SaveUsers(t.Context(), []ledger.User{{ID: "19x5", UserName: "alice", Active: true}, {ID: "19x6", UserName: "bob", Active: true}}))
	return l
}

// connected gives the ledger a connection with the default mapping.
func connected(t *testing.T, l *ledger.Ledger) ledger.Connection {
	c, err := l.CreateConnection(t.Context(), "19x5", "Contacts", ledger.Settings{Mapping: fieldmap.Default("Contacts"), Direction: contact.Both, ConflictPolicy: reconcile.VTigerWins})
	require.NoError(t, err)
	return c
}

func person(id, first, version string, at time.Time) contact.Record {
	return contact.Record{ID: id, Version: version, Owner: "19x5", Values: map[string]string{"firstname": first}, Changed: at}
}

func TestMigrationsRunOnceAndAtOnce(t *testing.T) {
	l, err := ledger.Open(t.Context(), devstack.Database(t), nil)
	require.NoError(t, err)
	defer l.Close()
	ended := make(chan error, 4)
	for range 4 {
		go func() {
			_, err := migrations.Up(context.Background(), l.DB())
			ended <- err
		}()
	}
	for range 4 {
		require.NoError(t, <-ended)
	}
	pending, err := migrations.Pending(t.Context(), l.DB())
	require.NoError(t, err)
	require.Empty(t, pending)
}

func TestAnUnreachableDatabaseIsSaidWithoutThePassword(t *testing.T) {
	_, err := ledger.Open(t.Context(), "postgres://user:hunter2@127.0.0.1:1/none?sslmode=disable", nil)
	require.Error(t, err)
	require.Equal(t, contact.Unavailable, contact.KindOf(err))
	require.NotContains(t, err.Error(), "hunter2")
}

// A cursor moves only together with its page, and only from where it was read.
func TestAPageAndItsCursorAreOneStep(t *testing.T) {
	l := fresh(t)
	connected(t, l)
	f, err := l.Feed(t.Context(), "vtiger/Contacts")
	require.NoError(t, err)
	page := contact.Page{Records: []contact.Record{person("12x1", "Ann", "1", time.Unix(1000, 0))}, Next: "after 1"}
	next, err := l.StorePage(t.Context(), f, page, "Contacts")
	require.NoError(t, err)
	require.Equal(t, "after 1", next.Cursor)

	stale := contact.Page{Records: []contact.Record{person("12x2", "Ben", "1", time.Unix(1000, 0))}, Next: "after 2"}
	_, err = l.StorePage(t.Context(), f, stale, "Contacts")
	require.ErrorIs(t, err, ledger.ErrMoved)
	now, err := l.Feed(t.Context(), f.ID)
	require.NoError(t, err)
	require.Equal(t, "after 1", now.Cursor)
	kept, err := l.Records(t.Context(), ledger.Connection{Module: "Contacts"}, contact.VTiger, []string{"12x1", "12x2"})
	require.NoError(t, err)
	require.Len(t, kept, 1, "nothing of a page is kept whose cursor moved elsewhere")
}

// Microsoft may list one removal twice on a page.
func TestWhatIsSaidToLeaveTwiceLeftOnce(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	f, err := l.BeginReading(t.Context(), c.Feed(contact.Outlook), 0)
	require.NoError(t, err)
	_, err = l.StorePage(t.Context(), f, contact.Page{Gone: []string{"A", "B", "A"}, Next: "1", Done: true}, "")
	require.NoError(t, err)
	left, err := l.OutOfSight(t.Context(), c, 0)
	require.NoError(t, err)
	require.Len(t, left, 2)
}

// Of a shared feed only those records are kept that some connection may use; a new owner's records are to be listed.
func TestOnlyOwnersWithAConnectionAreKept(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	f, err := l.Feed(t.Context(), c.Feed(contact.VTiger))
	require.NoError(t, err)
	foreign := person("12x9", "Zed", "1", time.Unix(1000, 0))
	foreign.Owner = "19x6"
	_, err = l.StorePage(t.Context(), f, contact.Page{Records: []contact.Record{person("12x1", "Ann", "1", time.Unix(1000, 0)), foreign}, Next: "end", Done: true}, "Contacts")
	require.NoError(t, err)
	kept, err := l.Records(t.Context(), c, contact.VTiger, []string{"12x1", "12x9"})
	require.NoError(t, err)
	require.Len(t, kept, 1)

	_, err = l.CreateConnection(t.Context(), "19x6", "Contacts", c.Settings)
	require.NoError(t, err)
	unlisted, err := l.Unlisted(t.Context(), f, "Contacts")
	require.NoError(t, err)
	require.Equal(t, []string{"19x5", "19x6"}, unlisted)
	f, err = l.BeginReading(t.Context(), f.ID, 1)
	require.NoError(t, err)
	require.NoError(t, l.EndReading(t.Context(), f, ledger.Reading{Listed: []string{"19x5"}}))
	unlisted, err = l.Unlisted(t.Context(), f, "Contacts")
	require.NoError(t, err)
	require.Equal(t, []string{"19x6"}, unlisted, "whose records were skipped")
}

// A replayed older reading does not undo a newer one; a reading without a stamp does not forget it.
func TestReplaysDoNotUndo(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	f, err := l.Feed(t.Context(), c.Feed(contact.Outlook))
	require.NoError(t, err)
	newer := person("A", "New", "2", time.Unix(2000, 0))
	newer.Stamp = "STAMP"
	f, err = l.StorePage(t.Context(), f, contact.Page{Records: []contact.Record{newer}, Next: "1"}, "")
	require.NoError(t, err)
	_, err = l.StorePage(t.Context(), f, contact.Page{Records: []contact.Record{person("A", "Old", "1", time.Unix(1000, 0))}, Next: "2"}, "")
	require.NoError(t, err)
	kept, err := l.Records(t.Context(), c, contact.Outlook, []string{"A"})
	require.NoError(t, err)
	require.Equal(t, "New", kept["A"].Values["firstname"])
	require.Equal(t, "STAMP", kept["A"].Stamp)
}

// Secrets are in the database only sealed.
func TestSecretsAreSealed(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	ctx := t.Context()
	require.NoError(t, l.SaveMicrosoft(ctx, ledger.Microsoft{ClientID: "id", ClientSecret: "hunter2-client"}))
	require.NoError(t, l.SignedIn(ctx, c.ID, ledger.Mailbox{ID: "m"}, "hunter2-refresh"))
	require.NoError(t, l.IssueTicket(ctx, "hunter2-token", c.ID, time.Now().Add(time.Minute)))
	require.NoError(t, l.PressTicket(ctx, "hunter2-token", "hunter2-state", "hunter2-verifier"))
	for _, table := range []string{"settings", "credentials", "tickets", "connections", "sessions"} {
		var rows []string
		require.NoError(t, l.DB().NewRaw("SELECT t::text || encode(convert_to(t::text, 'UTF8'), 'escape') FROM "+table+" t").Scan(ctx, &rows))
		for _, r := range rows {
			require.NotContains(t, r, "hunter2", table)
			require.NotContains(t, r, "68756e74657232", table) // hunter2 in bytea's hexadecimal form
		}
	}
	m, err := l.Microsoft(ctx)
	require.NoError(t, err)
	require.Equal(t, "hunter2-client", m.ClientSecret)
	refresh, _, err := l.Refresh(ctx, c.ID)
	require.NoError(t, err)
	require.Equal(t, "hunter2-refresh", refresh)
}

// A sign-in link works once, only after its button, and only for its own state.
func TestTicketsAreOneTime(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	ctx := t.Context()
	require.NoError(t, l.IssueTicket(ctx, "token", c.ID, time.Now().Add(time.Minute)))
	_, err := l.TicketConnection(ctx, "token")
	require.NoError(t, err)
	_, err = l.TicketConnection(ctx, "token")
	require.NoError(t, err, "opening it changes nothing")
	require.NoError(t, l.PressTicket(ctx, "token", "state", "verifier"))
	_, _, err = l.Pressed(ctx, "another state")
	require.ErrorIs(t, err, ledger.ErrNotFound)
	id, verifier, err := l.Pressed(ctx, "state")
	require.NoError(t, err)
	require.Equal(t, c.ID, id)
	require.Equal(t, "verifier", verifier)
	require.NoError(t, l.SpendTicket(ctx, "state"))
	require.ErrorIs(t, l.SpendTicket(ctx, "state"), ledger.ErrNotFound)
	_, err = l.TicketConnection(ctx, "token")
	require.ErrorIs(t, err, ledger.ErrNotFound)

	require.NoError(t, l.IssueTicket(ctx, "old", c.ID, time.Now().Add(-time.Second)))
	_, err = l.TicketConnection(ctx, "old")
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

// One key is one run; a crashed run is gone on with before the next one begins.
func TestRunsAreServedInOrder(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	ctx := t.Context()
	require.NoError(t, l.Allow(ctx, c.UserID, true))
	first, err := l.RequestRun(ctx, c, "click", "", "19x5")
	require.NoError(t, err)
	again, err := l.RequestRun(ctx, c, "click", "", "19x5")
	require.NoError(t, err)
	require.Equal(t, first.ID, again.ID)
	_, err = l.RequestRun(ctx, c, "click", contact.ToOutlook, "19x5")
	require.ErrorIs(t, err, ledger.ErrConflict)
	shared, err := l.RequestRun(ctx, c, "equal", "", "19x5")
	require.NoError(t, err)
	require.Equal(t, first.ID, shared.ID, "equal requests share the run that waits")
	second, err := l.RequestRun(ctx, c, "another", "", "19x1")
	require.NoError(t, err)
	require.NotEqual(t, first.ID, second.ID, "another person's is its own")

	for range 2 {
		begun, err := l.BeginRun(ctx, c.ID)
		require.NoError(t, err)
		require.Equal(t, first.ID, begun.ID)
	}
	late, err := l.RequestRun(ctx, c, "equal", "", "19x5")
	require.NoError(t, err)
	require.Equal(t, first.ID, late.ID, "its key stays with it")
	_, err = l.RequestRun(ctx, c, "equal", contact.ToOutlook, "19x5")
	require.ErrorIs(t, err, ledger.ErrConflict)
	require.NoError(t, l.EndRun(ctx, ledger.Ending{Connection: c.ID, State: ledger.RunDone}))
	begun, err := l.BeginRun(ctx, c.ID)
	require.NoError(t, err)
	require.Equal(t, second.ID, begun.ID)
	require.NoError(t, l.EndRun(ctx, ledger.Ending{Connection: c.ID, State: ledger.RunDone}))
	_, err = l.BeginRun(ctx, c.ID)
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

// Settings that somebody else changed meanwhile are not overwritten.
func TestALostRaceForSettingsIsSaid(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	require.NoError(t, l.SaveConnectionSettings(t.Context(), c))
	require.ErrorIs(t, l.SaveConnectionSettings(t.Context(), c), ledger.ErrMoved)
}

// A token that rotates while the sign-in is revoked does not bring the sign-in back.
func TestARevokedSignInStaysRevoked(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	require.NoError(t, l.SignedIn(t.Context(), c.ID, ledger.Mailbox{ID: "m"}, "first"))
	version, err := l.SaveRefresh(t.Context(), c.ID, 1, "second")
	require.NoError(t, err)
	require.NoError(t, l.SignedIn(t.Context(), c.ID, ledger.Mailbox{ID: "m"}, "signed in anew"))
	_, err = l.SaveRefresh(t.Context(), c.ID, version, "late rotation of the old one")
	require.NoError(t, err)
	refresh, version, err := l.Refresh(t.Context(), c.ID)
	require.NoError(t, err)
	require.Equal(t, "signed in anew", refresh, "a newer sign-in stands")

	require.NoError(t, l.SignedOut(t.Context(), c.ID))
	_, err = l.SaveRefresh(t.Context(), c.ID, version, "third")
	require.ErrorIs(t, err, ledger.ErrNotFound)
	_, _, err = l.Refresh(t.Context(), c.ID)
	require.ErrorIs(t, err, ledger.ErrNotFound)
}
