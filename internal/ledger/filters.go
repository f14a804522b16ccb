package ledger

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// Filter is a saved filter of vTiger as a connection's settings name it. Another name under the same id is another
// filter: its conditions may have changed with its name.
type Filter struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// FilterState is what the last listing of a filter's members came to.
type FilterState string

// The states of a filter.
const (
	FilterKnown   FilterState = "known"
	FilterUnknown FilterState = "unknown" // never listed, or vTiger's lists could not be explained: the members listed before stand
	FilterGone    FilterState = "gone"    // vTiger no longer has it; the members listed before are kept
)

// Membership is a saved filter that some connection of a feed uses, listed once for all of them.
type Membership struct {
	bun.BaseModel `bun:"table:filters,alias:f"`

	Key      int64       `bun:"key,pk,autoincrement"`
	Feed     string      `bun:"feed"`
	ID       string      `bun:"id"`
	Name     string      `bun:"name"`
	State    FilterState `bun:"state"`
	AskedAt  *time.Time  `bun:"asked_at"`     // when a listing was last wanted at once
	TriedAt  *time.Time  `bun:"tried_at"`     // when the last listing began, whatever came of it
	ListedAt *time.Time  `bun:"listed_at"`    // when the listing began that gave the members; nil: never
	Now      time.Time   `bun:"now,scanonly"` // FilterOf: the clock of the times above
}

// filterMember is one record of a membership.
type filterMember struct {
	bun.BaseModel `bun:"table:filter_members,alias:fm"`

	Filter   int64  `bun:"filter,pk"`
	RecordID string `bun:"record_id,pk"`
}

// UsedFilters lists the filters that connections of a module use, as far as they were listed or asked for before.
func (l *Ledger) UsedFilters(ctx context.Context, module string) ([]Membership, error) {
	var out []Membership
	err := l.db.NewSelect().Model(&out).Where("f.feed = ?", vtigerFeed(module)).Where(`EXISTS (SELECT 1 FROM connections c WHERE c.module = ?
		AND f.id = c.settings #>> '{filter,id}' AND f.name = c.settings #>> '{filter,name}')`, module).Order("f.key").Scan(ctx)
	return out, wrap("list the filters in use", err)
}

// AskFilter makes the connection's filter due at once; nothing where it has none.
func (l *Ledger) AskFilter(ctx context.Context, c Connection) error {
	if c.Settings.Filter == nil {
		return nil
	}
	_, err := l.db.NewRaw(`INSERT INTO filters (feed, id, name, asked_at) VALUES (?, ?, ?, now())
		ON CONFLICT (feed, id, name) DO UPDATE SET asked_at = now()`, vtigerFeed(c.Module), c.Settings.Filter.ID, c.Settings.Filter.Name).Exec(ctx)
	return wrap("ask for a filter's members", err)
}

// FilterOf tells how the members of the connection's filter are known; ErrNotFound where it has none. A filter that was
// never listed is unknown, with no ListedAt.
func (l *Ledger) FilterOf(ctx context.Context, c Connection) (Membership, error) {
	const doing = "find the connection's filter"
	if c.Settings.Filter == nil {
		return Membership{}, wrap(doing, ErrNotFound)
	}
	m := []Membership{}
	err := l.db.NewSelect().Model(&m).ColumnExpr("f.*, now() AS now").Apply(ofConnection(c)).Scan(ctx)
	if err != nil || len(m) == 0 {
		return Membership{Feed: vtigerFeed(c.Module), ID: c.Settings.Filter.ID, Name: c.Settings.Filter.Name, State: FilterUnknown}, wrap(doing, err)
	}
	return m[0], nil
}

// Members lists the ids of the members of the connection's filter as last listed, in the order of the text. None where
// it has no filter, or one that was never listed: FilterOf tells these from an empty filter.
func (l *Ledger) Members(ctx context.Context, c Connection) ([]string, error) {
	ids := []string{}
	return ids, wrap("read a filter's members", members(l.db, c).Order("fm.record_id").Scan(ctx, &ids))
}

// members selects the ids of the members of the connection's filter, for a condition such as r.id IN (?).
func members(db bun.IDB, c Connection) *bun.SelectQuery {
	return db.NewSelect().Model((*filterMember)(nil)).Column("fm.record_id").
		Join("JOIN filters f ON f.key = fm.filter").Apply(ofConnection(c))
}

// ofConnection keeps the row of the connection's filter.
func ofConnection(c Connection) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		if c.Settings.Filter == nil {
			return q.Where("false")
		}
		return q.Where("f.feed = ? AND f.id = ? AND f.name = ?", vtigerFeed(c.Module), c.Settings.Filter.ID, c.Settings.Filter.Name)
	}
}
