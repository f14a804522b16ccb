package ledger_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

var bonn = ledger.Filter{ID: "50", Name: "Bonn"}

// filtered gives a user's connection, made at need, a saved filter.
func filtered(t *testing.T, l *ledger.Ledger, userID string, f *ledger.Filter) ledger.Connection {
	t.Helper()
	c, err := l.CreateConnection(t.Context(), userID, "Contacts", ledger.Settings{Filter: f})
	if errors.Is(err, ledger.ErrConflict) {
		list, err := l.Connections(t.Context(), userID)
		require.NoError(t, err)
		c = list[0]
		c.Settings.Filter = f
		require.NoError(t, l.SaveConnectionSettings(t.Context(), c))
	} else {
		require.NoError(t, err)
	}
	c, err = l.Connection(t.Context(), c.ID)
	require.NoError(t, err)
	require.Equal(t, f, c.Settings.Filter)
	return c
}

func due(t *testing.T, l *ledger.Ledger, every time.Duration) []ledger.DueFilter {
	t.Helper()
	list, err := l.DueFilters(t.Context(), "Contacts", every)
	require.NoError(t, err)
	return list
}

func TestAFilterIsListedOnceForAllThatUseIt(t *testing.T) {
	l := fresh(t)
	require.Empty(t, due(t, l, time.Hour))
	alices, bobs := filtered(t, l, "19x5", &bonn), filtered(t, l, "19x6", &bonn)
	_, err := l.CreateConnection(t.Context(), "19x5", "Leads", ledger.Settings{Filter: &ledger.Filter{ID: "60", Name: "Other"}})
	require.NoError(t, err)
	first := due(t, l, time.Hour)
	require.Len(t, first, 1)
	require.Equal(t, bonn, first[0].Filter)
	f, err := l.FilterOf(t.Context(), alices)
	require.NoError(t, err)
	require.Equal(t, ledger.FilterUnknown, f.State)
	require.Nil(t, f.ListedAt)

	require.NoError(t, l.StoreMembers(t.Context(), first[0], []string{"12x2", "12x1"}))
	require.Empty(t, due(t, l, time.Hour))
	for _, c := range []ledger.Connection{alices, bobs} {
		ids, err := l.Members(t.Context(), c)
		require.NoError(t, err)
		require.Equal(t, []string{"12x1", "12x2"}, ids)
	}
	require.Len(t, due(t, l, 0), 1, "longer ago than the interval")

	require.NoError(t, l.AskFilter(t.Context(), bobs))
	second := due(t, l, time.Hour)
	require.Len(t, second, 1, "asked at once")
	require.NoError(t, l.AskFilter(t.Context(), bobs))
	require.NoError(t, l.StoreMembers(t.Context(), second[0], []string{"12x2", "12x3"}))
	ids, err := l.Members(t.Context(), alices)
	require.NoError(t, err)
	require.Equal(t, []string{"12x2", "12x3"}, ids)
	require.Len(t, due(t, l, time.Hour), 1, "asked while it was listed")
	require.ErrorIs(t, l.StoreMembers(t.Context(), first[0], []string{"12x1"}), ledger.ErrMoved, "an older listing")
	require.ErrorIs(t, l.StoreGone(t.Context(), first[0]), ledger.ErrMoved)
	ids, err = l.Members(t.Context(), alices)
	require.NoError(t, err)
	require.Equal(t, []string{"12x2", "12x3"}, ids, "nothing of it was stored")
}

