package conformance

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

func brokenLook(t *testing.T, b *bench) {
	ids := b.putMany(t, 3)
	b.walk(t, "")
	mend := b.Break(t)
	for _, asked := range [][]string{ids, ids[:1]} {
		got, err := b.Book.Look(ctx(t), asked)
		if err != nil {
			continue
		}
		for _, s := range got {
			require.NotEqual(t, contact.Deleted, s.Presence)
		}
	}
	mend()
	for _, id := range ids {
		require.Equal(t, contact.Present, b.look(t, id).Presence)
	}
}

func brokenWalk(t *testing.T, b *bench) {
	ids := b.putMany(t, 3)
	mend := b.Break(t)
	s, err := follow(ctx(t), b.Reopen, "")
	if err == nil {
		require.Zero(t, s.missing(ids), "a walk that ends shows every record")
	}
	mend()
	require.Zero(t, b.walk(t, "").missing(ids))
}

func brokenFollow(t *testing.T, b *bench) {
	ids := b.putMany(t, 3)
	first := b.walk(t, "")
	b.Edit(t, ids[1], map[string]string{b.Text: "Director"})

	mend := b.Break(t)
	broken, err := follow(ctx(t), b.Reopen, first.next)
	mend()
	cursor := first.next
	shown := map[string]contact.Record{}
	if err == nil {
		cursor, shown = broken.next, broken.records
	}
	for id, r := range b.walk(t, cursor).records {
		shown[id] = r
	}
	require.Equal(t, "Director", shown[ids[1]].Values[b.Text])
}
