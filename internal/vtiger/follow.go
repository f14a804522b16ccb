package vtiger

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"contactbridge/internal/contact"
)

// Organisation is a record of Accounts as others refer to it.
type Organisation struct{ ID, Name string }

// Organisations reads the organisations saved since a cursor, and the cursor to go on from. A module that refers to none has
// none to follow. An empty cursor gives none and begins now: before the records are read, whose names are read with them.
// Renaming an organisation moves no modified time of the records that refer to it. Each reading begins overlap before the
// one before it. Kind Unavailable when an empty answer is not true.
func (b *Book) Organisations(ctx context.Context, from string) (list []Organisation, next string, err error) {
	const doing = "follow the names of organisations in vTiger"
	if fields, err := b.toOrganisations(ctx); err != nil || len(fields) == 0 {
		return nil, from, err
	}
	now, err := b.client.Now(ctx)
	if err != nil {
		return nil, from, err
	}
	at, err := parseCursor(doing, accounts, from)
	if err != nil {
		return nil, from, err
	}
	begin := cursor{Module: accounts, Time: now.Add(-b.overlap).Format(timeForm), Proof: at.Proof}
	if from == "" {
		newest, err := b.newestOrganisation(ctx, doing)
		begin.Proof = newest["id"]
		return nil, begin.String(), err
	}
	for more := true; more; {
		var rows []row
		if rows, more, err = b.savedOrganisations(ctx, doing, at); err != nil {
			return nil, from, err
		}
		for _, r := range rows {
			list = append(list, Organisation{ID: r["id"], Name: r["accountname"]})
			at = at.moved(r)
			begin.Proof = r["id"]
		}
	}
	return list, begin.String(), nil
}

const organisationColumns = "select id,accountname,modifiedtime from Accounts "

// savedOrganisations reads the next page. The answer also shows one that was passed, if there was any; an empty answer is
// believed when the one saved last was passed, or when there is none any more.
func (b *Book) savedOrganisations(ctx context.Context, doing string, at cursor) (rows []row, more bool, err error) {
	rows, err = b.client.query(ctx, doing, organisationColumns+at.from()+"order by modifiedtime,id limit "+strconv.Itoa(pageRows))
	if err != nil || len(rows) > 0 {
		unpassed := at.unpassed(rows)
		return unpassed, len(rows) == pageRows && len(unpassed) > 0, err
	}
	if at.Proof == "" && at.ID == "" {
		return nil, false, nil
	}
	newest, err := b.newestOrganisation(ctx, doing)
	if err == nil && newest == nil {
		return nil, false, b.client.Book(accounts, 0).ensureEmpty(ctx, doing)
	}
	if err == nil && !at.passed(newest) {
		err = untrue(doing)
	}
	return nil, false, err
}

// newestOrganisation gives the one saved last, or nil.
func (b *Book) newestOrganisation(ctx context.Context, doing string) (row, error) {
	rows, err := b.client.query(ctx, doing, organisationColumns+"order by modifiedtime desc limit 1")
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

// accounts is vTiger's module of organisations.
const accounts = "Accounts"

// Referring reads the records that refer to one of the organisations, after an id or from the beginning, a hundred at a
// time; an untrue empty answer leaves an old name standing until the weekly reading of everything.
func (b *Book) Referring(ctx context.Context, organisations []string, after string) ([]contact.Record, error) {
	doing := b.doing("read what refers to organisations of")
	fields, err := b.toOrganisations(ctx)
	if err != nil || len(fields) == 0 {
		return nil, err
	}
	now, err := b.client.Now(ctx)
	if err != nil {
		return nil, err
	}
	var conditions []string
	for _, field := range fields { // vTiger knows no parentheses; and binds tighter than or
		condition := field + vtql(" in ?", organisations)
		if after != "" {
			condition += vtql(" and id > ?", after)
		}
		conditions = append(conditions, condition)
	}
	rows, err := b.rows(ctx, doing, "where "+strings.Join(conditions, " or ")+" order by id limit "+strconv.Itoa(pageRows))
	if err != nil {
		return nil, err
	}
	records, err := b.records(ctx, doing, rows)
	b.client.doubt(records, now)
	return records, err
}

// toOrganisations gives the module's fields that refer to organisations.
func (b *Book) toOrganisations(ctx context.Context) ([]string, error) {
	d, err := b.client.described(ctx, b.module)
	if err != nil {
		return nil, err
	}
	var out []string
	for field, modules := range d.references() {
		if slices.Contains(modules, accounts) {
			out = append(out, field)
		}
	}
	slices.Sort(out)
	return out, nil
}
