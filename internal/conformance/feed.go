package conformance

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// many is more than two pages of either side; most is more than four of vTiger's.
const (
	many = 250
	most = 450
)

func wholeWalk(t *testing.T, b *bench) {
	ids := b.putMany(t, most)
	s := b.walk(t, "")
	require.Zero(t, s.missing(ids))
	require.Equal(t, most, s.own(b))
	require.Greater(t, s.pages, 1, "the case is about pages")
	last := ids[most-1]
	holds(t, b.plain(t, last), s.records[last].Values)
	for _, id := range ids {
		require.NotEmpty(t, s.records[id].Version)
		require.Equal(t, id, s.records[id].ID)
	}
}

func reopenedWalk(t *testing.T, b *bench) {
	ids := b.putMany(t, many)
	s, err := follow(ctx(t), b.Reopen, "")
	require.NoError(t, err)
	require.Zero(t, s.missing(ids))
	require.Greater(t, s.pages, 1, "the case is about pages")
}

func laterChanges(t *testing.T, b *bench) {
	ids := b.putMany(t, 5)
	first := b.walk(t, "")
	require.Zero(t, first.missing(ids))

	b.Edit(t, ids[2], map[string]string{b.Text: "Director"})
	added, _ := b.put(t)
	later := b.walk(t, first.next)

	var changed []string
	for id, r := range later.records {
		if b.own(r) && first.records[id].Hash() != r.Hash() {
			changed = append(changed, id)
		}
	}
	require.ElementsMatch(t, []string{ids[2], added}, changed)
	require.Equal(t, "Director", later.records[ids[2]].Values[b.Text])
}

func quietWalk(t *testing.T, b *bench) {
	b.putMany(t, 3)
	first := b.walk(t, "")
	second := b.walk(t, first.next)
	third := b.walk(t, second.next)
	for _, s := range []seen{second, third} {
		for id, r := range s.records {
			if b.own(r) {
				require.Equal(t, first.records[id].Hash(), r.Hash())
			}
		}
	}
}

func editInMidWalk(t *testing.T, b *bench) {
	ids := b.putMany(t, many)
	page, err := b.Book.Page(ctx(t), "")
	require.NoError(t, err)
	require.False(t, page.Done, "the case is about pages")

	edited := []string{ids[0], ids[many/2], ids[many-1]}
	for _, id := range edited {
		b.Edit(t, id, map[string]string{b.Text: "Director"})
	}
	shown := map[string]string{}
	note := func(s seen) {
		for id, r := range s.records {
			shown[id] = r.Values[b.Text]
		}
	}
	rest := b.walk(t, page.Next)
	note(rest)
	note(b.walk(t, rest.next))
	for _, id := range edited {
		require.Equal(t, "Director", shown[id])
	}
}

func removedNotWalked(t *testing.T, b *bench) {
	ids := b.putMany(t, 3)
	b.Remove(t, ids[1])
	s := b.walk(t, "")
	require.Equal(t, 1, s.missing(ids))
	require.NotContains(t, s.records, ids[1])
}

func stampShown(t *testing.T, b *bench) {
	mark := stamp()
	made := b.write(t, ctx(t), b.insertion(b.person(), mark))
	require.Equal(t, contact.Done, made.Outcome)
	b.sweep(t, made.Record.ID)
	plain, _ := b.put(t)

	stamps, err := b.Book.Stamps(ctx(t))
	require.NoError(t, err)
	if stamps == nil {
		s := b.walk(t, "")
		require.Equal(t, mark, s.records[made.Record.ID].Stamp)
		require.Empty(t, s.records[plain].Stamp)
		return
	}
	require.Equal(t, mark, stamps[made.Record.ID])
	require.NotContains(t, stamps, plain)
}
