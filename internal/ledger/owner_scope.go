package ledger

import (
	"context"
	"slices"

	"github.com/uptrace/bun"
)

// OwnerScope is whose vTiger records flow besides those of the connection's own user. Nobody's is what an administrator did
// not grant: vTiger tells nobody who is in a group, nor whom it lets see another user's records.
type OwnerScope struct {
	Owners
	Granted Owners `json:"granted"` // within this the connection's user may choose
}

// Owners are users and groups of vTiger.
type Owners struct {
	Everyone bool     `json:"everyone"`
	IDs      []string `json:"owners"`
}

// Has tells whether an owner is among them.
func (o Owners) Has(id string) bool { return o.Everyone || slices.Contains(o.IDs, id) }

// Within tells whether all of them are among others.
func (o Owners) Within(others Owners) bool {
	return others.Everyone || !o.Everyone && !slices.ContainsFunc(o.IDs, func(id string) bool { return !others.Has(id) })
}

// Owns tells whether the vTiger records of an owner are in the connection's scope, as far as the owner tells.
func (c Connection) Owns(owner string) bool {
	return owner == c.UserID || c.Settings.OwnerScope.Has(owner)
}

// owned keeps of a query the vTiger records that the connection owns.
func owned(q *bun.SelectQuery, c Connection) *bun.SelectQuery {
	if c.Settings.OwnerScope.Everyone {
		return q
	}
	return q.Where("r.owner = ANY(?)", pgArray(append([]string{c.UserID}, c.Settings.OwnerScope.IDs...)))
}

// owns is Owns in SQL, of a connection c and the owner of a record r.
const owns = `(c.user_id = r.owner OR c.settings #> '{ownerScope,everyone}' = 'true' OR jsonb_exists(c.settings #> '{ownerScope,owners}', r.owner))`

// Everyone stands for all owners where owners are listed.
const Everyone = "*"

// listings names what has to be listed for the connection's scope.
func (c Connection) listings() []string {
	out := append([]string{c.UserID}, c.Settings.OwnerScope.IDs...)
	if c.Settings.OwnerScope.Everyone {
		out = append(out, Everyone)
	}
	return out
}

// scopes gives whose records some connection of a module may use, and Everyone where one may use all.
func scopes(ctx context.Context, db bun.IDB, module string) (map[string]bool, error) {
	var rows []struct {
		UserID     string
		OwnerScope OwnerScope `bun:"owner_scope,type:jsonb"`
	}
	err := db.NewSelect().Model((*Connection)(nil)).Column("user_id").ColumnExpr("coalesce(c.settings -> 'ownerScope', '{}') AS owner_scope").
		Where("c.module = ?", module).Scan(ctx, &rows)
	out := map[string]bool{}
	for _, r := range rows {
		c := Connection{UserID: r.UserID, Settings: Settings{OwnerScope: r.OwnerScope}}
		for _, owner := range c.listings() {
			out[owner] = true
		}
	}
	return out, err
}

// unlist forgets that the records of owners are kept: whose scope has them again has them listed anew. In the transaction
// that takes them out of a scope, so that no page can drop a record before.
func unlist(ctx context.Context, tx bun.Tx, c Connection, owners []string) error {
	if len(owners) == 0 {
		return nil
	}
	_, err := tx.NewDelete().TableExpr("owners").Where("feed = ? AND owner = ANY(?)", vtigerFeed(c.Module), pgArray(owners)).Exec(ctx)
	return err
}

// narrowed lists what a connection's scope has no more with other settings.
func narrowed(old Connection, s Settings) []string {
	now := old
	now.Settings = s
	kept := now.listings()
	return slices.DeleteFunc(old.listings(), func(owner string) bool { return slices.Contains(kept, owner) })
}

// Unlisted gives the owners of a module's connections whose records of before the feed need not have kept, and Everyone if
// those of all are wanted. They count as listed when the reading that has f ends, unless they leave a scope before.
func (l *Ledger) Unlisted(ctx context.Context, f Feed, module string) (out []string, err error) {
	return out, l.tx(ctx, "list the owners to be read", func(ctx context.Context, tx bun.Tx) error {
		out = nil
		if err := fenced(ctx, tx, f); err != nil {
			return err
		}
		wanted, err := scopes(ctx, tx, module)
		if err != nil {
			return err
		}
		var listed []string
		if err := tx.NewSelect().TableExpr("owners").Column("owner").Where("feed = ? AND listed", f.ID).Scan(ctx, &listed); err != nil {
			return err
		}
		for _, owner := range listed {
			delete(wanted, owner)
		}
		for owner := range wanted {
			out = append(out, owner)
		}
		slices.Sort(out)
		_, err = tx.NewRaw("INSERT INTO owners (feed, owner, listed) SELECT ?, o, false FROM unnest(?::text[]) o ON CONFLICT DO NOTHING", f.ID, pgArray(out)).Exec(ctx)
		return err
	})
}