func TestWhatIsNotListedLeavesTheMembers(t *testing.T) {
	l := fresh(t)
	c := filtered(t, l, "19x5", &bonn)
	for _, step := range []struct {
		store  func(ledger.DueFilter) error
		state  ledger.FilterState
		listed bool
	}{
		{func(d ledger.DueFilter) error { return l.StoreUnknown(t.Context(), d) }, ledger.FilterUnknown, false},
		{func(d ledger.DueFilter) error { return l.StoreMembers(t.Context(), d, []string{"12x1"}) }, ledger.FilterKnown, true},
		{func(d ledger.DueFilter) error { return l.StoreUnknown(t.Context(), d) }, ledger.FilterUnknown, true},
		{func(d ledger.DueFilter) error { return l.StoreGone(t.Context(), d) }, ledger.FilterGone, true},
		{func(d ledger.DueFilter) error { return l.StoreMembers(t.Context(), d, []string{"12x1"}) }, ledger.FilterKnown, true},
	} {
		require.NoError(t, l.AskFilter(t.Context(), c))
		list := due(t, l, time.Hour)
		require.Len(t, list, 1)
		require.NoError(t, step.store(list[0]))
		f, err := l.FilterOf(t.Context(), c)
		require.NoError(t, err)
		require.Equal(t, step.state, f.State)
		require.Equal(t, step.listed, f.ListedAt != nil)
		ids, err := l.Members(t.Context(), c)
		require.NoError(t, err)
		require.Equal(t, step.listed, len(ids) == 1)
		require.Empty(t, due(t, l, time.Hour))
	}
	list := due(t, l, 0)
	require.NoError(t, l.StoreMembers(t.Context(), list[0], nil))
	ids, err := l.Members(t.Context(), c)
	require.NoError(t, err)
	require.Empty(t, ids)
	f, err := l.FilterOf(t.Context(), c)
	require.NoError(t, err)
	require.Equal(t, ledger.FilterKnown, f.State, "empty and known")
}

// Another name under the same id is another filter; what nobody uses any more is forgotten.
func TestAnotherFilterStartsWithoutMembers(t *testing.T) {
	l := fresh(t)
	filtered(t, l, "19x5", &bonn)
	old := due(t, l, time.Hour)
	require.NoError(t, l.StoreMembers(t.Context(), old[0], []string{"12x1"}))
	c := filtered(t, l, "19x5", &ledger.Filter{ID: "50", Name: "Cologne"})
	ids, err := l.Members(t.Context(), c)
	require.NoError(t, err)
	require.Empty(t, ids)
	f, err := l.FilterOf(t.Context(), c)
	require.NoError(t, err)
	require.Equal(t, ledger.FilterUnknown, f.State)
	next := due(t, l, time.Hour)
	require.Len(t, next, 1)
	require.Equal(t, "Cologne", next[0].Name)
	require.ErrorIs(t, l.StoreMembers(t.Context(), old[0], []string{"12x1"}), ledger.ErrMoved, "nobody uses it")

	c = filtered(t, l, "19x5", nil)
	require.Empty(t, due(t, l, 0))
	require.NoError(t, l.AskFilter(t.Context(), c))
	require.Empty(t, due(t, l, 0))
	_, err = l.FilterOf(t.Context(), c)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	ids, err = l.Members(t.Context(), c)
	require.NoError(t, err)
	require.Empty(t, ids)
}

// A link that was quiet is planned again when its record enters or leaves the filter, and only then.
func TestEnteringAndLeavingAreLookedAt(t *testing.T) {
	l := fresh(t)
	c := filtered(t, l, "19x5", &bonn)
	list := due(t, l, time.Hour)
	require.NoError(t, l.StoreMembers(t.Context(), list[0], []string{"12x1", "12x2"}))
	for _, id := range []string{"12x1", "12x2", "12x3", "12x4"} {
		link := &ledger.Link{ConnectionID: c.ID, Epoch: c.Epoch, State: reconcile.Active, VTigerID: id, OutlookID: "o" + id, Base: reconcile.Base{}, CreatedAt: time.Now()}
		_, err := l.DB().NewInsert().Model(link).Exec(t.Context())
		require.NoError(t, err)
	}
	_, err := l.DB().NewRaw("UPDATE links SET quiet_vtiger = 'q', quiet_outlook = 'q'").Exec(t.Context())
	require.NoError(t, err)
	list = due(t, l, 0)
	require.NoError(t, l.StoreMembers(t.Context(), list[0], []string{"12x2", "12x3"}))
	var woken []string
	require.NoError(t, l.DB().NewRaw("SELECT vtiger_id FROM links WHERE quiet_vtiger IS NULL ORDER BY 1").Scan(t.Context(), &woken))
	require.Equal(t, []string{"12x1", "12x3"}, woken)
}
