package ledger

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
)

// Erased counts what an erasure took away.
type Erased struct {
	Connections int
	Operations  int // lines of the log; of a person they stay, without what they said
	Records     int // contacts as a side showed them
	Links       int // of a person: links that no longer act and lost their values
	Holds       int // of a person: questions that no longer show values
	Unclear     int // of a person: operations whose answer is awaited, and which keep their values until then
}

// eraseMost bounds what one statement of an erasure deletes.
const eraseMost = 5000

// EraseUser takes a user's leave to sync and deletes what was kept for them: connections with sign-in, links, log, runs and
// holds, the counts of their days, their sessions and API tokens, the contacts of their mailboxes, and those vTiger records of theirs that no other connection has
// linked. Nothing is deleted on either side. ErrNotFound.
//
// The user stays in the list of vTiger's users, from which it would come back anyway, and by id where they acted for others:
// as the one who asked for a run or answered a hold.
func (l *Ledger) EraseUser(ctx context.Context, id string) (out Erased, err error) {
	const doing = "erase a user's data"
	if err := l.shutOut(ctx, id); err != nil {
		return out, wrap(doing, err)
	}
	ids, err := l.connectionsOf(ctx, id, "")
	if err != nil {
		return out, wrap(doing, err)
	}
	for _, connection := range ids {
		n, err := l.eraseLog(ctx, connection)
		if out.Operations += n; err != nil {
			return out, wrap(doing, err)
		}
	}
	return out, l.tx(ctx, doing, func(ctx context.Context, tx bun.Tx) error {
		out.Connections, out.Records = 0, 0
		var mine []Connection
		if err := tx.NewSelect().Model(&mine).Where("user_id = ?", id).Order("id").For("UPDATE").Scan(ctx); err != nil {
			return err
		}
		for _, c := range mine {
			if err := eraseConnection(ctx, tx, c, &out); err != nil {
				return err
			}
		}
		// Whoever settles holds a connection, so that nobody counts any more.
		_, err := tx.NewDelete().TableExpr("days").Where("user_id = ?", id).Exec(ctx)
		return err
	})
}

// shutOut lets nothing of a user begin any more.
func (l *Ledger) shutOut(ctx context.Context, id string) error {
	return l.audited(ctx, "shut the user out", func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewUpdate().Model((*User)(nil)).Set("allowed = false").Where("id = ?", id).Exec(ctx)
		if err := one(res, err, ErrNotFound); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model((*groupMember)(nil)).Where("user_id = ?", id).Exec(ctx); err != nil {
			return err
		}
		if err := endAccess(ctx, tx, []string{id}); err != nil {
			return err
		}
		_, err = tx.NewDelete().Model((*credential)(nil)).
			Where("connection_id IN (?)", tx.NewSelect().Model((*Connection)(nil)).Column("id").Where("user_id = ?", id)).Exec(ctx)
		return err
	})
}

// eraseLog deletes a connection's operations, so many at a time.
func (l *Ledger) eraseLog(ctx context.Context, connectionID string) (deleted int, err error) {
	for {
		some := l.db.NewSelect().Model((*Operation)(nil)).Column("id").Where("connection_id = ?", connectionID).Limit(eraseMost)
		res, err := l.db.NewDelete().Model((*Operation)(nil)).Where("id IN (?)", some).Exec(ctx)
		if err != nil {
			return deleted, err
		}
		n, err := res.RowsAffected()
		if deleted += int(n); err != nil || n == 0 {
			return deleted, err
		}
	}
}

