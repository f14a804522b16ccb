package vtigersim

import (
	"cmp"
	"slices"
	"strings"
)

// filter is a where clause made ready: any of these, all of each.
type filter [][]test

func bindAll(m *module, where [][]condition, set charset) (filter, error) {
	var f filter
	for _, all := range where {
		var tests []test
		for _, c := range all {
			t, err := bind(m, c, set)
			if err != nil {
				return nil, err
			}
			tests = append(tests, t)
		}
		f = append(f, tests)
	}
	return f, nil
}

func (f filter) match(r *record) bool {
	if len(f) == 0 {
		return true
	}
	return slices.ContainsFunc(f, func(all []test) bool {
		return !slices.ContainsFunc(all, func(t test) bool { return !t.match(r) })
	})
}

// page returns the rows of a statement: those that match and the user may see,
// in order, between offset and limit. Paging by id or by modified time starts at
// the first row that can match and ends with the page.
func (t *table) page(u *user, st *statement, f filter) []*record {
	rows, sorted := t.candidates(st, f)
	var found []*record
	for _, r := range rows {
		if u.sees(r) && f.match(r) {
			found = append(found, r)
		}
		if sorted && len(found) >= st.offset+st.limit {
			break
		}
	}
	if !sorted {
		slices.SortStableFunc(found, t.order(st))
	}
	from := min(st.offset, len(found))
	return found[from:min(from+st.limit, len(found))]
}

// candidates are rows among which all matches are; sorted tells whether they are
// in the statement's order already.
func (t *table) candidates(st *statement, f filter) (rows []*record, sorted bool) {
	byID := len(st.orderBy) == 0 || slices.Equal(st.orderBy, []string{"id"}) && !st.descending
	byTime := !st.descending && t.module.modifiedAt >= 0 &&
		(slices.Equal(st.orderBy, []string{"modifiedtime"}) || slices.Equal(st.orderBy, []string{"modifiedtime", "id"}))
	if numbers, ok := f.exactIDs(); ok {
		return t.pick(numbers), byID
	}
	if byTime {
		return t.byTime[t.firstTime(f):], true
	}
	return t.byID[t.firstID(f):], byID
}

// exactIDs are the only ids a filter can match, if it names them.
func (f filter) exactIDs() ([]int, bool) {
	var numbers []int
	for _, all := range f {
		at := slices.IndexFunc(all, func(t test) bool {
			return t.column == "id" && (t.operator == "EQ" || t.operator == "IN")
		})
		if at < 0 {
			return nil, false
		}
		numbers = append(numbers, all[at].numbers...)
	}
	return numbers, len(f) > 0
}

func (t *table) pick(numbers []int) []*record {
	slices.Sort(numbers)
	var rows []*record
	for _, n := range slices.Compact(numbers) {
		if at, found := t.searchID(n); found {
			rows = append(rows, t.byID[at])
		}
	}
	return rows
}

func (t *table) searchID(number int) (int, bool) {
	return slices.BinarySearchFunc(t.byID, number, func(r *record, n int) int { return cmp.Compare(r.number, n) })
}

func (t *table) firstID(f filter) int {
	lowest, ok := lowerBound(f, "id", func(t test) []int { return t.numbers })
	if !ok {
		return 0
	}
	at, _ := t.searchID(lowest)
	return at
}

func (t *table) firstTime(f filter) int {
	lowest, ok := lowerBound(f, "modifiedtime", func(t test) []string { return t.texts })
	if !ok {
		return 0
	}
	at, _ := slices.BinarySearchFunc(t.byTime, lowest, func(r *record, text string) int {
		return strings.Compare(r.modified(), text)
	})
	return at
}

// lowerBound is a value of the column below which nothing matches; false if some
// alternative of the filter has none.
func lowerBound[T cmp.Ordered](f filter, column string, values func(test) []T) (lowest T, ok bool) {
	for n, all := range f {
		at := slices.IndexFunc(all, func(t test) bool {
			return t.column == column && len(values(t)) == 1 && slices.Contains([]string{"EQ", "GT", "GE"}, t.operator)
		})
		if at < 0 {
			return lowest, false
		}
		if value := values(all[at])[0]; n == 0 || value < lowest {
			lowest = value
		}
	}
	return lowest, len(f) > 0
}

// order compares two rows by the columns of "order by", the last one downwards
// if so asked, then by id.
func (t *table) order(st *statement) func(a, b *record) int {
	return func(a, b *record) int {
		for n, column := range st.orderBy {
			i := t.module.at(column)
			result := strings.Compare(comparableText(a.values[i]), comparableText(b.values[i]))
			if i == t.module.idAt {
				result = compareID(a, b)
			}
			if st.descending && n == len(st.orderBy)-1 {
				result = -result
			}
			if result != 0 {
				return result
			}
		}
		return compareID(a, b)
	}
}
