package ledger_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/fieldmap"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// Caps hold at once for what exists: settings, schedule, plans in the making and previews; lifted, the settings are as
// they were.
func TestCapsLimitWhatExists(t *testing.T) {
	l, ctx := fresh(t), t.Context()
	c := connected(t, l)
	c.Settings.DeleteInVTiger, c.Settings.IntervalMinutes, c.Settings.Automatic = true, 5, true
	require.NoError(t, l.SaveConnectionSettings(ctx, c))
	before, err := l.Connection(ctx, c.ID)
	require.NoError(t, err)
	every := func() time.Duration {
		list, err := l.Schedules(ctx, "")
		require.NoError(t, err)
		return list[0].Every
	}
	require.Equal(t, 5*time.Minute, every())
	run, err := l.RequestRun(ctx, before, "one", "", "19x5")
	require.NoError(t, err)

	d, err := l.Defaults(ctx)
	require.NoError(t, err)
	require.Zero(t, d.Version)
	d.Caps = ledger.Caps{NoDeleteInVTiger: true, SmallestInterval: 30}
	require.NoError(t, l.SaveDefaults(ctx, d))
	require.ErrorIs(t, l.SaveDefaults(ctx, d), ledger.ErrMoved)
	now, err := l.Connection(ctx, c.ID)
	require.NoError(t, err)
	require.Equal(t, before.Settings, now.Settings)
	require.False(t, now.Effective().DeleteInVTiger)
	require.Equal(t, 30*time.Minute, now.Effective().Interval())
	require.Equal(t, 30*time.Minute, every())
	require.ErrorIs(t, l.SavePlan(ctx, before, run.ID, ledger.PlanRows{}), ledger.ErrMoved, "it was made without the caps")
	require.NoError(t, l.SavePlan(ctx, now, run.ID, ledger.PlanRows{}))

	d, err = l.Defaults(ctx)
	require.NoError(t, err)
	d.Locked = []string{"direction"}
	require.NoError(t, l.SaveDefaults(ctx, d))
	same, err := l.Connection(ctx, c.ID)
	require.NoError(t, err)
	require.Equal(t, now.SettingsVersion, same.SettingsVersion, "no cap changed")
	require.Equal(t, []string{"direction"}, same.Rules.Locked)
	d.Caps, d.Version = ledger.Caps{}, d.Version+1
	require.NoError(t, l.SaveDefaults(ctx, d))
	require.Equal(t, 5*time.Minute, every())
}

// An operation that the caps forbid by now is not sent, whenever it was planned; a twin of our own making is.
func TestForbiddenOperationsAreNotAnnounced(t *testing.T) {
	for name, row := range map[string]struct {
		caps ledger.Caps
		want int
	}{
		"nothing forbidden": {ledger.Caps{}, 3},
		"no deletions":      {ledger.Caps{NoDeleteInVTiger: true}, 2},
		"no new contacts":   {ledger.Caps{NoCreateInVTiger: true}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			l, ctx := fresh(t), t.Context()
			c := connected(t, l)
			v, err := l.Feed(ctx, c.Feed(contact.VTiger))
			require.NoError(t, err)
			at := time.Unix(1000, 0)
			_, err = l.StorePage(ctx, v, contact.Page{Records: []contact.Record{person("12x2", "Ann", "1", at), person("12x3", "Ben", "1", at)}, Next: "1"}, "Contacts")
			require.NoError(t, err)
			o, err := l.Feed(ctx, c.Feed(contact.Outlook))
			require.NoError(t, err)
			_, err = l.StorePage(ctx, o, contact.Page{Records: []contact.Record{{ID: "A", Version: "1"}, {ID: "B", Version: "1"}}, Next: "1"}, "")
			require.NoError(t, err)
			run, err := l.RequestRun(ctx, c, "one", "", "19x5")
			require.NoError(t, err)
			inV, err := l.Records(ctx, c, contact.VTiger, []string{"12x2", "12x3"})
			require.NoError(t, err)
			inO, err := l.Records(ctx, c, contact.Outlook, []string{"A", "B"})
			require.NoError(t, err)
			op := func(action contact.Action, v, o string) ledger.Operation {
				return ledger.Operation{
					ConnectionID: c.ID, Epoch: c.Epoch, RunID: run.ID, Side: contact.VTiger, Action: action, VTigerID: v, OutlookID: o, Outcome: ledger.Planned,
					PlannedVTiger: inV[v].Hash, PlannedOutlook: inO[o].Hash, Fields: map[contact.Field]reconcile.FieldChange{}, Native: map[string]string{}, CreatedAt: time.Now(),
				}
			}
			require.NoError(t, l.SavePlan(ctx, c, run.ID, ledger.PlanRows{
				Stamp:      func(contact.Side, string, int) string { return "S" },
				Operations: []ledger.Operation{op(contact.Delete, "12x2", "A"), op(contact.Insert, "", "B"), op(contact.Delete, "12x3", "")},
			}))
			d, err := l.Defaults(ctx)
			require.NoError(t, err)
			d.Caps = row.caps
			require.NoError(t, l.SaveDefaults(ctx, d))
			announced, discarded, err := l.Announce(ctx, c, run.ID, func(contact.Side) int { return 9 })
			require.NoError(t, err)
			require.Len(t, announced, row.want)
			require.Equal(t, 3-row.want, discarded)
		})
	}
}

