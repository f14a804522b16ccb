package ledger

import (
	"strconv"

	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/schema"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// pgArray spells a list as a PostgreSQL array, also when it is empty.
func pgArray(list []string) schema.QueryAppender {
	if list == nil {
		list = []string{}
	}
	return pgdialect.Array(list)
}
