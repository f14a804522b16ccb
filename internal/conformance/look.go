package conformance

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

func editChangesVersion(t *testing.T, b *bench) {
	id, values := b.put(t)
	before := b.present(t, id)
	holds(t, values, before.Values)

	b.Edit(t, id, map[string]string{b.Text: "Director"})
	after := b.present(t, id)
	require.NotEqual(t, before.Version, after.Version)
	require.NotEqual(t, before.Hash(), after.Hash())
	require.Equal(t, "Director", after.Values[b.Text])
	require.Equal(t, values[b.Email], after.Values[b.Email])
	require.False(t, after.Changed.Before(before.Changed))
	require.False(t, after.Changed.IsZero())
}

// oneHash matters because the house recognises its own writes and re-reads by the hash alone.
func oneHash(t *testing.T, b *bench) {
	mark := stamp()
	made := b.write(t, ctx(t), b.insertion(b.person(), mark))
	require.Equal(t, contact.Done, made.Outcome)
	id := made.Record.ID
	b.sweep(t, id)

	looked := b.present(t, id)
	walked := b.walk(t, "").records[id]
	found, err := b.Book.FindStamped(ctx(t), []string{mark})
	require.NoError(t, err)
	require.Len(t, found, 1)
	for _, r := range []contact.Record{looked, walked, found[0]} {
		require.Equal(t, made.Record.Hash(), r.Hash())
		require.Equal(t, made.Record.Version, r.Version)
		require.Equal(t, made.Record.Owner, r.Owner)
	}
}

func removedIsDeleted(t *testing.T, b *bench) {
	ids := b.putMany(t, 2)
	b.Remove(t, ids[0])
	require.Equal(t, contact.Deleted, b.look(t, ids[0]).Presence)
	require.Equal(t, contact.Present, b.look(t, ids[1]).Presence)
}

func neverSeen(t *testing.T, b *bench) {
	b.put(t)
	for _, id := range []string{"no-such-record", "1", "' or id > '0"} {
		require.NotEqual(t, contact.Present, b.look(t, id).Presence)
	}
}

func lookInOrder(t *testing.T, b *bench) {
	ids := b.putMany(t, 4)
	b.Remove(t, ids[1])
	asked := []string{ids[3], ids[1], "no-such-record", ids[0], ids[2]}
	got, err := b.Book.Look(ctx(t), asked)
	require.NoError(t, err)
	require.Len(t, got, len(asked))
	for i, s := range got {
		require.Equal(t, asked[i], s.ID)
		if s.Presence == contact.Present {
			require.Equal(t, s.ID, s.Record.ID)
			holds(t, b.plain(t, s.ID), s.Record.Values)
		}
	}
	require.Equal(t, contact.Present, got[0].Presence)
	require.Equal(t, contact.Deleted, got[1].Presence)
	require.NotEqual(t, contact.Present, got[2].Presence)
	require.NotEqual(t, contact.Deleted, got[2].Presence)
	require.Equal(t, contact.Present, got[3].Presence)
	require.Equal(t, contact.Present, got[4].Presence)

	none, err := b.Book.Look(ctx(t), nil)
	require.NoError(t, err)
	require.Empty(t, none)
}

func lookMany(t *testing.T, b *bench) {
	ids := b.putMany(t, 130)
	b.Remove(t, ids[110])
	got, err := b.Book.Look(ctx(t), ids)
	require.NoError(t, err)
	require.Len(t, got, len(ids))
	for i, s := range got {
		require.Equal(t, ids[i], s.ID)
		want := contact.Present
		if i == 110 {
			want = contact.Deleted
		}
		require.Equal(t, want, s.Presence)
	}
}
