package fieldmap

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"contactbridge/internal/contact"
	"contactbridge/internal/reconcile"
)

// requireQuiet demands that nothing is left to write, and nothing at all to do after that was noted.
func (c *couple) requireQuiet(t *rapid.T, what string) {
	require.False(t, c.sync(t), what)
	p := c.plan()
	p.Findings = nil // what found no room is told each time; the ledger keeps it once
	require.Equal(t, reconcile.Plan{}, p, what)
}

// TestTransformedValuesAreReadAsWritten: reading what was written is the face that was announced, nothing outside the rows
// is touched, and a second writing has nothing to write.
func TestTransformedValuesAreReadAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, side := spelled(t), rapid.SampledFrom(contact.Sides[:]).Draw(t, "side")
		before, source := held(t, m, side), m.Read(side.Other(), held(t, m, side.Other()))
		changes := contact.Contact{}
		var allowed []string
		for i, s := range m.Shapes(Place{Module: "Contacts", Region: "DE"}) {
			if !s.Direction.Allows(side) || !rapid.Bool().Draw(t, "changed") {
				continue
			}
			changes[s.Field] = s.Carry(side, source[s.Field], source)
			allowed = append(allowed, m[i].names(side)...)
		}
		written := m.Write(side, changes, before)
		require.Subset(t, allowed, slices.Collect(maps.Keys(written)))
		after := maps.Clone(before)
		maps.Copy(after, written)
		shown, was := m.Read(side, after), m.Read(side, before)
		for _, s := range m.Shapes(Place{Module: "Contacts", Region: "DE"}) {
			if want, changed := changes[s.Field]; changed {
				require.True(t, s.Same(want, shown[s.Field]), "%s shows %q, not %q", s.Field, shown[s.Field], want)
			} else {
				require.Equal(t, was[s.Field], shown[s.Field], "%s was not to change", s.Field)
			}
		}
		require.Empty(t, m.Write(side, changes, after))
	})
}

// TestSpellingTwiceIsSpellingOnce, and what a side shows of a value agrees with the value.
func TestSpellingTwiceIsSpellingOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, side := spelled(t), rapid.SampledFrom(contact.Sides[:]).Draw(t, "side")
		source := m.Read(side.Other(), held(t, m, side.Other()))
		shapes := m.Shapes(Place{Module: "Contacts", Region: "DE"})
		shown := contact.Contact{}
		for _, s := range shapes {
			once := s.Carry(side, source[s.Field], source)
			require.Equal(t, once, s.Carry(side, once, source), "%s carried twice", s.Field)
			shown[s.Field] = once
		}
		for _, s := range shapes {
			v, o := shown, source
			if side == contact.Outlook {
				v, o = source, shown
			}
			require.True(t, s.Agree(v, o), "%s shows %q of %q", s.Field, shown[s.Field], source[s.Field])
		}
	})
}

// TestAnInsertIsAFixpoint: the side that a contact comes from is left alone but for the value that it gets from every contact
// of the other side, and the next plan has nothing to say.
func TestAnInsertIsAFixpoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		source := rapid.SampledFrom(contact.Sides[:]).Draw(t, "source")
		m := slices.DeleteFunc(spelled(t), func(r Row) bool { return r.is(Fixed) && r.Direction.Allows(source) })
		c := newCouple(m, rapid.SampledFrom(contact.Sides[:]).Draw(t, "winner"))
		c.native[source] = held(t, m, source)
		was := maps.Clone(c.native[source])
		if !c.sync(t) {
			t.Skip("nothing to insert, or no name")
		}
		c.requireQuiet(t, "the second sync is quiet")
		require.Equal(t, was, c.native[source])
	})
}

// TestAReductionNeverFlowsBack: after an edit on one side, one sync says all there is to say, and the edited row stays there
// as it was typed. Values that a list had no room for may come back to the side that made room.
func TestAReductionNeverFlowsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := spelled(t)
		c := newCouple(m, rapid.SampledFrom(contact.Sides[:]).Draw(t, "winner"))
		c.linked = true
		for _, side := range contact.Sides {
			c.native[side] = held(t, m, side)
		}
		c.sync(t)
		c.requireQuiet(t, "strangers that were linked are quiet")
		for range 3 {
			side, row := rapid.SampledFrom(contact.Sides[:]).Draw(t, "side"), rapid.SampledFrom(m).Draw(t, "row")
			maps.Copy(c.native[side], native(t, row, side))
			was := maps.Clone(c.native[side])
			c.sync(t)
			c.requireQuiet(t, "an edit is quiet after one sync")
			if p, _ := row.property(); p.Type.IsSet() {
				continue
			}
			require.Equal(t, was, c.native[side], "what was typed in %s stays", row.Field())
		}
	})
}
