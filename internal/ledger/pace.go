package ledger

import (
	"bytes"
	"context"
	"time"

	"github.com/uptrace/bun"
)

// pace is what a side keeps about one mailbox, and how often it was changed.
type pace struct {
	bun.BaseModel `bun:"table:paces"`

	Mailbox string `bun:"mailbox,pk"`
	Kept    []byte `bun:"kept"`
	Version int64  `bun:"version"`
}

// paceTries bounds how often a change begins anew because another came in between; each time another has succeeded.
const paceTries = 100

// Pace gives a function that changes what is kept about a mailbox, for all processes on this database. change is given the
// database's clock and what was kept, nil at first, and returns what is to be kept; the same again changes nothing. It
// must be pure, for it is called again when another change came in between; ErrMoved when that does not end.
//
// Neither a transaction nor a lock is held meanwhile: a read, and a write that names the version it was made from.
func (l *Ledger) Pace(tenant, mailbox string) func(ctx context.Context, change func(now time.Time, kept []byte) []byte) error {
	name := tenant + "/" + mailbox
	return func(ctx context.Context, change func(time.Time, []byte) []byte) error {
		for range paceTries {
			if done, err := l.changePace(ctx, name, change); done || err != nil {
				return wrap("keep the pace of a mailbox", err)
			}
		}
		return wrap("keep the pace of a mailbox", ErrMoved)
	}
}

// changePace is one try; not done means that another change came first.
func (l *Ledger) changePace(ctx context.Context, mailbox string, change func(time.Time, []byte) []byte) (done bool, err error) {
	var found struct {
		Now     time.Time
		Kept    []byte
		Version int64
	}
	err = l.db.NewSelect().ColumnExpr("clock_timestamp() AS now, p.kept, coalesce(p.version, 0) AS version").
		TableExpr("(SELECT 1) AS one").Join("LEFT JOIN paces AS p ON p.mailbox = ?", mailbox).Scan(ctx, &found)
	if err != nil {
		return false, err
	}
	next := change(found.Now, found.Kept)
	if bytes.Equal(next, found.Kept) {
		return true, nil
	}
	res, err := l.db.NewInsert().Model(&pace{Mailbox: mailbox, Kept: next, Version: found.Version + 1}).
		On("CONFLICT (mailbox) DO UPDATE").Set("kept = EXCLUDED.kept, version = EXCLUDED.version").
		Where("pace.version = ?", found.Version).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}
