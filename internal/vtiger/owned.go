package vtiger

import (
	"context"
	"strconv"
	"strings"

	"contactbridge/internal/contact"
)

// Owned reads the next hundred records of one owner by id, or of all when the owner is empty, after an id or from the
// beginning; none at the end, which is believed only of a listing that shows a record it must hold. It is for owners whose
// records were not kept before.
func (b *Book) Owned(ctx context.Context, owner, after string) ([]contact.Record, error) {
	doing := b.doing("list one owner's records of")
	var conditions []string
	if owner != "" {
		conditions = append(conditions, vtql("assigned_user_id = ?", owner))
	}
	if after != "" {
		conditions = append(conditions, vtql("id > ?", after))
	}
	condition, clause := strings.Join(conditions, " and "), ""
	if condition != "" {
		clause = "where " + condition + " "
	}
	now, err := b.client.Now(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := b.rows(ctx, doing, clause+"order by id limit "+strconv.Itoa(pageRows))
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, b.ensureNoneLeft(ctx, doing, owner, after, condition)
	}
	records, err := b.records(ctx, doing, rows)
	b.client.doubt(records, now)
	return records, err
}

// ensureNoneLeft refuses to believe that nothing meets a condition unless the answer shows the newest record too, which
// does not meet it; without a condition the module must be empty.
func (b *Book) ensureNoneLeft(ctx context.Context, doing, owner, after, condition string) error {
	if condition == "" {
		newest, err := b.newest(ctx, doing)
		if err == nil && newest != nil {
			err = untrue(doing)
		}
		if err == nil {
			err = b.ensureEmpty(ctx, doing)
		}
		return err
	}
	left, _, err := b.where(ctx, doing, condition)
	meets := func(r row) bool {
		return (owner == "" || r["assigned_user_id"] == owner) && idNumber(r["id"]) > idNumber(after)
	}
	if err == nil && len(left) > 0 && (len(left) > 1 || meets(left[0])) {
		err = untrue(doing)
	}
	return err
}
