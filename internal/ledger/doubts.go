package ledger

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
)

// Doubt is a record that has to be looked at, as the tree holds it.
type Doubt struct {
	ID      string    `bun:"id"`
	Version string    `bun:"version"`
	Changed time.Time `bun:"changed,nullzero"`
}

// doubts selects records of a feed that were not confirmed deleted.
func (l *Ledger) doubts(feed string) *bun.SelectQuery {
	return l.db.NewSelect().Model((*Record)(nil)).Column("id", "version", "changed").
		Where("r.feed = ? AND r.presence <> ?", feed, contact.Deleted).Order("r.id")
}

// linked is the condition that a record of a side has a link that holds.
func (l *Ledger) linked(side contact.Side) *bun.SelectQuery {
	column := "vtiger_id"
	if side == contact.Outlook {
		column = "outlook_id"
	}
	return l.db.NewSelect().Model((*Link)(nil)).ColumnExpr("1").Where("l.? = r.id AND l.state <> ?", bun.Ident(column), ended)
}

// Unshown lists the records that the feed's whole walk, which has reached its end, did not show, and those of which the
// feed said that they have left. Neither is a deletion.
func (l *Ledger) Unshown(ctx context.Context, f Feed) ([]Doubt, error) {
	var out []Doubt
	q := l.doubts(f.ID).Where("(r.presence = ? AND r.walk < ?) OR r.presence = ?", contact.Present, f.Walk, Suspect)
	return out, wrap("list what the whole walk did not show", q.Scan(ctx, &out))
}

// KnownIDs lists the records with a link in any connection of a module that no reading since shows.
func (l *Ledger) KnownIDs(ctx context.Context, f Feed, since time.Time) ([]Doubt, error) {
	var out []Doubt
	q := l.doubts(f.ID).Where("r.seen_at < ?", since).
		Where("EXISTS (?)", l.linked(contact.VTiger).Where("l.connection_id IN (?)",
			l.db.NewSelect().Model((*Connection)(nil)).Column("id").Where("'vtiger/' || module = ?", f.ID)))
	return out, wrap("list the known ids", q.Scan(ctx, &out))
}

// LinkedUnseen lists one connection's linked records of a side that no reading since shows, or of which the side said when
// they were written to that they are gone; since the zero time only the latter.
func (l *Ledger) LinkedUnseen(ctx context.Context, c Connection, side contact.Side, since time.Time) ([]Doubt, error) {
	var out []Doubt
	q := l.doubts(c.Feed(side)).Where("r.seen_at < ? OR r.presence = ?", since, Suspect).
		Where("EXISTS (?)", l.linked(side).Where("l.connection_id = ? AND l.epoch = ?", c.ID, c.Epoch))
	return out, wrap("list the linked records that were not read", q.Scan(ctx, &out))
}

// OutOfSight lists the records of an Outlook feed of which it says that they left the folder, and those that did leave: it
// does not tell when they return. Of the latter at most that many, linked ones and the longest unasked first; 0 is all, and
// with them the deleted ones that a link still holds: a person may take them out of the deleted items.
func (l *Ledger) OutOfSight(ctx context.Context, c Connection, most int64) ([]Doubt, error) {
	const doing = "list what left the folder"
	var suspects, away []Doubt
	if err := l.doubts(c.Feed(contact.Outlook)).Where("r.presence = ?", Suspect).Scan(ctx, &suspects); err != nil {
		return nil, wrap(doing, err)
	}
	linked := l.linked(contact.Outlook).Where("l.connection_id = ? AND l.epoch = ?", c.ID, c.Epoch)
	q := l.db.NewSelect().Model((*Record)(nil)).Column("id", "version", "changed").
		Where("r.feed = ?", c.Feed(contact.Outlook)).OrderExpr("EXISTS (?) DESC, r.seen_at, r.id", linked)
	if most > 0 {
		q = q.Where("r.presence = ?", contact.Outside).Limit(most)
	} else {
		q = q.Where("r.presence = ? OR r.presence = ? AND EXISTS (?)", contact.Outside, contact.Deleted, linked)
	}
	if err := q.Scan(ctx, &away); err != nil {
		return nil, wrap(doing, err)
	}
	return append(suspects, away...), nil
}

// Missing gives those of the named records of a feed that were confirmed deleted.
func (l *Ledger) Missing(ctx context.Context, feed string, ids []string) ([]Doubt, error) {
	var out []Doubt
	q := l.db.NewSelect().Model((*Record)(nil)).Column("id", "version", "changed").
		Where("r.feed = ? AND r.presence = ? AND r.id = ANY(?)", feed, contact.Deleted, pgArray(ids)).Order("r.id")
	return out, wrap("read the deleted records", q.Scan(ctx, &out))
}

// Doubts gives the named records of a feed as the tree holds them.
func (l *Ledger) Doubts(ctx context.Context, feed string, ids []string) ([]Doubt, error) {
	var out []Doubt
	return out, wrap("read records", l.doubts(feed).Where("r.id = ANY(?)", pgArray(ids)).Scan(ctx, &out))
}
