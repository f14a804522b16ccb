package vtigersim

import (
	"cmp"
	"slices"
	"strings"
)

// record is one row. values follow the module's Fields; "" stands for SQL NULL
// in dates and references. Guarded by Server.mu.
type record struct {
	module  *module
	number  int    // the part of id after the x
	id      string // "12x3"
	values  []string
	deleted bool // in the recycle bin
	// converted is a lead that became a contact: no table holds it.
	converted bool
	torn      []*tornSave // oldest first
}

func (r *record) owner() string {
	if r.module.ownerAt < 0 {
		return ""
	}
	return r.values[r.module.ownerAt]
}

func (r *record) modified() string {
	if r.module.modifiedAt < 0 {
		return ""
	}
	return r.values[r.module.modifiedAt]
}

// table holds the living records of a module in the two orders that paging asks
// for. Guarded by Server.mu.
type table struct {
	module *module
	byID   []*record
	byTime []*record // by modified time, then id
}

func compareID(a, b *record) int { return cmp.Compare(a.number, b.number) }

func compareTime(a, b *record) int {
	return cmp.Or(strings.Compare(a.modified(), b.modified()), compareID(a, b))
}

func (t *table) insert(r *record) {
	t.byID = insertSorted(t.byID, r, compareID)
	t.byTime = insertSorted(t.byTime, r, compareTime)
}

func (t *table) remove(r *record) {
	t.byID = removeSorted(t.byID, r, compareID)
	t.byTime = removeSorted(t.byTime, r, compareTime)
}

// touch sets the modified time, which must not be changed in any other way while
// the record is in the table.
func (t *table) touch(r *record, stamp string) {
	if t.module.modifiedAt < 0 {
		return
	}
	if r.converted {
		r.values[t.module.modifiedAt] = stamp
		return
	}
	t.byTime = removeSorted(t.byTime, r, compareTime)
	r.values[t.module.modifiedAt] = stamp
	t.byTime = insertSorted(t.byTime, r, compareTime)
}

func insertSorted(rows []*record, r *record, compare func(a, b *record) int) []*record {
	at, _ := slices.BinarySearchFunc(rows, r, compare)
	return slices.Insert(rows, at, r)
}

func removeSorted(rows []*record, r *record, compare func(a, b *record) int) []*record {
	at, found := slices.BinarySearchFunc(rows, r, compare)
	if !found {
		return rows
	}
	return slices.Delete(rows, at, at+1)
}
