package ledger_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

const sales, support = "20x2", "20x3"

// scoped changes whose records a connection has besides its user's own.
func scoped(t *testing.T, l *ledger.Ledger, c ledger.Connection, everyone bool, ids ...string) ledger.Connection {
	t.Helper()
	c, err := l.Connection(t.Context(), c.ID)
	require.NoError(t, err)
	c.Settings.OwnerScope.Owners = ledger.Owners{Everyone: everyone, IDs: ids}
	require.NoError(t, l.SaveConnectionSettings(t.Context(), c))
	c, err = l.Connection(t.Context(), c.ID)
	require.NoError(t, err)
	return c
}

// ofOwners are records, one of each owner, whose id says whose it is.
func ofOwners(owners ...string) (out []contact.Record) {
	for _, o := range owners {
		r := person("of "+o, "Ann", "1", time.Unix(1000, 0))
		r.Owner = o
		out = append(out, r)
	}
	return out
}

// store stores records as a reading does and gives the owners of those that are kept.
func store(t *testing.T, l *ledger.Ledger, f ledger.Feed, records []contact.Record) []string {
	t.Helper()
	require.NoError(t, l.StoreRecords(t.Context(), f, records, "Contacts"))
	return keptOwners(t, l)
}

func keptOwners(t *testing.T, l *ledger.Ledger) (owners []string) {
	t.Helper()
	require.NoError(t, l.DB().NewRaw("SELECT owner FROM records WHERE feed = 'vtiger/Contacts' ORDER BY owner").Scan(t.Context(), &owners))
	return owners
}

func reading(t *testing.T, l *ledger.Ledger, fence int64) ledger.Feed {
	t.Helper()
	f, err := l.BeginReading(t.Context(), "vtiger/Contacts", fence)
	require.NoError(t, err)
	return f
}

func unlisted(t *testing.T, l *ledger.Ledger, f ledger.Feed) []string {
	t.Helper()
	list, err := l.Unlisted(t.Context(), f, "Contacts")
	require.NoError(t, err)
	return list
}

// Of a page those records are kept whose owner is in some scope; what is new in a scope is to be listed.
func TestRecordsOfAllScopesAreKept(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	_, err := l.CreateConnection(t.Context(), "19x6", "Leads", ledger.Settings{OwnerScope: ledger.OwnerScope{Owners: ledger.Owners{Everyone: true}}})
	require.NoError(t, err)
	f := reading(t, l, 1)
	page := ofOwners("19x5", "19x6", sales, support)
	require.Equal(t, []string{"19x5"}, store(t, l, f, page), "of another module's connection nothing")
	require.Equal(t, []string{"19x5"}, unlisted(t, l, f))
	require.NoError(t, l.EndReading(t.Context(), f, ledger.Reading{Listed: []string{"19x5"}}))
	c = scoped(t, l, c, false, sales)
	f = reading(t, l, 2)
	require.Equal(t, []string{sales}, unlisted(t, l, f))
	require.Equal(t, []string{"19x5", sales}, store(t, l, f, page))
	require.NoError(t, l.EndReading(t.Context(), f, ledger.Reading{Listed: []string{sales}}))
	require.Empty(t, unlisted(t, l, reading(t, l, 3)))
	scoped(t, l, c, true)
	f = reading(t, l, 4)
	require.Equal(t, []string{ledger.Everyone}, unlisted(t, l, f))
	require.Equal(t, []string{"19x5", "19x6", sales, support}, store(t, l, f, page))
}

