package ledger

import (
	"context"
	"slices"

	"github.com/uptrace/bun"
)

// groupMember is a user whom an administrator named as member of a vTiger group: vTiger tells nobody who is in one.
type groupMember struct {
	bun.BaseModel `bun:"table:group_members,alias:g"`

	GroupID string `bun:"group_id,pk"`
	UserID  string `bun:"user_id,pk"`
}

// GroupMembers gives the ids of the users that were named for each group, in order.
func (l *Ledger) GroupMembers(ctx context.Context) (map[string][]string, error) {
	var rows []groupMember
	err := l.db.NewSelect().Model(&rows).Order("group_id", "user_id").Scan(ctx)
	out := map[string][]string{}
	for _, r := range rows {
		out[r.GroupID] = append(out[r.GroupID], r.UserID)
	}
	return out, wrap("list the groups' members", err)
}

// SaveGroupMembers names the members of a group anew; an unknown user is ErrNotFound, and changes nothing.
func (l *Ledger) SaveGroupMembers(ctx context.Context, groupID string, userIDs []string) error {
	userIDs = slices.Compact(slices.Sorted(slices.Values(userIDs)))
	rows := make([]groupMember, len(userIDs))
	for i, id := range userIDs {
		rows[i] = groupMember{GroupID: groupID, UserID: id}
	}
	return l.audited(ctx, "name a group's members", func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewDelete().Model((*groupMember)(nil)).Where("group_id = ?", groupID).Exec(ctx); err != nil || len(rows) == 0 {
			return err
		}
		known, err := tx.NewSelect().Model((*User)(nil)).Where("id IN (?)", bun.List(userIDs)).Count(ctx)
		if err == nil && int(known) < len(rows) {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		_, err = tx.NewInsert().Model(&rows).Exec(ctx)
		return err
	})
}