// The defaults go to every connection or to none, and who needed no preview needs none where that was said.
func TestSpread(t *testing.T) {
	for _, skip := range []bool{false, true} {
		l, ctx := fresh(t), t.Context()
		mine := connected(t, l)
		theirs, err := l.CreateConnection(ctx, "19x6", "Contacts", mine.Settings)
		require.NoError(t, err)
		require.NoError(t, l.SkipPreview(ctx, mine))
		want := mine.Settings
		want.SyncFrom, want.BatchSize, want.Direction = "2026-01-01", 7, contact.ToOutlook
		want.Mapping = fieldmap.Default("Contacts")[1:]
		byModule := map[string]ledger.Settings{"Contacts": want}
		_, err = l.Spread(ctx, 3, byModule, []string{"batchSize"}, skip)
		require.ErrorIs(t, err, ledger.ErrMoved, "the defaults are other ones")
		n, err := l.Spread(ctx, 0, byModule, []string{"batchSize", "syncFrom"}, skip)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		for _, c := range []ledger.Connection{mine, theirs} {
			now, err := l.Connection(ctx, c.ID)
			require.NoError(t, err)
			require.Equal(t, 7, now.Settings.BatchSize)
			require.Equal(t, "2026-01-01", now.Settings.SyncFrom)
			require.Equal(t, contact.Both, now.Settings.Direction, "it was not named")
			require.Equal(t, mine.Settings.Mapping, now.Settings.Mapping)
			require.Equal(t, !skip || c.ID == theirs.ID, now.NeedsPreview(), "skip %t", skip)
		}
		n, err = l.Spread(ctx, 0, byModule, []string{"batchSize"}, skip)
		require.NoError(t, err)
		require.Zero(t, n)

		_, err = l.CreateConnection(ctx, "19x6", "Leads", mine.Settings)
		require.NoError(t, err)
		want.BatchSize = 9
		_, err = l.Spread(ctx, 0, map[string]ledger.Settings{"Contacts": want}, []string{"batchSize"}, skip)
		require.ErrorIs(t, err, ledger.ErrMoved, "a connection of a module that nobody looked at")
		now, err := l.Connection(ctx, mine.ID)
		require.NoError(t, err)
		require.Equal(t, 7, now.Settings.BatchSize, "all or nothing")
	}
}

// Of two invitations made at once one is valid.
func TestOneInvitationAtATime(t *testing.T) {
	l, ctx := fresh(t), t.Context()
	c := connected(t, l)
	names := []string{"a", "b", "c", "d"}
	var all sync.WaitGroup
	for _, name := range names {
		all.Go(func() { require.NoError(t, l.Invite(ctx, name, c.ID, time.Now().Add(time.Hour))) })
	}
	all.Wait()
	valid := 0
	for _, name := range names {
		if _, err := l.TicketConnection(ctx, name); err == nil {
			valid++
		}
	}
	require.Equal(t, 1, valid)
}

// All are changed or nobody, and each once.
func TestAllowAll(t *testing.T) {
	l, ctx := fresh(t), t.Context()
	changed, err := l.AllowAll(ctx, []string{"19x6", "19x5", "19x6"}, true)
	require.NoError(t, err)
	require.Equal(t, []string{"19x5", "19x6"}, changed)
	_, err = l.AllowAll(ctx, []string{"19x5", "19x77"}, false)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	u, err := l.User(ctx, "19x5")
	require.NoError(t, err)
	require.True(t, u.Allowed)
	changed, err = l.AllowAll(ctx, []string{"19x5"}, true)
	require.NoError(t, err)
	require.Empty(t, changed)
	// They lock in one order, so that crossing requests do not fail.
	var both sync.WaitGroup
	for range 10 {
		both.Go(func() { _, err := l.AllowAll(ctx, []string{"19x5", "19x6"}, false); require.NoError(t, err) })
		both.Go(func() { _, err := l.AllowAll(ctx, []string{"19x6", "19x5"}, true); require.NoError(t, err) })
	}
	both.Wait()
}