// Whoever leaves a scope while a reading is at work does not count as listed when it ends: a page in between may have
// dropped a record.
func TestAnOwnerWhoLeftAScopeIsListedAnew(t *testing.T) {
	l := fresh(t)
	c := scoped(t, l, connected(t, l), false, sales)
	f := reading(t, l, 1)
	listed := unlisted(t, l, f)
	require.Equal(t, []string{"19x5", sales}, listed)
	c = scoped(t, l, c, false)
	require.Equal(t, []string{"19x5"}, store(t, l, f, ofOwners("19x5", sales)))
	c = scoped(t, l, c, false, sales)
	require.NoError(t, l.EndReading(t.Context(), f, ledger.Reading{Listed: listed}))
	f = reading(t, l, 2)
	require.Equal(t, []string{sales}, unlisted(t, l, f))
	require.NoError(t, l.EndReading(t.Context(), f, ledger.Reading{Listed: []string{sales}}))
	require.Empty(t, unlisted(t, l, reading(t, l, 3)))
	scoped(t, l, scoped(t, l, c, false), false, sales)
	require.Equal(t, []string{sales}, unlisted(t, l, reading(t, l, 4)), "also when it was listed long ago")
}

// What is synced and how it may be seen: a preview is needed when the scope changes, not when only the grant does.
func TestAnotherScopeNeedsAPreview(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	needs := func(change func(*ledger.Settings)) bool {
		t.Helper()
		c, err := l.Connection(t.Context(), c.ID)
		require.NoError(t, err)
		require.NoError(t, l.SkipPreview(t.Context(), c))
		change(&c.Settings)
		require.NoError(t, l.SaveConnectionSettings(t.Context(), c))
		c, err = l.Connection(t.Context(), c.ID)
		require.NoError(t, err)
		return c.NeedsPreview()
	}
	require.False(t, needs(func(s *ledger.Settings) { s.OwnerScope.Granted = ledger.Owners{Everyone: true} }))
	require.False(t, needs(func(s *ledger.Settings) { s.OwnerScope.IDs = []string{} }))
	require.True(t, needs(func(s *ledger.Settings) { s.OwnerScope.IDs = []string{sales} }))
	require.True(t, needs(func(s *ledger.Settings) { s.OwnerScope.Everyone = true }))
	require.True(t, needs(func(s *ledger.Settings) { s.OutlookFilter = &reconcile.Categories{Wanted: []string{"Golf"}} }))
	require.True(t, needs(func(s *ledger.Settings) { s.OutlookFilter = nil }))
}

// Erasing one user's data leaves what another one's scope has; without that, what nobody may use any more goes.
func TestWhatNoScopeHasIsForgotten(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	bobs, err := l.CreateConnection(t.Context(), "19x6", "Contacts", c.Settings)
	require.NoError(t, err)
	bobs = scoped(t, l, bobs, false, "19x5", sales)
	f := reading(t, l, 1)
	page := ofOwners("19x5", "19x6", sales)
	all := store(t, l, f, page)
	require.Len(t, all, 3)
	require.NoError(t, l.EndReading(t.Context(), f, ledger.Reading{Listed: unlisted(t, l, f)}))
	require.NoError(t, l.PruneLeftovers(t.Context()))
	require.Equal(t, all, keptOwners(t, l))

	_, err = l.EraseUser(t.Context(), "19x5")
	require.NoError(t, err)
	require.Equal(t, all, keptOwners(t, l), "bob has alice's records in his scope")
	bobs = scoped(t, l, bobs, false)
	require.Equal(t, all, keptOwners(t, l))
	require.NoError(t, l.PruneLeftovers(t.Context()))
	require.Equal(t, []string{"19x6"}, keptOwners(t, l))
	scoped(t, l, bobs, true)
	require.Equal(t, all, store(t, l, reading(t, l, 2), page))
	require.NoError(t, l.PruneLeftovers(t.Context()))
	require.Equal(t, all, keptOwners(t, l))
	require.NoError(t, l.DeleteConnection(t.Context(), bobs.ID))
	require.Empty(t, keptOwners(t, l))
}

