package activities

import (
	"cmp"
	"slices"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// untouched tells whether nobody saved a vTiger record since it was made. vTiger sets both times itself, to the second:
// a save in the very second of the making does not show.
func untouched(version string, values map[string]string) bool {
	return version != "" && values["createdtime"] == version
}

// made picks what an unclear insert made from the records that show its stamp. Of several, a request having been carried
// out twice, it takes one of this connection's scope, and of those one that somebody edited: the other can be deleted
// then, and the edit travels.
func made(c ledger.Connection, op ledger.Operation, found []contact.Record) (contact.Record, bool) {
	var own []contact.Record
	for _, r := range found {
		if r.Stamp == op.Stamp {
			own = append(own, r)
		}
	}
	if len(own) == 0 {
		return contact.Record{}, false
	}
	rank := func(r contact.Record) int {
		switch {
		case op.Side == contact.VTiger && !c.Owns(r.Owner):
			return 2
		case op.Side == contact.VTiger && untouched(r.Version, r.Values):
			return 1
		}
		return 0
	}
	slices.SortStableFunc(own, func(a, b contact.Record) int { return cmp.Compare(rank(a), rank(b)) })
	return own[0], true
}

// adopted settles an insert by the record that shows its stamp.
func adopted(c ledger.Connection, op ledger.Operation, r contact.Record) ledger.Settlement {
	kind := "adopted"
	if op.IsUndo() {
		kind = reconcile.UndoKind
	}
	return ledger.Settlement{
		Operation: op, Outcome: ledger.Done, Record: r, Kind: kind,
		Sentence: op.Reason + " Its answer never came; it was found by its stamp.",
		Base:     adoptedBase(c, op, r.Values),
	}
}
