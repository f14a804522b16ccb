package vtiger

import (
	"context"
	"strconv"

	"contactbridge/internal/contact"
)

// Owned reads the next hundred records of one owner by id, after an id or from the beginning; none at the end, which is
// believed only of a listing that shows a record it must hold. It is for an owner whose records were not kept before.
func (b *Book) Owned(ctx context.Context, owner, after string) ([]contact.Record, error) {
	doing := b.doing("list one owner's records of")
	condition := vtql("assigned_user_id = ?", owner)
	if after != "" {
		condition += vtql(" and id > ?", after)
	}
	now, err := b.client.Now(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := b.rows(ctx, doing, "where "+condition+" order by id limit "+strconv.Itoa(pageRows))
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		left, _, err := b.where(ctx, doing, condition)
		if err == nil && len(left) > 0 && (len(left) > 1 || left[0]["assigned_user_id"] == owner && idNumber(left[0]["id"]) > idNumber(after)) {
			err = untrue(doing)
		}
		return nil, err
	}
	records, err := b.records(ctx, doing, rows)
	b.client.doubt(records, now)
	return records, err
}
