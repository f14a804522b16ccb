package ledger

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
)

// Feed is how far one change feed was read.
type Feed struct {
	bun.BaseModel `bun:"table:feeds,alias:f"`

	ID        string     `bun:"id,pk"`
	Cursor    string     `bun:"cursor"`
	Walk      int64      `bun:"walk"`
	Fence     int64      `bun:"fence"`
	StampedAt *time.Time `bun:"stamped_at"` // when the stamps of an Outlook folder were listed
	ReadAt    time.Time  `bun:"read_at,nullzero"`
	CheckDue  time.Time  `bun:"check_due,nullzero"`
	WholeDue  time.Time  `bun:"whole_due,nullzero"`
	Astral    *bool      `bun:"astral"`         // whether the database holds characters above U+FFFF; nil: not known
	Names     string     `bun:"names"`          // how far the names of organisations were followed
	Began     time.Time  `bun:"began,scanonly"` // when this reading began, by the database's clock
}

// Covers tells whether a reading to the end began after a moment.
func (f Feed) Covers(moment time.Time) bool { return !f.ReadAt.Before(moment) }

// Feed reads a feed, making it at first use.
func (l *Ledger) Feed(ctx context.Context, id string) (Feed, error) {
	f := Feed{ID: id, Walk: 1}
	err := feed(ctx, l.db, &f)
	return f, wrap("read a feed", err)
}

func feed(ctx context.Context, db bun.IDB, f *Feed) error {
	if _, err := db.NewInsert().Model(f).On("CONFLICT (id) DO NOTHING").Exec(ctx); err != nil {
		return err
	}
	return db.NewSelect().Model(f).ColumnExpr("f.*, clock_timestamp() AS began").WherePK().Scan(ctx)
}

// held reads a feed that exists.
func held(ctx context.Context, tx bun.Tx, id string) (Feed, error) {
	f := Feed{ID: id}
	return f, tx.NewSelect().Model(&f).ColumnExpr("f.*, clock_timestamp() AS began").WherePK().Scan(ctx)
}

// BeginReading makes the holder of a lease the only one who may move the feed; a feed that nobody shares has fence 0.
// When a whole walk is due the cursor goes back to the beginning.
func (l *Ledger) BeginReading(ctx context.Context, id string, fence int64) (Feed, error) {
	f := Feed{ID: id, Walk: 1}
	return f, l.tx(ctx, "begin to read a feed", func(ctx context.Context, tx bun.Tx) error {
		f = Feed{ID: id, Walk: 1}
		if err := feed(ctx, tx, &f); err != nil {
			return err
		}
		q := tx.NewUpdate().Model(&f).Set("fence = ?", fence).Where("id = ? AND fence <= ?", id, fence)
		if !f.WholeDue.IsZero() && f.WholeDue.Before(f.Began) {
			q = q.Set("cursor = '', walk = walk + 1, whole_due = NULL")
		}
		res, err := q.Returning("cursor, walk, fence, whole_due").Exec(ctx)
		return one(res, err, ErrMoved)
	})
}

// Reading is what a reading that reached the end did besides.
type Reading struct {
	Listed    []string      // of Unlisted, the owners whose records are all kept now
	Checked   bool          // the known ids were asked for
	NextCheck time.Duration // … and are again after this
	Astral    *bool         // what was found out about the character set
	NextWhole time.Duration // when a whole walk is due, if none is planned yet
}

// EndReading says that a reading reached the end.
func (l *Ledger) EndReading(ctx context.Context, f Feed, r Reading) error {
	return l.tx(ctx, "end a reading", func(ctx context.Context, tx bun.Tx) error {
		q := tx.NewUpdate().Model((*Feed)(nil)).Set("read_at = GREATEST(read_at, ?)", f.Began).
			Set("whole_due = coalesce(whole_due, ?::timestamptz)", f.Began.Add(r.NextWhole)).Where("id = ? AND fence = ?", f.ID, f.Fence)
		if r.Astral != nil {
			q = q.Set("astral = ?", *r.Astral)
		}
		if r.Checked {
			q = q.Set("check_due = ?", f.Began.Add(r.NextCheck))
		}
		res, err := q.Exec(ctx)
		if err := one(res, err, ErrMoved); err != nil {
			return err
		}
		if len(r.Listed) == 0 {
			return nil
		}
		_, err = tx.NewRaw("UPDATE owners SET listed = true WHERE feed = ? AND owner = ANY(?)", f.ID, pgArray(r.Listed)).Exec(ctx)
		return err
	})
}

// StoreRecords keeps records that were read beside the feed's own pages.
func (l *Ledger) StoreRecords(ctx context.Context, f Feed, records []contact.Record, module string) error {
	return l.tx(ctx, "store records", func(ctx context.Context, tx bun.Tx) error {
		if err := fenced(ctx, tx, f); err != nil {
			return err
		}
		return storeRecords(ctx, tx, f, records, module)
	})
}

// fenced refuses with ErrMoved what somebody does who no longer reads the feed.
func fenced(ctx context.Context, tx bun.Tx, f Feed) error {
	mine, err := tx.NewSelect().Model((*Feed)(nil)).Where("id = ? AND fence = ?", f.ID, f.Fence).For("SHARE").Exists(ctx)
	if err == nil && !mine {
		err = ErrMoved
	}
	return err
}

// Organisation is a record that others refer to by name.
type Organisation struct{ ID, Name string }

// Renamed keeps the organisations that were seen to change and gives those whose name the feed's records may not show yet.
func (l *Ledger) Renamed(ctx context.Context, f Feed, seen []Organisation) (ids []string, err error) {
	for _, o := range seen {
		var known bool
		known, err = l.db.NewSelect().TableExpr("organisations").Where("feed = ? AND id = ? AND name = ?", f.ID, o.ID, o.Name).Exists(ctx)
		if err != nil {
			return nil, wrap("compare the names of organisations", err)
		}
		if !known {
			ids = append(ids, o.ID)
		}
	}
	return ids, nil
}

// FollowedNames says that the feed's records show the organisations' names, as far as next.
func (l *Ledger) FollowedNames(ctx context.Context, f Feed, seen []Organisation, next string) error {
	return l.tx(ctx, "keep the names of organisations", func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewUpdate().Model((*Feed)(nil)).Set("names = ?", next).Where("id = ? AND fence = ?", f.ID, f.Fence).Exec(ctx)
		if err := one(res, err, ErrMoved); err != nil {
			return err
		}
		for _, o := range seen {
			_, err := tx.NewRaw("INSERT INTO organisations (feed, id, name) VALUES (?, ?, ?) ON CONFLICT (feed, id) DO UPDATE SET name = EXCLUDED.name", f.ID, o.ID, o.Name).Exec(ctx)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
