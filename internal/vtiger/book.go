package vtiger

import (
	"context"
	"sync"
	"time"

	"contactbridge/internal/contact"
)

// batch is how many writes one call takes: about four seconds of a small server.
const batch = 50

// Book is one module of vTiger as the house sees it. It may be used from many goroutines.
type Book struct {
	client  *Client
	module  string
	overlap time.Duration

	mu    sync.Mutex
	names map[string]string // by id, of what records refer to, as read in this walk
}

var _ contact.Book = (*Book)(nil)

// Book gives a module as a contact.Book. overlap is how far each walk begins before the one before it began: vTiger has
// no transactions, so a record shows its new modified time before its new values, and either of them late. Minutes, not
// seconds.
func (c *Client) Book(module string, overlap time.Duration) *Book {
	return &Book{client: c, module: module, overlap: max(overlap, 0), names: map[string]string{}}
}

// Batch is how many writes one call takes.
func (b *Book) Batch() int { return batch }

// Stamps gives nil: every record of vTiger shows its stamp.
func (b *Book) Stamps(context.Context) (map[string]string, error) { return nil, nil }

// doing words what is being done for errors.
func (b *Book) doing(what string) string {
	if !isName(b.module) {
		return what + " a module of vTiger"
	}
	return what + " " + b.module + " in vTiger"
}

// rows asks for whole rows; where holds everything after the module's name.
func (b *Book) rows(ctx context.Context, doing, rest string) ([]row, error) {
	if err := ensureModule(doing, b.module); err != nil {
		return nil, err
	}
	return b.client.query(ctx, doing, "select * from "+b.module+" "+rest)
}

// newest gives the row changed last, or nil when the listing shows none. It asks for the same columns as every listing
// here, so that it fails with them when a joined table is broken.
func (b *Book) newest(ctx context.Context, doing string) (row, error) {
	rows, err := b.rows(ctx, doing, "order by modifiedtime desc limit 1")
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

// ensureEmpty refuses to believe that the module is empty while a listing of the ids alone, which joins fewer tables,
// shows one.
func (b *Book) ensureEmpty(ctx context.Context, doing string) error {
	rows, err := b.client.query(ctx, doing, "select id from "+b.module+" limit 1")
	if err == nil && len(rows) > 0 {
		return untrue(doing)
	}
	return err
}

// where asks for the rows that meet a condition and proves an empty answer by a second one that must hold the newest
// record. witness is the id of a living record that the answer held, or empty in an empty module.
func (b *Book) where(ctx context.Context, doing, condition string) (rows []row, witness string, err error) {
	rows, err = b.rows(ctx, doing, "where "+condition)
	if err != nil {
		return nil, "", err
	}
	if len(rows) > 0 {
		return rows, rows[0]["id"], nil
	}
	newest, err := b.newest(ctx, doing)
	if err != nil {
		return nil, "", err
	}
	if newest == nil {
		return nil, "", b.ensureEmpty(ctx, doing)
	}
	rows, err = b.rows(ctx, doing, "where "+condition+vtql(" or id = ?", newest["id"]))
	if err != nil {
		return nil, "", err
	}
	for _, r := range rows {
		if r["id"] == newest["id"] {
			return rows, r["id"], nil
		}
	}
	return nil, "", untrue(doing)
}

// records makes records of whole rows, with the names of what they refer to as vTiger has them now.
func (b *Book) records(ctx context.Context, doing string, rows []row) ([]contact.Record, error) {
	return b.recordsWith(ctx, doing, rows, map[string]string{})
}

func (b *Book) recordsWith(ctx context.Context, doing string, rows []row, names map[string]string) ([]contact.Record, error) {
	n, err := b.naming(ctx, rows, names)
	if err != nil {
		return nil, err
	}
	records := make([]contact.Record, len(rows))
	for i, r := range rows {
		if records[i], err = r.record(doing, n); err != nil {
			return nil, err
		}
	}
	return records, nil
}
