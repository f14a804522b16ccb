package ledger_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// A walk that began anew is another walk, and what it does not show is still to be looked at when another process ends it.
func TestARestartedWalkIsAWholeOne(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	ctx := t.Context()
	f, err := l.BeginReading(ctx, c.Feed(contact.Outlook), 0)
	require.NoError(t, err)
	at := time.Unix(1000, 0)
	f, err = l.StorePage(ctx, f, contact.Page{Records: []contact.Record{person("A", "Ann", "1", at), person("B", "Ben", "1", at)}, Next: "1", Done: true}, "")
	require.NoError(t, err)
	require.NoError(t, l.EndReading(ctx, f, ledger.Reading{NextWhole: time.Hour}))

	f, err = l.BeginReading(ctx, f.ID, 0)
	require.NoError(t, err)
	require.False(t, f.WholeDue.IsZero())
	first := f.Walk
	f, err = l.StorePage(ctx, f, contact.Page{Records: []contact.Record{person("B", "Ben", "1", at)}, Next: "2", Restarted: true}, "")
	require.NoError(t, err)
	require.Equal(t, first+1, f.Walk)
	require.True(t, f.WholeDue.IsZero())

	f, err = l.BeginReading(ctx, f.ID, 0)
	require.NoError(t, err)
	require.Equal(t, first+1, f.Walk, "a crash does not forget the walk")
	require.True(t, f.WholeDue.IsZero(), "nor that it is whole")
	f, err = l.StorePage(ctx, f, contact.Page{Next: "3", Done: true}, "")
	require.NoError(t, err)
	unshown, err := l.Unshown(ctx, f)
	require.NoError(t, err)
	require.Len(t, unshown, 1)
	require.Equal(t, "A", unshown[0].ID)
	kept, err := l.Records(ctx, c, contact.Outlook, []string{"A"})
	require.NoError(t, err)
	require.Equal(t, contact.Present, kept["A"].Presence, "absence deletes nothing")
	require.NoError(t, l.EndReading(ctx, f, ledger.Reading{NextWhole: time.Hour}))
	f, err = l.BeginReading(ctx, f.ID, 0)
	require.NoError(t, err)
	require.False(t, f.WholeDue.IsZero(), "the next one is due again")
}

// Runs of the clock ask for some of what left, and in the end for all of it; for what the feed says has left, always.
func TestWhatLeftIsAskedForInTurns(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	ctx := t.Context()
	read := func() ledger.Feed {
		f, err := l.BeginReading(ctx, c.Feed(contact.Outlook), 0)
		require.NoError(t, err)
		return f
	}
	at := time.Unix(1000, 0)
	page := contact.Page{Next: "1", Done: true, Gone: []string{"S"}}
	for _, id := range []string{"A", "B", "C", "S"} {
		page.Records = append(page.Records, person(id, id, "1", at))
	}
	_, err := l.StorePage(ctx, read(), page, "")
	require.NoError(t, err)
	leave := func(ids ...string) {
		for _, id := range ids {
			require.NoError(t, l.StoreSightings(ctx, read(), []ledger.Doubt{{ID: id}}, []contact.Sighting{{ID: id, Presence: contact.Outside}}))
		}
	}
	leave("A", "B", "C")
	asked := func(most int64) (ids []string) {
		doubts, err := l.OutOfSight(ctx, c, most)
		require.NoError(t, err)
		for _, d := range doubts {
			ids = append(ids, d.ID)
		}
		return ids
	}
	require.Equal(t, []string{"S", "A", "B", "C"}, asked(0))
	require.Equal(t, []string{"S", "A", "B"}, asked(2))
	leave("A", "B")
	require.Equal(t, []string{"S", "C", "A"}, asked(2))
}
