package conformance

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

func hasGroup(r Rig) bool { return r.Group != "" }

func owners(t *testing.T, b *bench) {
	require.NotEqual(t, b.Owner, b.Group)
	for _, owner := range []string{b.Owner, b.Group} {
		w := b.insertion(b.person(), stamp())
		w.Owner = owner
		made := b.write(t, ctx(t), w)
		require.Equal(t, contact.Done, made.Outcome)
		b.sweep(t, made.Record.ID)
		require.Equal(t, owner, made.Record.Owner)
		require.Equal(t, owner, b.present(t, made.Record.ID).Owner)
		require.Equal(t, owner, b.walk(t, "").records[made.Record.ID].Owner)
		done := b.write(t, ctx(t), change(made.Record, map[string]string{b.Text: "Director"}))
		require.Equal(t, contact.Done, done.Outcome)
		require.Equal(t, owner, done.Record.Owner, "an update leaves the owner")
	}
}
