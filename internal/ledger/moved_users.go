package ledger

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"
)

// former begins the id of a user whom the vTiger that the ledger belongs to does not list.
const former = "former-"

func (c Connection) ofFormerUser() bool { return strings.HasPrefix(c.UserID, former) }

// newIDs says by which id each known user goes at another vTiger, the number-th: a user is the one who has the same user
// name there, whatever the id, for ids are given anew by each vTiger. Who is not listed becomes a former user. Of several
// known users of one name the one who was seen last goes on.
func newIDs(known, listed []User, number int64) map[string]string {
	free := map[string]string{}
	for _, u := range listed {
		free[strings.ToLower(u.UserName)] = u.ID
	}
	known = slices.Clone(known)
	slices.SortFunc(known, func(a, b User) int { return cmp.Or(b.SeenAt.Compare(a.SeenAt), strings.Compare(a.ID, b.ID)) })
	out := map[string]string{}
	for _, u := range known {
		name := strings.ToLower(u.UserName)
		switch id, there := free[name]; {
		case there:
			out[u.ID] = id
			delete(free, name)
		case strings.HasPrefix(u.ID, former):
			out[u.ID] = u.ID
		default:
			out[u.ID] = former + itoa(number) + "-" + u.ID
		}
	}
	return out
}

// moveUsers gives the known users their ids at another vTiger, and with them what is theirs, and stores its list. Former
// users may no longer sync; those without a connection are forgotten.
func moveUsers(ctx context.Context, tx bun.Tx, listed []User, number int64) error {
	var known []User
	if err := tx.NewSelect().Model(&known).Order("id").For("UPDATE").Scan(ctx); err != nil {
		return err
	}
	var from, to []string
	for old, id := range newIDs(known, listed, number) {
		from, to = append(from, old), append(to, id)
	}
	// Ids may change places, so all are moved out of the way first.
	for _, q := range []*bun.RawQuery{
		tx.NewRaw("UPDATE users SET id = 'moving-' || id"),
		tx.NewRaw("UPDATE users u SET id = m.new FROM unnest(?::text[], ?::text[]) AS m(old, new) WHERE u.id = 'moving-' || m.old", pgArray(from), pgArray(to)),
		tx.NewRaw("UPDATE runs r SET requested_by = m.new FROM unnest(?::text[], ?::text[]) AS m(old, new) WHERE r.requested_by = m.old AND m.old <> m.new", pgArray(from), pgArray(to)),
		tx.NewRaw("UPDATE holds h SET answered_by = m.new FROM unnest(?::text[], ?::text[]) AS m(old, new) WHERE h.answered_by = m.old AND m.old <> m.new", pgArray(from), pgArray(to)),
		tx.NewRaw("UPDATE users SET allowed = false, active = false, admin = false WHERE id LIKE ?", former+"%"),
		tx.NewRaw("DELETE FROM users u WHERE id LIKE ? AND NOT EXISTS (SELECT FROM connections c WHERE c.user_id = u.id)", former+"%"),
	} {
		if _, err := q.Exec(ctx); err != nil {
			return err
		}
	}
	return saveUsers(ctx, tx, listed)
}
