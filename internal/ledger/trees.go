package ledger

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
)

// Suspect is the presence of a record that its feed says has left, until somebody looked.
const Suspect contact.Presence = "suspect"

// Record is one row of a tree.
type Record struct {
	bun.BaseModel `bun:"table:records,alias:r"`

	Feed     string            `bun:"feed,pk"`
	ID       string            `bun:"id,pk"`
	Presence contact.Presence  `bun:"presence"`
	Version  string            `bun:"version"`
	Owner    string            `bun:"owner"`
	Stamp    string            `bun:"stamp"`
	Hash     string            `bun:"hash"` // of content, owner and presence
	Values   map[string]string `bun:"values,type:jsonb"`
	Changed  time.Time         `bun:"changed,nullzero"`
	Until    time.Time         `bun:"young_until,nullzero"` // it may be torn: it is believed when a reading that begins then shows the same
	Walk     int64             `bun:"walk"`
	SeenAt   time.Time         `bun:"seen_at"` // when the latest reading that showed it began
}

// Contact gives the record as the side showed it.
func (r Record) Contact() contact.Record {
	return contact.Record{ID: r.ID, Version: r.Version, Values: r.Values, Owner: r.Owner, Stamp: r.Stamp, Changed: r.Changed}
}

// Young tells whether a record may be torn; nothing is planned for it then.
func (r Record) Young() bool { return !r.Until.IsZero() }

// row makes a row of a present record that was read before now.
func row(f Feed, r contact.Record, now time.Time) Record {
	if r.Values == nil {
		r.Values = map[string]string{}
	}
	var until time.Time
	if r.Young > 0 {
		until = now.Add(r.Young)
	}
	return Record{
		Feed: f.ID, ID: r.ID, Presence: contact.Present, Version: r.Version, Owner: r.Owner, Stamp: r.Stamp,
		Hash: r.Hash(), Values: r.Values, Changed: r.Changed, Until: until, Walk: f.Walk, SeenAt: f.Began,
	}
}

// StorePage keeps a page and moves the cursor in one transaction; ErrMoved, and nothing kept, when the cursor is no longer
// the one that f was read with, or somebody else reads the feed now. Of a vTiger page only records are kept that some
// connection may use: their owner has a connection, or they are in the tree already. With a page that begins a new whole
// walk the feed counts one walk more and, until its reading ends, has no next whole walk due: what the walk does not show
// is still to be looked at, whoever reads on.
func (l *Ledger) StorePage(ctx context.Context, f Feed, page contact.Page, module string) (Feed, error) {
	next := f
	next.Cursor = page.Next
	if page.Restarted {
		next.Walk, next.WholeDue = f.Walk+1, time.Time{}
	}
	return next, l.tx(ctx, "store a page", func(ctx context.Context, tx bun.Tx) error {
		move := tx.NewUpdate().Model((*Feed)(nil)).Set("cursor = ?", page.Next)
		if page.Restarted {
			move = move.Set("walk = ?, whole_due = NULL", next.Walk)
		}
		res, err := move.Where("id = ? AND cursor = ? AND walk = ? AND fence = ?", f.ID, f.Cursor, f.Walk, f.Fence).Exec(ctx)
		if err := one(res, err, ErrMoved); err != nil {
			return err
		}
		if err := storeRecords(ctx, tx, next, page.Records, module); err != nil {
			return err
		}
		return suspect(ctx, tx, next, page.Gone)
	})
}

// storeRecords keeps those records that some connection may use; an empty module keeps all.
func storeRecords(ctx context.Context, tx bun.Tx, f Feed, records []contact.Record, module string) error {
	if module != "" {
		var err error
		if records, err = keepable(ctx, tx, f.ID, module, records); err != nil {
			return err
		}
	}
	return upsert(ctx, tx, f, records)
}

// keepable leaves out the records that no connection may use.
func keepable(ctx context.Context, tx bun.Tx, feed, module string, records []contact.Record) ([]contact.Record, error) {
	owners, known := map[string]bool{}, map[string]bool{}
	var list []string
	if err := tx.NewSelect().Model((*Connection)(nil)).Column("user_id").Where("module = ?", module).Scan(ctx, &list); err != nil {
		return nil, err
	}
	for _, o := range list {
		owners[o] = true
	}
	if len(records) == 0 {
		return nil, nil
	}
	list = nil
	if err := tx.NewSelect().Model((*Record)(nil)).Column("id").Where("feed = ? AND id IN (?)", feed, bun.List(idsOf(records))).Scan(ctx, &list); err != nil {
		return nil, err
	}
	for _, id := range list {
		known[id] = true
	}
	var out []contact.Record
	for _, r := range records {
		if owners[r.Owner] || known[r.ID] {
			out = append(out, r)
		}
	}
	return out, nil
}

