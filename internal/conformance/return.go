package conformance

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

func restored(t *testing.T, b *bench) {
	id, values := b.put(t)
	b.put(t)
	before := b.walk(t, "")
	b.Remove(t, id)
	require.Equal(t, contact.Deleted, b.look(t, id).Presence)
	removed := b.walk(t, before.next)

	b.Restore(t, id)
	back := b.present(t, id)
	holds(t, values, back.Values)
	require.Equal(t, before.records[id].Hash(), back.Hash())
	require.Contains(t, b.walk(t, removed.next).records, id)
}

func reassigned(t *testing.T, b *bench) {
	id, values := b.put(t)
	before := b.walk(t, "")
	planned := b.present(t, id)

	owner := b.Reassign(t, id)
	require.NotEqual(t, planned.Owner, owner)
	after := b.present(t, id)
	require.Equal(t, owner, after.Owner)
	require.NotEqual(t, planned.Hash(), after.Hash())
	holds(t, values, after.Values)
	require.Equal(t, owner, b.walk(t, before.next).records[id].Owner)

	got := b.write(t, ctx(t), change(planned, map[string]string{b.Text: "Director"}))
	require.Equal(t, contact.Stale, got.Outcome)
	require.Equal(t, values[b.Text], b.Values(t, id)[b.Text])
}
