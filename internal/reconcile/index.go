package reconcile

import "slices"

// index finds the ids of one side's records by key, each list in order.
type index map[string][]string

// add puts an id under each of its keys.
func (x index) add(keys [4][]string, id string) {
	for _, level := range keys {
		for _, k := range level {
			x.put(k, id)
		}
	}
}

// put puts an id under one key.
func (x index) put(key, id string) {
	ids := x[key]
	if at, there := slices.BinarySearch(ids, id); !there {
		x[key] = slices.Insert(ids, at, id)
	}
}

// remove takes an id from under each of its keys.
func (x index) remove(keys [4][]string, id string) {
	for _, level := range keys {
		for _, k := range level {
			if at, there := slices.BinarySearch(x[k], id); there {
				x[k] = slices.Delete(x[k], at, at+1)
			}
		}
	}
}

// find gives the different ids under any of the keys, at most so many of them.
func (x index) find(keys []string, most int) []string {
	var out []string
	for i, k := range keys {
		for _, id := range x[k] {
			if i > 0 && slices.Contains(out, id) {
				continue
			}
			if out = append(out, id); len(out) == most {
				return out
			}
		}
	}
	return out
}
