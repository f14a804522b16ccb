package contact

import (
	"slices"
	"strings"
)

// Shape says of one mapped field how its values are compared and what each side can hold of it.
type Shape struct {
	Field     Field
	Type      Type
	Direction Direction     // which way this row's values may travel
	Region    string        // for phones without an international prefix
	Limits    map[Side]int  // text: the longest value in characters; sets: the most members; absent or 0: no limit known
	BMP       map[Side]bool // the side loses every character above U+FFFF (vTiger's utf8mb3)
	Required  Side          // a side that refuses an empty value; empty when none does
	Fallback  []Field       // what a Required field takes instead of an empty value, first non-empty
	// Spell gives a text, or a member of a set, as it is written on a side; nil: as it is. What a side may show of its own
	// accord is spelled there as itself: Spell(to, Spell(to, v)) == Spell(to, v), also after the limit cut it.
	Spell func(to Side, v string) string
}

// Same tells whether two values are one in normal form; sets whatever their order.
func (s Shape) Same(a, b string) bool {
	if a == b {
		return true
	}
	if s.Type == Phone && (a == "" || b == "") {
		return barePhone(a+b) == "" // to read a number costs more than all the rest
	}
	na, nb := s.Type.Normal(a, s.Region), s.Type.Normal(b, s.Region)
	if !s.Type.IsSet() {
		return na == nb
	}
	ka, kb := strings.Split(na, "\n"), strings.Split(nb, "\n")
	slices.Sort(ka)
	slices.Sort(kb)
	return slices.Equal(slices.Compact(ka), slices.Compact(kb))
}

// Carry is what side would show after v was written to it: v itself, or a reduction of it. source is the whole contact
// that v comes from, for a Required field that is empty there. Carry(Carry(v)) == Carry(v).
func (s Shape) Carry(side Side, v string, source Contact) string {
	if s.Type.IsSet() {
		return s.carrySet(side, v)
	}
	if s.Type == Date {
		return NormalDate(v) // neither side takes the other's time of day or zero date
	}
	if reduced := s.reduce(side, v); NormalText(reduced) != "" || s.Required != side {
		return reduced
	}
	for _, f := range s.Fallback {
		members := Lines(source[f])
		if len(members) == 0 {
			continue
		}
		if reduced := s.reduce(side, members[0]); NormalText(reduced) != "" {
			return reduced
		}
	}
	return ""
}

// carrySet keeps what fits, in order.
func (s Shape) carrySet(side Side, v string) string {
	members := Lines(v)
	if limit := s.Limits[side]; limit > 0 && len(members) > limit {
		members = members[:limit]
	}
	for i, m := range members {
		members[i] = s.spell(side, m)
	}
	return strings.Join(members, "\n")
}

func (s Shape) spell(side Side, v string) string {
	if s.Spell == nil {
		return v
	}
	return s.Spell(side, v)
}

// reduce drops what the side cannot store, spells the rest and cuts what is too long. Text that nothing of this touches
// stays as it is, byte for byte.
func (s Shape) reduce(side Side, v string) string {
	v = strings.Map(func(r rune) rune {
		if (r < 0x20 && r != '\t' && r != '\n' && r != '\r') || (r > 0xFFFF && s.BMP[side]) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(v, ""))
	v = s.spell(side, v)
	limit := s.Limits[side]
	if runes := []rune(v); limit > 0 && len(runes) > limit {
		v = s.spell(side, string(runes[:limit]))
	}
	return v
}

// Agree tells whether the sides hold the same, as far as each can: equal in normal form, or one showing what it can
// carry of the other. v and o are the whole contacts of vTiger and Outlook.
func (s Shape) Agree(v, o Contact) bool {
	a, b := v[s.Field], o[s.Field]
	if s.Same(a, b) {
		return true
	}
	if s.Type.IsSet() {
		return s.fullPart(VTiger, a, b) || s.fullPart(Outlook, b, a)
	}
	return s.Same(a, s.Carry(VTiger, b, o)) || s.Same(b, s.Carry(Outlook, a, v))
}

// fullPart tells whether part, on side, is as much of whole as the side can hold.
func (s Shape) fullPart(side Side, part, whole string) bool {
	limit, members := s.Limits[side], Lines(part)
	return limit > 0 && len(members) >= limit && len(s.without(members, Lines(whole))) == 0
}