func idsOf(records []contact.Record) []string {
	ids := make([]string, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	return ids
}

// stillYoung is until when a record is young after a reading that shows it young. With another version it is young although
// it shows what it showed before: vTiger shows the time of a save before its values. A reading confirms what it shows only
// when it began after as long as a save may take.
const stillYoung = "CASE WHEN EXCLUDED.hash <> r.hash OR EXCLUDED.version <> r.version THEN EXCLUDED.young_until " +
	"WHEN EXCLUDED.young_until IS NOT NULL AND r.young_until > EXCLUDED.seen_at THEN r.young_until END"

// upsert stores present records. A reading that cannot show the stamp does not forget it. An older reading does not undo a
// newer one, whichever is stored first: it counts only for what it shows changed later.
func upsert(ctx context.Context, db bun.IDB, f Feed, records []contact.Record) error {
	now, err := clock(ctx, db, records)
	if err != nil {
		return err
	}
	latest := map[string]Record{}
	var order []string
	for _, r := range records {
		if _, twice := latest[r.ID]; !twice {
			order = append(order, r.ID)
		}
		latest[r.ID] = row(f, r, now)
	}
	if len(order) == 0 {
		return nil
	}
	slices.Sort(order) // so that two transactions lock in the same order
	rows := make([]Record, len(order))
	for i, id := range order {
		rows[i] = latest[id]
	}
	_, err = db.NewInsert().Model(&rows).On("CONFLICT (feed, id) DO UPDATE").
		Set("presence = EXCLUDED.presence, version = EXCLUDED.version, owner = EXCLUDED.owner, hash = EXCLUDED.hash").
		Set(`"values" = EXCLUDED."values", changed = EXCLUDED.changed, walk = EXCLUDED.walk`).
		Set("seen_at = GREATEST(EXCLUDED.seen_at, r.seen_at)").
		Set("young_until = " + stillYoung).
		Set("stamp = CASE WHEN EXCLUDED.stamp = '' THEN r.stamp ELSE EXCLUDED.stamp END").
		Where("EXCLUDED.changed > r.changed OR EXCLUDED.seen_at >= r.seen_at AND " +
			"(r.changed IS NULL OR EXCLUDED.changed IS NULL OR EXCLUDED.changed = r.changed OR r.presence <> 'present')").Exec(ctx)
	return err
}

// clock is the database's, which tells when readings begin; it is asked only for records that are young.
func clock(ctx context.Context, db bun.IDB, records []contact.Record) (now time.Time, err error) {
	if slices.ContainsFunc(records, func(r contact.Record) bool { return r.Young > 0 }) {
		err = db.NewRaw("SELECT clock_timestamp()").Scan(ctx, &now)
	}
	return now, err
}

// suspect marks records that the feed says have left, or that it could not show, so that somebody looks at them. A feed
// may say so twice on one page.
func suspect(ctx context.Context, db bun.IDB, f Feed, ids []string) error {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) == 0 {
		return nil
	}
	rows := make([]Record, len(ids))
	for i, id := range ids {
		rows[i] = Record{Feed: f.ID, ID: id, Presence: Suspect, SeenAt: f.Began, Hash: string(Suspect), Values: map[string]string{}, Walk: f.Walk}
	}
	_, err := db.NewInsert().Model(&rows).On("CONFLICT (feed, id) DO UPDATE").
		Set("presence = EXCLUDED.presence, hash = EXCLUDED.hash").Where("r.presence = ?", contact.Present).Exec(ctx)
	return err
}

// StoreSightings keeps what Look answered about the doubts; f was read before it was asked. Unknown changes nothing. An older modified time than the one
// held is believed where nobody stored the record since the doubt: the side's clock or its data were set back.
func (l *Ledger) StoreSightings(ctx context.Context, f Feed, doubts []Doubt, sightings []contact.Sighting) error {
	held := map[string]Doubt{}
	for _, d := range doubts {
		held[d.ID] = d
	}
	return l.tx(ctx, "store what was looked up", func(ctx context.Context, tx bun.Tx) error {
		var present []contact.Record
		for _, s := range sightings {
			switch s.Presence {
			case contact.Present:
				present = append(present, s.Record)
				if d := held[s.ID]; s.Record.Changed.Before(d.Changed) {
					_, err := tx.NewUpdate().Model((*Record)(nil)).Set("changed = NULL").
						Where("feed = ? AND id = ? AND version = ?", f.ID, s.ID, d.Version).Exec(ctx)
					if err != nil {
						return err
					}
				}
			case contact.Deleted, contact.Outside:
				_, err := tx.NewUpdate().Model((*Record)(nil)).Set("presence = ?, hash = ?", s.Presence, s.Presence).
					Set("walk = ?, seen_at = ?, young_until = NULL", f.Walk, f.Began).
					Where("feed = ? AND id = ? AND seen_at <= ?", f.ID, s.ID, f.Began).Exec(ctx)
				if err != nil {
					return err
				}
			}
		}
		return upsert(ctx, tx, f, present)
	})
}

// StoreStamps keeps the stamps of a folder's records, once for its first walk.
func (l *Ledger) StoreStamps(ctx context.Context, f Feed, stamps map[string]string) error {
	return l.tx(ctx, "store the stamps", func(ctx context.Context, tx bun.Tx) error {
		for id, stamp := range stamps {
			_, err := tx.NewUpdate().Model((*Record)(nil)).Set("stamp = ?", stamp).Where("feed = ? AND id = ?", f.ID, id).Exec(ctx)
			if err != nil {
				return err
			}
		}
		_, err := tx.NewUpdate().Model((*Feed)(nil)).Set("stamped_at = now()").Where("id = ?", f.ID).Exec(ctx)
		return err
	})
}
