package vtigersim

import "slices"

// tornSave is a save of which readers see only a part, until one has seen it.
type tornSave struct {
	save      *lateSave
	positions []int // of all fields that the save changes
}

func (r *record) put(c changes) {
	for i, value := range c {
		r.values[i] = value
	}
}

// differing are the positions that a save would change, in the module's order.
func (r *record) differing(c changes) []int {
	var positions []int
	for i, value := range c {
		if r.values[i] != value {
			positions = append(positions, i)
		}
	}
	slices.Sort(positions)
	return positions
}

// secondHalf is what a torn save leaves for later: half of the fields that
// differ, and nothing if fewer than two do.
func (r *record) secondHalf(c changes) changes {
	positions := r.differing(c)
	late := changes{}
	for _, i := range positions[(len(positions)+1)/2:] {
		late[i] = c[i]
	}
	return late
}

// seenTorn are the saves of which a reader of these fields sees a part.
func (r *record) seenTorn(positions []int) []*lateSave {
	var seen []*lateSave
	for _, torn := range r.torn {
		if positions == nil || slices.ContainsFunc(torn.positions, func(i int) bool { return slices.Contains(positions, i) }) {
			seen = append(seen, torn.save)
		}
	}
	return seen
}
