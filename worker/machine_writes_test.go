package worker_test

import "slices"

// stroke is a value that somebody wrote. No two writes are of one value, so that it is known wherever it shows; only
// clearing is not.
type stroke struct {
	value string  // as both sides can show it
	raw   string  // as it was written
	over  *stroke // what the writer saw there; nil: nothing that anybody wrote, or an empty field
	n     int     // the order of writing
	firm  bool    // clearing: the sides had agreed on the field before, so that it travels
}

// after tells whether w was written by somebody who saw o, or saw what was written so.
func (w *stroke) after(o *stroke) bool {
	for ; w != nil; w = w.over {
		if w == o {
			return true
		}
	}
	return false
}

// ink is what was written: by value, and last to each field of each record.
type ink struct {
	values map[string]*stroke
	clears []*stroke
	last   map[string]map[string]*stroke // by record id and field
	n      int
}

func newInk() *ink {
	return &ink{values: map[string]*stroke{}, last: map[string]map[string]*stroke{}}
}

// write notes that a person wrote to a field of a record that showed something. To clear an empty field writes nothing.
func (k *ink) write(id, field, shown, raw string, firm bool) {
	value := plain(raw)
	if value == shown {
		return
	}
	k.n++
	w := &stroke{value: value, raw: raw, n: k.n, firm: firm}
	if shown != "" {
		w.over = k.values[shown]
	} else if last := k.last[id][field]; last != nil && last.value == "" {
		w.over = last
	}
	if value == "" {
		k.clears = append(k.clears, w)
	} else {
		k.values[value] = w
	}
	if k.last[id] == nil {
		k.last[id] = map[string]*stroke{}
	}
	k.last[id][field] = w
}

// soften says that a record may meet its like anew, whereby an empty field is filled.
func (k *ink) soften(id string) {
	for _, w := range k.last[id] {
		w.firm = false
	}
}

// inherit lets a copy hold what was written to its original.
func (k *ink) inherit(id, from string) {
	k.last[id] = map[string]*stroke{}
	for field, w := range k.last[from] {
		k.last[id][field] = w
	}
}

// explained tells whether a field of a record may show a value although somebody last wrote another one to it: who wrote
// the value had seen the other one, or the other one was given up in a conflict that is in the log, or somebody cleared it
// elsewhere, which leaves the field to be filled when the record meets another one.
func (k *ink) explained(id string, last *stroke, shows string, lost map[string]bool) bool {
	switch {
	case shows == last.value:
		return true
	case last.value == "":
		return lost[id] || k.values[shows] != nil && (k.values[shows].n > last.n || !last.firm)
	}
	return k.values[shows].after(last) || k.superseded(last, lost) || k.cleared(last) && (shows == "" || k.values[shows] != nil)
}

// superseded tells whether what was written, or what was written over it, was given up in a conflict.
func (k *ink) superseded(o *stroke, lost map[string]bool) bool {
	for value := range lost {
		if k.values[value].after(o) {
			return true
		}
	}
	return false
}

// cleared tells whether somebody cleared what was written, or what was written over it.
func (k *ink) cleared(o *stroke) bool {
	return slices.ContainsFunc(k.clears, func(w *stroke) bool { return w.n > o.n && w.over.after(o) })
}
