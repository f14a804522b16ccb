package conformance

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// Reference is a field of the module that points to a record, perhaps of another module.
type Reference struct {
	// Field is its native name.
	Field string

	// Target makes a record that the field can point to, as a person does, with a name of which the text is part. name is
	// what the field shall show. The rig's Remove takes targets too.
	Target func(t testing.TB, text string) (id, name string)
}

func refers(r Rig) bool { return len(r.References) > 0 }

// target makes a target that is taken away after the case.
func (b *bench) target(t testing.TB, r Reference) (id, name string) {
	t.Helper()
	b.n++
	id, name = r.Target(t, "Target "+b.tag+" "+string(rune('a'+b.n)))
	require.NotEmpty(t, name)
	b.sweep(t, id)
	return id, name
}

func references(t *testing.T, b *bench) {
	for _, ref := range b.References {
		first, firstName := b.target(t, ref)
		second, secondName := b.target(t, ref)
		id, values := b.put(t)
		b.Edit(t, id, map[string]string{ref.Field: first})
		before := b.walk(t, "")
		require.Equal(t, firstName, before.records[id].Values[ref.Field], ref.Field)
		require.Equal(t, before.records[id].Hash(), b.present(t, id).Hash())

		b.Edit(t, id, map[string]string{ref.Field: second})
		after := b.walk(t, before.next)
		require.Equal(t, secondName, after.records[id].Values[ref.Field], ref.Field)
		holds(t, values, after.records[id].Values)

		done := b.write(t, ctx(t), change(b.present(t, id), map[string]string{b.Text: "Director"}))
		require.Equal(t, contact.Done, done.Outcome)
		require.Equal(t, secondName, done.Record.Values[ref.Field], "a write of another field leaves it")

		b.Edit(t, id, map[string]string{ref.Field: ""})
		require.Empty(t, b.walk(t, after.next).records[id].Values[ref.Field])
	}
}

func lostReferences(t *testing.T, b *bench) {
	for _, ref := range b.References {
		target, name := b.target(t, ref)
		id, values := b.put(t)
		b.Edit(t, id, map[string]string{ref.Field: target})
		require.Equal(t, name, b.present(t, id).Values[ref.Field])
		b.Remove(t, target)
		left := b.present(t, id)
		require.Empty(t, left.Values[ref.Field], ref.Field)
		holds(t, values, left.Values)
	}
}
