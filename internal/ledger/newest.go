package ledger

import (
	"slices"
	"strings"
)

// selection is a condition whose rows an index gives in the order wanted: the rows, or those for each row of a list that the
// condition names.
type selection struct {
	where string
	args  []any
	list  string // such as "unnest(?) AS k (kind)"
	each  []any  // the list's arguments
}

// and narrows a selection.
func (s selection) and(where string, args ...any) selection {
	s.where, s.args = s.where+" AND "+where, append(slices.Clone(s.args), args...)
	return s
}

// forEach makes a selection one for each row of a list. PostgreSQL plans it once, however long the list is.
func (s selection) forEach(list string, args ...any) selection {
	s.list, s.each = list, args
	return s
}

// newest spells the rows of a table that one of the selections gives, in an order such as "seq DESC". Each selection, and
// each row of its list, is cut to the page before they are merged, so that it is read from its index and a page costs what it
// shows, not what there is.
func newest(table, order string, of []selection, limit int) (query string, args []any) {
	parts := make([]string, len(of))
	for i, s := range of {
		parts[i] = "(SELECT * FROM " + table + " WHERE " + s.where + " ORDER BY " + order + " LIMIT ?)"
		if s.list != "" {
			parts[i] = "(SELECT part.* FROM " + s.list + ", LATERAL " + parts[i] + " AS part)"
			args = append(args, s.each...)
		}
		args = append(append(args, s.args...), limit)
	}
	query = "SELECT * FROM (" + strings.Join(parts, " UNION ALL ") + ") AS merged ORDER BY " + order + " LIMIT ?"
	return query, append(args, limit)
}
