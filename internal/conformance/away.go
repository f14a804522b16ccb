package conformance

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// away holds that leaving is no deletion, and that a record is itself again once it is back: no feed need tell of that.
func away(t *testing.T, b *bench) {
	ids := b.putMany(t, 3)
	first := b.walk(t, "")
	planned := b.present(t, ids[1])

	back := b.Away(t, ids[1])
	require.Equal(t, contact.Outside, b.look(t, ids[1]).Presence)
	require.Equal(t, contact.Present, b.look(t, ids[0]).Presence)
	left := b.walk(t, first.next)
	require.NotContains(t, left.records, ids[1])
	require.Equal(t, 1, b.walk(t, "").missing(ids))
	got := b.write(t, ctx(t), change(planned, map[string]string{b.Text: "Director"}))
	require.Contains(t, []contact.Outcome{contact.Gone, contact.Stale}, got.Outcome)

	back()
	again := b.present(t, ids[1])
	require.Equal(t, planned.Hash(), again.Hash())
	require.Zero(t, b.walk(t, "").missing(ids))
	done := b.write(t, ctx(t), change(again, map[string]string{b.Text: "Director"}))
	require.Equal(t, contact.Done, done.Outcome)
	require.Equal(t, "Director", b.Values(t, ids[1])[b.Text])
}
