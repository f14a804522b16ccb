package conformance

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

func hasPicklist(r Rig) bool { return r.Picklist != "" }

func hasTyped(r Rig) bool { return len(r.Typed) > 0 }

func picklists(t *testing.T, b *bench) {
	b.carry(t, b.Picklist, []string{"No value of any list " + b.tag, ""})
}

func typed(t *testing.T, b *bench) {
	for field, values := range b.Typed {
		b.carry(t, field, values)
	}
}

// carry writes values one after the other and demands each back, however it is read.
func (b *bench) carry(t *testing.T, field string, values []string) {
	t.Helper()
	id, _ := b.put(t)
	r := b.present(t, id)
	for _, value := range values {
		done := b.write(t, ctx(t), change(r, map[string]string{field: value}))
		require.Equal(t, contact.Done, done.Outcome, "%s: %q", field, value)
		require.Equal(t, value, done.Record.Values[field], field)
		require.Equal(t, value, b.Values(t, id)[field], field)
		require.Equal(t, value, b.walk(t, "").records[id].Values[field], field)
		r = b.present(t, id)
		require.Equal(t, value, r.Values[field], field)
	}
}