// eraseConnection deletes a connection, whose row the transaction holds, and what is kept under its name without
// belonging to it. The feed of the module is held meanwhile, so that no page brings a record back.
func eraseConnection(ctx context.Context, tx bun.Tx, c Connection, out *Erased) error {
	shared := c.Feed(contact.VTiger)
	if err := ignoreNone(tx.NewSelect().Model((*Feed)(nil)).Column("id").Where("id = ?", shared).For("UPDATE").Scan(ctx, new(string))); err != nil {
		return err
	}
	strays := tx.NewDelete().Model((*Record)(nil)).Where("feed = ?", shared).
		Where("NOT EXISTS (SELECT 1 FROM links l WHERE l.vtiger_id = r.id AND l.state <> ?)", ended).
		Where("NOT EXISTS (SELECT 1 FROM connections c WHERE c.module = ? AND "+owns+")", c.Module)
	if !c.Settings.OwnerScope.Everyone {
		strays = strays.Where("owner = ANY(?)", pgArray(c.listings()))
	}
	for _, erase := range []struct {
		count *int
		q     *bun.DeleteQuery
	}{
		{&out.Connections, tx.NewDelete().Model((*Connection)(nil)).Where("id = ?", c.ID)},
		{&out.Records, tx.NewDelete().Model((*Record)(nil)).Where("feed IN (?)", tx.NewSelect().Model((*Feed)(nil)).Column("id").Where("id LIKE ?", "outlook/"+c.ID+"/%"))},
		{new(int), tx.NewDelete().Model((*Feed)(nil)).Where("id LIKE ?", "outlook/"+c.ID+"/%")},
		{&out.Records, strays},
		{new(int), tx.NewDelete().Model((*instanceAnswer)(nil)).Where("feed = ?", shared)}, // whoever needs them asks again
		{new(int), tx.NewDelete().TableExpr("owners").Where("feed = ? AND owner = ANY(?)", shared, pgArray(c.listings()))},
		{new(int), tx.NewDelete().Model((*pace)(nil)).Where("mailbox = ?", c.MailboxTenant+"/"+c.MailboxID).
			Where("NOT EXISTS (SELECT 1 FROM connections c WHERE c.mailbox_id = ?)", c.MailboxID)},
		{new(int), tx.NewDelete().Model((*Lease)(nil)).Where("name LIKE ?", "%"+c.ID+"%")},
		// Days are counted by user: they go with the last connection.
		{new(int), tx.NewDelete().TableExpr("days").Where("user_id = ?", c.UserID).Where("NOT EXISTS (SELECT 1 FROM connections c WHERE c.user_id = ?)", c.UserID)},
	} {
		res, err := erase.q.Exec(ctx)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if *erase.count += int(n); err != nil {
			return err
		}
	}
	return nil
}

// PruneLeftovers deletes the contacts of mailboxes whose connection is gone, for a sync that was at work while it was erased
// may have read on, and what the whole vTiger said of addresses so long ago that nobody believes it.
func (l *Ledger) PruneLeftovers(ctx context.Context) error {
	var feeds []string
	err := l.db.NewSelect().Model((*Feed)(nil)).Column("id").Where("f.id LIKE 'outlook/%'").
		Where("NOT EXISTS (SELECT 1 FROM connections c WHERE c.id::text = split_part(f.id, '/', 2))").Scan(ctx, &feeds)
	for _, id := range slices.Sorted(slices.Values(feeds)) {
		if err == nil {
			_, err = l.db.NewDelete().Model((*Feed)(nil)).Where("id = ?", id).Exec(ctx)
		}
	}
	if err == nil {
		_, err = l.db.NewDelete().Model((*instanceAnswer)(nil)).Where("asked_at < now() - ? * interval '1 second'", AnswerLife.Seconds()).Exec(ctx)
	}
	if err == nil {
		err = l.pruneStrays(ctx)
	}
	return wrap("delete what erasures left", err)
}

// pruneStrays deletes the records of vTiger that no connection may use any more: their owner is in no scope now, and no
// link has them.
func (l *Ledger) pruneStrays(ctx context.Context) error {
	var feeds []string
	if err := l.db.NewSelect().Model((*Feed)(nil)).Column("id").Where("f.id LIKE ?", vtigerFeed("%")).Order("id").Scan(ctx, &feeds); err != nil {
		return err
	}
	for _, id := range feeds {
		owners, err := strayOwners(ctx, l.db, id)
		if err == nil && len(owners) > 0 {
			err = l.tx(ctx, "delete what no connection may use", func(ctx context.Context, tx bun.Tx) error { return prune(ctx, tx, id) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// prune holds the feed meanwhile, so that no page brings the records of an owner who is in a scope again.
func prune(ctx context.Context, tx bun.Tx, feed string) error {
	if err := ignoreNone(tx.NewSelect().Model((*Feed)(nil)).Column("id").Where("id = ?", feed).For("UPDATE").Scan(ctx, new(string))); err != nil {
		return err
	}
	owners, err := strayOwners(ctx, tx, feed)
	if err != nil {
		return err
	}
	_, err = tx.NewDelete().Model((*Record)(nil)).Where("feed = ? AND owner = ANY(?)", feed, pgArray(owners)).
		Where("NOT EXISTS (SELECT 1 FROM links l WHERE l.vtiger_id = r.id AND l.state <> ?)", ended).Exec(ctx)
	return err
}

// strayOwners lists those owners of unlinked records of a vTiger feed who are in no scope.
func strayOwners(ctx context.Context, db bun.IDB, feed string) ([]string, error) {
	wanted, err := scopes(ctx, db, strings.TrimPrefix(feed, vtigerFeed("")))
	if err != nil || wanted[Everyone] {
		return nil, err
	}
	var owners []string
	err = db.NewSelect().Model((*Record)(nil)).Distinct().Column("owner").Where("r.feed = ?", feed).
		Where("NOT EXISTS (SELECT 1 FROM links l WHERE l.vtiger_id = r.id AND l.state <> ?)", ended).Scan(ctx, &owners)
	return slices.DeleteFunc(owners, func(owner string) bool { return wanted[owner] }), err
}
