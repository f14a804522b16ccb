package vtiger

import (
	"context"
	"strconv"
	"time"

	"contactbridge/internal/contact"
)

// Page reads the next hundred records by (modified time, id). A record changed in mid-walk moves to the walk's end, or,
// changed after it, to the next walk, which begins overlap before this one did. There are no hints of removals.
//
// A walk is done when a listing shows nothing new and a record that it has passed: a short page proves nothing, and an empty
// one only together with a second listing, which must hold the newest record of the module. Kind Unavailable when vTiger's
// lists contradict each other.
func (b *Book) Page(ctx context.Context, from string) (contact.Page, error) {
	doing := b.doing("read the changes of")
	at, err := parseCursor(doing, b.module, from)
	if err != nil {
		return contact.Page{}, err
	}
	now, err := b.client.Now(ctx)
	if err != nil {
		return contact.Page{}, err
	}
	if at.Start == 0 {
		at.Start = now.Unix()
		b.forgetNames()
	}
	rows, err := b.ordered(ctx, doing, at.from())
	if err != nil {
		return contact.Page{}, err
	}
	var page contact.Page
	switch behind := at.unpassed(rows); {
	case len(behind) > 0:
		page, err = b.page(ctx, doing, at, behind)
	case len(rows) > 0: // nothing but what the walk has passed
		page = contact.Page{Next: at.ended(b.overlap).String(), Done: true}
	default:
		page, err = b.end(ctx, doing, at)
	}
	b.client.doubt(page.Records, now)
	return page, err
}

// doubt marks the records that changed too shortly before they were read.
func (c *Client) doubt(records []contact.Record, read time.Time) {
	for i := range records {
		if read.Sub(records[i].Changed) < c.young { // our clock of vTiger may be a second behind
			records[i].Young = c.young
		}
	}
}

func (b *Book) ordered(ctx context.Context, doing, condition string) ([]row, error) {
	return b.rows(ctx, doing, condition+"order by modifiedtime,id limit "+strconv.Itoa(pageRows))
}

// end is the answer to an empty page: the end, if it can be proved.
func (b *Book) end(ctx context.Context, doing string, at cursor) (contact.Page, error) {
	rows, proved, err := b.rest(ctx, doing, at)
	switch {
	case err != nil:
		return contact.Page{}, err
	case len(rows) > 0: // changed just now, or the empty page was untrue
		return b.page(ctx, doing, at, rows)
	case !proved:
		return contact.Page{}, untrue(doing)
	}
	return contact.Page{Next: at.ended(b.overlap).String(), Done: true}, nil
}

// rest looks for rows behind the cursor once more, where the record that was to prove their absence is gone. The proof is
// then the newest record.
func (b *Book) rest(ctx context.Context, doing string, at cursor) (rows []row, proved bool, err error) {
	newest, err := b.newest(ctx, doing)
	if err != nil {
		return nil, false, err
	}
	if newest == nil {
		return nil, !at.Knows, b.ensureEmpty(ctx, doing)
	}
	if at.ID != "" && newest["modifiedtime"] == at.Time { // one of that second, and not surely its last
		last, err := b.rows(ctx, doing, vtql("where modifiedtime = ? order by id desc limit 1", at.Time))
		if err != nil || len(last) == 0 {
			return nil, false, err
		}
		newest = last[0]
	}
	if at.passed(newest) {
		return nil, true, nil
	}
	rows, err = b.ordered(ctx, doing, at.after())
	return rows, false, err
}

func (b *Book) page(ctx context.Context, doing string, at cursor, rows []row) (contact.Page, error) {
	names := b.walkNames()
	records, err := b.recordsWith(ctx, doing, rows, names)
	if err != nil {
		return contact.Page{}, err
	}
	b.keepNames(names)
	return contact.Page{Records: records, Next: at.moved(rows[len(rows)-1]).String()}, nil
}

// The names of what records refer to are read once in a walk. Pages of two walks may be asked for at once, so each works
// on a copy.
func (b *Book) walkNames() map[string]string {
	b.mu.Lock()
	defer b.mu.Unlock()
	names := make(map[string]string, len(b.names))
	for id, name := range b.names {
		names[id] = name
	}
	return names
}

func (b *Book) keepNames(names map[string]string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.names = names
}

func (b *Book) forgetNames() { b.keepNames(map[string]string{}) }
