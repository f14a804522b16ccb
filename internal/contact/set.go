package contact

import (
	"slices"
	"strings"
)

// Merge puts the changes of both sides to a set onto what target holds: members that either side removed since its own
// base go, members that either side added come, and every other member keeps its place. overflow are the members that
// found no place. A side whose changes may not travel passes its base as its value.
//
// A value edited in place is one member less and one more, so two different edits of one number keep both.
func (s Shape) Merge(target Side, held, source, heldBase, sourceBase string) (merged string, overflow []string) {
	t, o := Lines(held), Lines(source)
	tb, ob := Lines(heldBase), Lines(sourceBase)
	limit, known := s.Limits[target], ob
	// What found no place when the base was made waits for one: to the target it is still new.
	if limit > 0 && len(tb) >= limit {
		known = s.without(ob, s.without(ob, tb))
	}
	added := s.without(o, known)
	removed := s.without(ob, o)
	// What the target itself changed is already in held; what the source lost, though the target added it anew, stays.
	removed = s.without(removed, s.without(t, tb))
	// What the target removed itself does not come back through a source that merely still holds it.
	merge := s.except(t, removed)
	for _, m := range s.without(added, merge) {
		if limit > 0 && len(merge) >= limit {
			overflow = append(overflow, m)
			continue
		}
		merge = append(merge, s.spell(target, m))
	}
	return strings.Join(merge, "\n"), overflow
}

// without gives the members of a whose normal form is not among those of b, each once, in a's order.
func (s Shape) without(a, b []string) []string {
	seen := s.Type.keys(b, s.Region)
	var out []string
	for i, k := range s.Type.keys(a, s.Region) {
		if !slices.Contains(seen, k) {
			seen, out = append(seen, k), append(out, a[i])
		}
	}
	return out
}

// except is without that keeps what a holds twice.
func (s Shape) except(a, b []string) []string {
	excluded := s.Type.keys(b, s.Region)
	var out []string
	for i, k := range s.Type.keys(a, s.Region) {
		if !slices.Contains(excluded, k) {
			out = append(out, a[i])
		}
	}
	return out
}
