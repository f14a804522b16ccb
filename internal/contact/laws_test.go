package contact

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// pieces are what values are made of: everything that some normal form or some store treats specially.
var pieces = []string{
	"a", "A", "b", "ß", "é", "e\u0301", "\u0301", "\u0345", "ŉ", "İ", "Σ", "ΐ", "🎉", "?", "@x.test", "@X.test", " ", "\t", "\r", "\n", "\r\n",
	"\x00", "\xff", "&", "+", "+49", "00", "030", "0171", "1234567", "1604", "-05-17", "0000-00-00", "T11:59:00Z", "/", "-", "(", ")", ".", "x",
	"ext. 7", "tel:", ";ext=", ";phone-context=", "#", "*",
}

var (
	types  = rapid.SampledFrom([]Type{Text, Date, Phone, Phones, Emails, Texts})
	sides  = rapid.SampledFrom(Sides[:])
	values = rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 8).Draw(t, "pieces"), "")
	})
	shapes = rapid.Custom(func(t *rapid.T) Shape {
		limit := rapid.IntRange(0, 6)
		s := Shape{
			Field: "f", Type: types.Draw(t, "type"), Region: rapid.SampledFrom([]string{"", "DE", "US", "IT"}).Draw(t, "region"),
			Limits: map[Side]int{VTiger: limit.Draw(t, "limit of vTiger"), Outlook: limit.Draw(t, "limit of Outlook")},
			BMP:    map[Side]bool{VTiger: rapid.Bool().Draw(t, "bmp")},
		}
		if s.Type == Text && rapid.Bool().Draw(t, "required") {
			s.Required, s.Fallback = VTiger, []Field{"g", "h"}
		}
		return s
	})
)

// similar draws three values that often are the same in normal form.
func similar(t *rapid.T) (a, b, c string) {
	pool := []string{values.Draw(t, "one"), values.Draw(t, "two")}
	pool = append(pool, strings.ToUpper(pool[0]), pool[0]+"\r\n", pool[0]+"\n"+pool[1], pool[1]+"\n"+pool[0])
	pick := rapid.SampledFrom(pool)
	return pick.Draw(t, "a"), pick.Draw(t, "b"), pick.Draw(t, "c")
}

func TestNormalIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, v := shapes.Draw(t, "shape"), values.Draw(t, "value")
		once := s.Type.Normal(v, s.Region)
		require.Equal(t, once, s.Type.Normal(once, s.Region))
		require.True(t, s.Same(v, once), "a value is the same as its normal form")
	})
}

func TestSameIsAnEquivalence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := shapes.Draw(t, "shape")
		a, b, c := similar(t)
		require.True(t, s.Same(a, a))
		require.Equal(t, s.Same(a, b), s.Same(b, a))
		if s.Same(a, b) && s.Same(b, c) {
			require.True(t, s.Same(a, c))
		}
	})
}

func TestCarryIsIdempotentAndAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, side := shapes.Draw(t, "shape"), sides.Draw(t, "side")
		source := Contact{"f": values.Draw(t, "f"), "g": values.Draw(t, "g"), "h": values.Draw(t, "h")}
		once := s.Carry(side, source["f"], source)
		require.Equal(t, once, s.Carry(side, once, source), "carried twice")
		shown := Contact{"f": once}
		if side == VTiger {
			require.True(t, s.Agree(shown, source), "vTiger shows %q of %q", once, source["f"])
		} else {
			require.True(t, s.Agree(source, shown), "Outlook shows %q of %q", once, source["f"])
		}
	})
}

// setShapes are shapes of sets without limits, or with.
func setShape(t *rapid.T, limits bool) Shape {
	s := shapes.Draw(t, "shape")
	s.Type = rapid.SampledFrom([]Type{Emails, Phones}).Draw(t, "set")
	if !limits {
		s.Limits = nil
	}
	return s
}

func TestMergeChangesNothingWhenNothingChanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, target := setShape(t, true), sides.Draw(t, "target")
		whole := values.Draw(t, "whole")
		held, source := s.Carry(target, whole, nil), s.Carry(target.Other(), whole, nil)
		merged, _ := s.Merge(target, held, source, held, source)
		require.Equal(t, Lines(held), Lines(merged))
	})
}

func TestMergeCommutesAsSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := setShape(t, false)
		base, v, o := similar(t)
		intoOutlook, lostO := s.Merge(Outlook, o, v, base, base)
		intoVTiger, lostV := s.Merge(VTiger, v, o, base, base)
		require.Empty(t, append(lostO, lostV...))
		require.True(t, s.Same(intoOutlook, intoVTiger), "%q and %q", intoOutlook, intoVTiger)
	})
}

func TestMergeLosesNoMemberThatNobodyRemoved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, target := setShape(t, true), sides.Draw(t, "target")
		base, held, source := similar(t)
		merged, overflow := s.Merge(target, held, source, base, base)
		after := slices.Concat(Lines(merged), overflow)
		require.Empty(t, s.without(s.without(Lines(held), Lines(base)), after), "the target's additions")
		require.Empty(t, s.without(s.without(Lines(source), Lines(base)), after), "the source's additions")
		if limit := s.Limits[target]; limit > 0 {
			require.LessOrEqual(t, len(Lines(merged)), max(limit, len(Lines(held))))
		}
	})
}
