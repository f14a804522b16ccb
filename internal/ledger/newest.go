package ledger

import (
	"slices"
	"strings"
)

// selection is a condition whose rows an index gives in the order wanted.
type selection struct {
	where string
	args  []any
}

// and narrows a selection.
func (s selection) and(where string, args ...any) selection {
	return selection{s.where + " AND " + where, append(slices.Clone(s.args), args...)}
}

// newest spells the rows of a table that one of the selections gives, those with the highest column first. Each selection is
// cut to the page before they are merged, so that it is read from its index and a page costs what it shows, not what there is.
func newest(table, column string, of []selection, limit int) (query string, args []any) {
	parts := make([]string, len(of))
	for i, s := range of {
		parts[i] = "(SELECT * FROM " + table + " WHERE " + s.where + " ORDER BY " + column + " DESC LIMIT ?)"
		args = append(append(args, s.args...), limit)
	}
	query = "SELECT * FROM (" + strings.Join(parts, " UNION ALL ") + ") AS merged ORDER BY " + column + " DESC LIMIT ?"
	return query, append(args, limit)
}
