package vtiger

// A page of a saved filter shows 20 rows. vTiger reads one row more to see whether there are more, drops it, and begins
// the next page behind it: one member is lost at each full page.
const (
	filterPage = 20
	filterStep = filterPage + 1
)

// listing is what one reading of all pages of a filter, in one order, showed.
type listing struct {
	rows int // shown, repeats included
	full int // pages that said that more follow
}

// members is how many members the filter had at the listing's end: all that were shown and one lost at each full page.
func (l listing) members() int { return l.rows + l.full }

// plausible tells whether the listing is one that vTiger can make of n members: n less one for each 21 of them. The
// numbers of rows alone do not tell 20 members from 21.
func (l listing) plausible(n int) bool {
	return l.full == n/filterStep && l.rows == n-n/filterStep
}

// explained tells whether the union of listings is the membership. Each must account for exactly the members of the
// union: while nobody leaves, a listing shows members only, so that a union of their number holds them all, whatever
// rows were shown twice or lost twice. before is the number of members before the first listing; it differs if somebody
// left during it.
func explained(before, union int, listings []listing) bool {
	for _, l := range listings {
		if !l.plausible(before) {
			return false
		}
	}
	return union == before && len(listings) > 0
}

// order is one way to sort a listing.
type order struct {
	field string
	down  bool
}

// orders gives the orders in which n members are listed, until none is missing. Up and down by one field lose different
// members, except when n mod 21 is 20: then they lose the same ones, and only another field helps.
func orders(n int, fields []string) []order {
	var out []order
	for _, f := range fields {
		out = append(out, order{field: f})
		if n%filterStep != filterPage {
			out = append(out, order{field: f, down: true})
		}
	}
	return out
}
