package conformance

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

func updateSingle(t *testing.T, b *bench) {
	id, values := b.put(t)
	done := b.write(t, ctx(t), change(b.present(t, id), map[string]string{b.Text: "Director"}))
	require.Equal(t, contact.Done, done.Outcome)
	values[b.Text] = "Director"
	require.Equal(t, id, done.Record.ID)
	holds(t, values, done.Record.Values)
	holds(t, values, b.Values(t, id))
	require.Equal(t, b.present(t, id).Hash(), done.Record.Hash())
}

func clearing(t *testing.T, b *bench) {
	id, values := b.put(t)
	done := b.write(t, ctx(t), change(b.present(t, id), map[string]string{b.Text: "", b.Email: ""}))
	require.Equal(t, contact.Done, done.Outcome)
	values[b.Text], values[b.Email] = "", ""
	holds(t, values, done.Record.Values)
	holds(t, values, b.Values(t, id))
}

func staleUpdate(t *testing.T, b *bench) {
	id, _ := b.put(t)
	old := b.present(t, id)
	b.Edit(t, id, map[string]string{b.First: "Berta"})
	held := b.plain(t, id)

	got := b.write(t, ctx(t), change(old, map[string]string{b.Text: "Director"}))
	require.Equal(t, contact.Stale, got.Outcome)
	holds(t, held, b.Values(t, id))
	require.Equal(t, "Berta", b.present(t, id).Values[b.First])
}

func staleDelete(t *testing.T, b *bench) {
	id, _ := b.put(t)
	old := b.present(t, id)
	b.Edit(t, id, map[string]string{b.First: "Berta"})

	require.Equal(t, contact.Stale, b.write(t, ctx(t), removal(old)).Outcome)
	require.Equal(t, contact.Present, b.look(t, id).Presence)
}

func deleteConfirmed(t *testing.T, b *bench) {
	ids := b.putMany(t, 2)
	require.Equal(t, contact.Done, b.write(t, ctx(t), removal(b.present(t, ids[0]))).Outcome)
	require.Equal(t, contact.Deleted, b.look(t, ids[0]).Presence)
	require.Equal(t, contact.Present, b.look(t, ids[1]).Presence)
	require.NotContains(t, b.walk(t, "").records, ids[0])
}

func updateOfRemoved(t *testing.T, b *bench) {
	ids := b.putMany(t, 2)
	old := b.present(t, ids[0])
	b.Remove(t, ids[0])

	got := b.write(t, ctx(t), change(old, map[string]string{b.Text: "Director"}))
	require.Contains(t, []contact.Outcome{contact.Gone, contact.Stale}, got.Outcome)
	s := b.walk(t, "")
	require.Equal(t, 1, s.own(b))
	require.Contains(t, s.records, ids[1])
}

func deleteOfRemoved(t *testing.T, b *bench) {
	ids := b.putMany(t, 2)
	old := b.present(t, ids[0])
	b.Remove(t, ids[0])

	got := b.write(t, ctx(t), removal(old))
	require.Contains(t, []contact.Outcome{contact.Gone, contact.Stale}, got.Outcome)
	require.Equal(t, contact.Present, b.look(t, ids[1]).Presence)
}

func batchInOrder(t *testing.T, b *bench) {
	require.GreaterOrEqual(t, b.Book.Batch(), 8)
	ids := b.putMany(t, 4)
	var was []contact.Record
	for _, id := range ids {
		was = append(was, b.present(t, id))
	}
	b.Edit(t, ids[1], map[string]string{b.First: "Berta"})
	b.Remove(t, ids[3])
	first, second := b.person(), b.person()

	got := b.writeAll(t, ctx(t), []contact.Write{
		change(was[0], map[string]string{b.Text: "Director"}),
		b.insertion(first, stamp()),
		change(was[1], map[string]string{b.Text: "Director"}),
		removal(was[2]),
		change(was[3], map[string]string{b.Text: "Director"}),
		b.insertion(second, stamp()),
	})
	for _, i := range []int{1, 5} {
		require.Equal(t, contact.Done, got[i].Outcome)
		b.sweep(t, got[i].Record.ID)
	}
	require.Equal(t, contact.Done, got[0].Outcome)
	require.Equal(t, ids[0], got[0].Record.ID)
	require.Equal(t, "Director", got[0].Record.Values[b.Text])
	holds(t, first, got[1].Record.Values)
	require.Equal(t, contact.Stale, got[2].Outcome)
	require.Equal(t, contact.Done, got[3].Outcome)
	require.Contains(t, []contact.Outcome{contact.Gone, contact.Stale}, got[4].Outcome)
	holds(t, second, got[5].Record.Values)
	require.NotEqual(t, "Director", b.Values(t, ids[1])[b.Text])
	require.Equal(t, contact.Deleted, b.look(t, ids[2]).Presence)

	empty, err := b.Book.Write(ctx(t), nil)
	require.NoError(t, err)
	require.Empty(t, empty)
}