// Strangers are looked for in the scope only: whoever is outside gives no connection anything to do.
func TestStrangersOutsideTheScopeAreNone(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	bobs, err := l.CreateConnection(t.Context(), "19x6", "Contacts", c.Settings)
	require.NoError(t, err)
	scoped(t, l, bobs, true)
	store(t, l, reading(t, l, 1), ofOwners("19x6", sales))
	feed, err := l.BeginReading(t.Context(), c.Feed(contact.Outlook), 0)
	require.NoError(t, err)
	tagged := func(id, categories string) contact.Record {
		return contact.Record{ID: id, Version: "1", Values: map[string]string{"surname": id, "categories": categories}, Changed: time.Unix(1000, 0)}
	}
	require.NoError(t, l.StoreRecords(t.Context(), feed, []contact.Record{tagged("A", "Ärzte\nGolf"), tagged("B", ""), tagged("C", "Private")}, ""))
	read := func(c ledger.Connection) (int, int) {
		trees, err := l.Trees(t.Context(), c, ledger.Run{})
		require.NoError(t, err)
		return len(trees.VTiger), len(trees.Outlook)
	}
	filtered := func(f *reconcile.Categories) ledger.Connection {
		c, err := l.Connection(t.Context(), c.ID)
		require.NoError(t, err)
		c.Settings.OutlookFilter = f
		require.NoError(t, l.SaveConnectionSettings(t.Context(), c))
		return scoped(t, l, c, false)
	}
	v, o := read(filtered(nil))
	require.Equal(t, []int{0, 3}, []int{v, o})
	v, o = read(filtered(&reconcile.Categories{Wanted: []string{"Tennis"}}))
	require.Equal(t, []int{0, 0}, []int{v, o}, "nothing is read where nothing can be done")
	c = filtered(&reconcile.Categories{Wanted: []string{"ärzte"}})
	_, o = read(c)
	require.Equal(t, 3, o, "a stranger is compared with all")
	_, sample, err := l.Sample(t.Context(), c)
	require.NoError(t, err)
	require.Equal(t, "A", sample.ID)
	v, _ = read(scoped(t, l, filtered(&reconcile.Categories{Wanted: []string{"Tennis"}}), false, sales))
	require.Equal(t, 1, v)
	found, _, err := l.Sample(t.Context(), scoped(t, l, c, false, sales))
	require.NoError(t, err)
	require.Equal(t, "of "+sales, found.ID)
	v, _ = read(scoped(t, l, c, true))
	require.Equal(t, 2, v)
}

// Another vTiger has other groups under the same ids: nobody's scope goes along.
func TestAnotherVTigerKnowsNoScope(t *testing.T) {
	l := fresh(t)
	_, err := l.Instance(t.Context(), "https://old.example")
	require.NoError(t, err)
	c := scoped(t, l, connected(t, l), true, sales)
	d, err := l.Defaults(t.Context())
	require.NoError(t, err)
	d.Settings.OwnerScope.Granted = ledger.Owners{IDs: []string{sales}}
	require.NoError(t, l.SaveDefaults(t.Context(), d))
	require.NoError(t, l.SaveVTiger(t.Context(), ledger.VTigerChange{
		VTiger:  ledger.VTiger{URL: "https://new.example", Username: "ada", AccessKey: "key", Instance: "https://new.example"},
		Replace: true, Users: []ledger.User{{ID: "19x7", UserName: "alice", Active: true}},
	}))
	c, err = l.Connection(t.Context(), c.ID)
	require.NoError(t, err)
	require.Equal(t, ledger.OwnerScope{}, c.Settings.OwnerScope)
	d, err = l.Defaults(t.Context())
	require.NoError(t, err)
	require.Equal(t, ledger.OwnerScope{}, d.Settings.OwnerScope)
}

func TestOwnersWithin(t *testing.T) {
	all, one, two := ledger.Owners{Everyone: true}, ledger.Owners{IDs: []string{sales}}, ledger.Owners{IDs: []string{sales, support}}
	for _, row := range []struct {
		a, b ledger.Owners
		want bool
	}{
		{ledger.Owners{}, ledger.Owners{}, true},
		{ledger.Owners{}, one, true},
		{one, ledger.Owners{}, false},
		{one, two, true},
		{two, one, false},
		{two, all, true},
		{all, two, false},
		{all, all, true},
	} {
		require.Equal(t, row.want, row.a.Within(row.b), "%+v %+v", row.a, row.b)
	}
}
