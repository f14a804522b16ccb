package fieldmap

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"contactbridge/internal/contact"
)

var (
	texts   = rapid.SampledFrom([]string{"", " ", "Ann", " Ann ", "Zoë 🎉", "one\r\ntwo", strings.Repeat("long ", 60)})
	members = rapid.SampledFrom([]string{"a@x.test", "A@x.test", " b@x.test ", "c@x.test", "030 1234567", "+49 30 1234567", "030 7654321"})
	dates   = rapid.SampledFrom([]string{"", "1980-02-29", "1604-05-17"})
)

// record draws what a side may hold, mapped fields and one that no mapping names.
func record(t *rapid.T, m Mapping, side contact.Side) values {
	out := values{"unmapped": "stays"}
	for _, r := range m {
		names := r.VTiger
		if side == contact.Outlook {
			names = []string{r.Outlook}
		}
		for _, name := range names {
			out[name] = value(t, r, side)
		}
	}
	return out
}

// value draws one native field of a row.
func value(t *rapid.T, r Row, side contact.Side) string {
	p, _ := PropertyOf(r.Outlook)
	switch {
	case p.Type == contact.Date:
		return dates.Draw(t, r.Outlook)
	case p.Type.IsSet() && side == contact.Outlook:
		return strings.Join(rapid.SliceOfN(members, 0, p.Most).Draw(t, r.Outlook), "\n")
	case p.Type.IsSet():
		return rapid.OneOf(members, rapid.Just("")).Draw(t, r.Outlook)
	}
	return texts.Draw(t, r.Outlook)
}

// TestWhatIsWrittenIsRead: what one side's contact is carried to the other as, is what the other shows once the written
// fields are stored; nothing else changes, and a second writing has nothing to write.
func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		module := rapid.SampledFrom(Modules).Draw(t, "module")
		m, side := Default(module), rapid.SampledFrom(contact.Sides[:]).Draw(t, "side")
		before := record(t, m, side)
		source := m.Read(side.Other(), record(t, m, side.Other()))
		changes, shapes := contact.Contact{}, m.Shapes(Place{Module: module, Region: "DE"})
		for _, s := range shapes {
			if rapid.Bool().Draw(t, "changed") {
				changes[s.Field] = s.Carry(side, source[s.Field], source)
			}
		}
		written := m.Write(side, changes, before)
		requireMapped(t, m, side, written, changes)
		after := maps.Clone(before)
		maps.Copy(after, written)
		shown, was := m.Read(side, after), m.Read(side, before)
		for _, s := range shapes {
			if want, changed := changes[s.Field]; changed {
				require.True(t, s.Same(want, shown[s.Field]), "%s shows %q, not %q", s.Field, shown[s.Field], want)
			} else {
				require.Equal(t, was[s.Field], shown[s.Field], "%s was not to change", s.Field)
			}
		}
		require.Empty(t, m.Write(side, changes, after))
	})
}

// requireMapped demands that only native fields of changed rows are named, and only such as differ.
func requireMapped(t *rapid.T, m Mapping, side contact.Side, written values, changes contact.Contact) {
	var allowed []string
	for _, r := range m {
		if _, changed := changes[r.Field()]; !changed {
			continue
		}
		if side == contact.VTiger {
			allowed = append(allowed, r.VTiger...)
		} else {
			allowed = append(allowed, r.Outlook)
		}
	}
	require.Subset(t, allowed, slices.Collect(maps.Keys(written)))
}

// TestAMemberKeepsItsField: while both are held, no address moves from one vTiger field to another.
func TestAMemberKeepsItsField(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Default("Contacts")
		pick := rapid.Permutation([]string{"a@x.test", "b@x.test", "c@x.test", "d@x.test"}).Draw(t, "addresses")
		before := values{"email": pick[0], "secondaryemail": pick[1]}
		want := rapid.SliceOfNDistinct(rapid.SampledFrom(pick), 0, 2, rapid.ID[string]).Draw(t, "wanted")
		after := maps.Clone(before)
		maps.Copy(after, m.Write(contact.VTiger, contact.Contact{"emailAddresses": strings.Join(want, "\n")}, before))
		for name, address := range before {
			if slices.Contains(want, address) {
				require.Equal(t, address, after[name])
			}
		}
		require.ElementsMatch(t, want, contact.Lines(after["email"]+"\n"+after["secondaryemail"]))
	})
}
