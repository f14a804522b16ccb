package ledger_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/fieldmap"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// Which settings a preview has to show again, and which mailboxes.
func TestWhatNeedsAPreview(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	read := func() ledger.Connection {
		now, err := l.Connection(t.Context(), c.ID)
		require.NoError(t, err)
		return now
	}
	require.True(t, read().NeedsPreview(), "nothing was synced yet")
	needs := func(name string, want bool, change func(*ledger.Connection)) {
		require.NoError(t, l.SkipPreview(t.Context(), read()))
		require.False(t, read().NeedsPreview())
		now := read()
		change(&now)
		require.NoError(t, l.SaveConnectionSettings(t.Context(), now), name)
		require.Equal(t, want, read().NeedsPreview(), name)
	}
	needs("mapping", true, func(c *ledger.Connection) { c.Settings.Mapping = fieldmap.Default("Contacts")[1:] })
	needs("syncFrom", true, func(c *ledger.Connection) { c.Settings.SyncFrom = "2026-01-01" })
	needs("onScopeExit", true, func(c *ledger.Connection) { c.Settings.OnScopeExit = ledger.RemoveCopy })
	needs("keep once more", true, func(c *ledger.Connection) { c.Settings.OnScopeExit = ledger.KeepCopy })
	needs("keep is the zero value", false, func(c *ledger.Connection) { c.Settings.OnScopeExit = "" })
	needs("filter", true, func(c *ledger.Connection) { c.Settings.Filter = &ledger.Filter{ID: "1", Name: "Mine"} })
	needs("the same again", false, func(c *ledger.Connection) { c.Settings.Filter = &ledger.Filter{ID: "1", Name: "Mine"} })
	needs("conditions", true, func(c *ledger.Connection) {
		c.Settings.Conditions = reconcile.Conditions{{Field: "leadsource", Operator: reconcile.Is, Value: "Web"}}
	})
	needs("another value", true, func(c *ledger.Connection) { c.Settings.Conditions[0].Value = "Fair" })
	needs("no conditions", true, func(c *ledger.Connection) { c.Settings.Conditions = nil })
	needs("an empty list is none", false, func(c *ledger.Connection) { c.Settings.Conditions = reconcile.Conditions{} })
	needs("others", false, func(c *ledger.Connection) {
		c.Settings.BatchSize, c.Settings.DeleteInOutlook, c.Settings.ConflictPolicy = 9, true, reconcile.AskFirst
		c.Settings.ExistsElsewhere, c.Settings.PhoneRegion, c.Settings.Direction = reconcile.HoldElsewhere, "CH", contact.ToOutlook
	})
	needs("folder", true, func(c *ledger.Connection) { c.FolderID = "f1" })
	require.NoError(t, l.SkipPreview(t.Context(), read()))
	require.NoError(t, l.SignedIn(t.Context(), c.ID, ledger.Mailbox{ID: "A"}, "r"))
	require.True(t, read().NeedsPreview(), "mailbox")
	require.NoError(t, l.SkipPreview(t.Context(), read()))
	require.NoError(t, l.SignedIn(t.Context(), c.ID, ledger.Mailbox{ID: "A"}, "r"))
	require.False(t, read().NeedsPreview(), "the same mailbox again")

	old := read()
	now := read()
	now.Settings.SyncFrom = ""
	require.NoError(t, l.SaveConnectionSettings(t.Context(), now))
	require.NoError(t, l.SkipPreview(t.Context(), old))
	require.True(t, read().NeedsPreview(), "what a person did without is what they knew")
}

// The rows of a preview go when it is a week old, and nothing else does.
func TestPreviewsGo(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	row := func(run string) ledger.PlanRows {
		return ledger.PlanRows{Operations: []ledger.Operation{{
			ConnectionID: c.ID, Epoch: 1, RunID: run, Side: contact.Outlook, Action: contact.Delete, VTigerID: "1", Outcome: ledger.Planned,
			Fields: map[contact.Field]reconcile.FieldChange{}, Native: map[string]string{}, CreatedAt: time.Now(),
		}}}
	}
	show := func(key string) ledger.Run {
		run, err := l.Request(t.Context(), c, ledger.Wanted{Key: key, Preview: true, By: key})
		require.NoError(t, err)
		require.NoError(t, l.SavePreview(t.Context(), c, run, row(run.ID)))
		require.NoError(t, l.SavePreview(t.Context(), c, run, row(run.ID)), "a run that plans twice keeps its last plan")
		return run
	}
	kept := func(run ledger.Run) int {
		ops, err := l.RunOperations(t.Context(), run.ID, 0, 10)
		require.NoError(t, err)
		return len(ops)
	}
	sync, err := l.RequestRun(t.Context(), c, "sync", "", "19x5")
	require.NoError(t, err)
	require.NoError(t, l.SavePlan(t.Context(), c, sync.ID, row(sync.ID)))
	old, young := show("old"), show("young")
	age := func(run ledger.Run, days int) {
		_, err := l.DB().NewRaw("UPDATE operations SET created_at = now() - ? * interval '1 day' WHERE run_id = ?", days, run.ID).Exec(t.Context())
		require.NoError(t, err)
	}
	age(old, 8)
	age(sync, 8)
	age(young, 6)
	require.NoError(t, l.PrunePreviews(t.Context()))
	require.Equal(t, []int{0, 1, 1}, []int{kept(old), kept(young), kept(sync)})
	require.NoError(t, l.SavePlan(t.Context(), c, sync.ID, ledger.PlanRows{}))
	require.Equal(t, []int{1, 0}, []int{kept(young), kept(sync)}, "a plan replaces plans, not previews")
	lines, err := l.Log(t.Context(), ledger.LogFilter{ConnectionID: c.ID, Limit: 10})
	require.NoError(t, err)
	require.Empty(t, lines)
}

// One key is one request, in everything that it asks for.
func TestAKeyIsOneRequest(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	first, err := l.Request(t.Context(), c, ledger.Wanted{Key: "k", Preview: true, By: "19x5"})
	require.NoError(t, err)
	again, err := l.Request(t.Context(), c, ledger.Wanted{Key: "k", Preview: true, By: "19x5"})
	require.NoError(t, err)
	require.Equal(t, first.ID, again.ID)
	for _, other := range []ledger.Wanted{{Key: "k"}, {Key: "k", Applies: first.ID}, {Key: "k", Preview: true, Undoes: first.ID}, {Key: "k", Preview: true, Direction: contact.ToOutlook}} {
		_, err := l.Request(t.Context(), c, other)
		require.ErrorIs(t, err, ledger.ErrConflict)
	}
}
