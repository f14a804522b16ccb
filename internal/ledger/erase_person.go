package ledger

import (
	"context"
	"database/sql"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
)

// holdsAddress is the condition that one of the values of a record is, or has a line that is, the address.
const holdsAddress = `position(? in lower("values"::text)) > 0 AND EXISTS (SELECT 1 FROM jsonb_each_text("values") v,
	regexp_split_to_table(v.value, '[\n\r]+') line WHERE lower(btrim(line)) = ?)`

// saysAddress is the same of what a line of the log says.
const saysAddress = `position(? in lower(fields::text || native::text)) > 0 AND EXISTS (
	SELECT 1 FROM (SELECT jsonb_path_query(fields, 'strict $.**') UNION ALL SELECT jsonb_path_query(native, 'strict $.**')) s (v),
	regexp_split_to_table(v #>> '{}', '[\n\r]+') line WHERE jsonb_typeof(v) = 'string' AND lower(btrim(line)) = ?)`

// ErasePerson deletes what is kept of the person who has an e-mail address, which must be in lower case, from the log and
// the trees: the values of every record that shows the address and of the records linked with them, and in the log the name
// and the values of every line about these records or with the address. Nothing is changed on either side.
//
// What remains, and why: ids and times, so that the log still tells what was done; links that act, with the values on which
// both sides last agreed, for without them a contact would be inserted twice, or a value that one side holds cut short would
// flow back; operations whose answer is awaited, which are counted as Unclear. As long as the person is in vTiger or Outlook
// their records are read again: linked ones and those of Outlook by the next sync, others by the next whole reading.
func (l *Ledger) ErasePerson(ctx context.Context, address string) (out Erased, err error) {
	const doing = "erase a person's data"
	var of person
	err = l.audited(ctx, doing, func(ctx context.Context, tx bun.Tx) (err error) {
		out, of = Erased{}, person{address: address}
		if err := of.find(ctx, tx); err != nil {
			return err
		}
		return of.erase(ctx, tx, &out)
	})
	if err != nil {
		return out, err
	}
	return out, wrap(doing, of.eraseLines(ctx, l.db, &out))
}

// person is what is known of somebody by their address: their records.
type person struct {
	address string
	ids     []string // of records, on either side
}

// mine is the condition that a row is about one of the records.
func (p person) mine() (string, any, any) {
	return "(vtiger_id = ANY(?) OR outlook_id = ANY(?))", pgArray(p.ids), pgArray(p.ids)
}

// find looks for the records with the address, and for those that are the same person's on the other side.
func (p *person) find(ctx context.Context, tx bun.Tx) error {
	err := tx.NewSelect().Model((*Record)(nil)).ColumnExpr("DISTINCT r.id").Where(holdsAddress, p.address, p.address).Scan(ctx, &p.ids)
	if err != nil {
		return err
	}
	where, v, o := p.mine()
	var links []Link
	if err := tx.NewSelect().Model(&links).Column("vtiger_id", "outlook_id").Where(where, v, o).Scan(ctx); err != nil {
		return err
	}
	for _, l := range links {
		p.ids = append(p.ids, l.VTigerID, l.OutlookID)
	}
	return nil
}

// erase empties the trees and what waits. A present record becomes one that has to be looked at, so that no plan takes it
// for an empty contact; and plans that are being made of the old values are not kept.
func (p *person) erase(ctx context.Context, tx bun.Tx, out *Erased) error {
	where, v, o := p.mine()
	// Before the records: plans and settlements hold the connection first.
	_, err := tx.NewUpdate().Model((*Connection)(nil)).Set("settings_version = settings_version + 1").
		Where("EXISTS (SELECT 1 FROM links l WHERE l.connection_id = c.id AND "+where+")", v, o).
		WhereOr("EXISTS (SELECT 1 FROM records r WHERE r.id = ANY(?) AND (r.feed LIKE 'outlook/' || c.id || '/%' OR r.feed = 'vtiger/' || c.module AND "+owns+"))", pgArray(p.ids)).
		Exec(ctx)
	if err != nil {
		return err
	}
	records := tx.NewUpdate().Model((*Record)(nil)).Set(`"values" = '{}'`).
		Set("presence = CASE presence WHEN ? THEN ? ELSE presence END", contact.Present, Suspect).
		Set("hash = CASE presence WHEN ? THEN ? ELSE hash END", contact.Present, Suspect).
		Where("r.id = ANY(?)", pgArray(p.ids)).Where(`r."values" <> '{}'`)
	links := tx.NewUpdate().Model((*Link)(nil)).Set("base = '{}', replaced = '{}'").Where("state = ?", ended).Where(where, v, o)
	holds := tx.NewUpdate().Model((*Hold)(nil)).Set("name = '', shown = '{}', fields = '{}'").Where(where, v, o)
	for _, step := range []struct {
		count *int
		q     interface {
			Exec(context.Context, ...any) (sql.Result, error)
		}
	}{{&out.Records, records}, {&out.Links, links}, {&out.Holds, holds}} {
		res, err := step.q.Exec(ctx)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if *step.count = int(n); err != nil {
			return err
		}
	}
	if _, err := tx.NewUpdate().Model((*Quarantined)(nil)).Set("name = ''").Where(where, v, o).Exec(ctx); err != nil {
		return err
	}
	// It is planned again from what the sides show.
	if _, err := tx.NewDelete().Model((*Operation)(nil)).Where("outcome = ?", Planned).Where(where, v, o).Exec(ctx); err != nil {
		return err
	}
	_, err = tx.NewDelete().Model((*instanceAnswer)(nil)).Where("address = ?", p.address).Exec(ctx)
	return err
}

// eraseLines takes names and values out of the log, so many ids at a time.
func (p *person) eraseLines(ctx context.Context, db *bun.DB, out *Erased) error {
	var last int64
	if err := db.NewSelect().Model((*Operation)(nil)).ColumnExpr("coalesce(max(id), 0)").Scan(ctx, &last); err != nil {
		return err
	}
	where, v, o := p.mine()
	for from := int64(0); from <= last; from += eraseSpan {
		theirs := func(q *bun.UpdateQuery) *bun.UpdateQuery {
			return q.Where("id > ? AND id <= ?", from, from+eraseSpan).WhereGroup(" AND ", func(q *bun.UpdateQuery) *bun.UpdateQuery {
				return q.WhereOr(where, v, o).WhereOr("lower(name) = ?", p.address).WhereOr(saysAddress, p.address, p.address)
			})
		}
		res, err := theirs(db.NewUpdate().Model((*Operation)(nil)).Set("name = '', fields = '{}', native = '{}', claims = '{}'")).
			Where("outcome NOT IN (?, ?)", Planned, Unclear).Exec(ctx)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		out.Operations += int(n)
	}
	waiting, err := db.NewSelect().Model((*Operation)(nil)).Where("outcome = ?", Unclear).Where(where, v, o).Count(ctx)
	out.Unclear = int(waiting)
	return err
}

// eraseSpan bounds how many lines one statement looks at.
const eraseSpan = 20_000
