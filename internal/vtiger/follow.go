package vtiger

import (
	"context"
	"strconv"

	"contactbridge/internal/contact"
)

// Organisation is a record of Accounts as others refer to it.
type Organisation struct{ ID, Name string }

// Organisations reads the organisations saved since a cursor, and the cursor to go on from. An empty cursor gives none and
// begins now: the names that records show were read with them. Renaming an organisation moves no modified time of the
// records that refer to it. An untrue empty answer costs nothing but time, since each reading begins overlap before the
// one before it.
func (b *Book) Organisations(ctx context.Context, from string) (list []Organisation, next string, err error) {
	const doing = "follow the names of organisations in vTiger"
	now, err := b.client.Now(ctx)
	if err != nil {
		return nil, from, err
	}
	at, err := parseCursor(doing, accounts, from)
	if err != nil {
		return nil, from, err
	}
	begin := cursor{Module: accounts, Time: now.Add(-b.overlap).Format(timeForm)}.String()
	if from == "" {
		return nil, begin, nil
	}
	for {
		rows, err := b.client.query(ctx, doing, "select id,accountname,modifiedtime from Accounts "+at.after()+
			"order by modifiedtime,id limit "+strconv.Itoa(pageRows))
		if err != nil {
			return nil, from, err
		}
		for _, r := range rows {
			list = append(list, Organisation{ID: r["id"], Name: r["accountname"]})
		}
		if len(rows) < pageRows {
			return list, begin, nil
		}
		at = at.moved(rows[len(rows)-1])
	}
}

// accounts is vTiger's module of organisations.
const accounts = "Accounts"

// Referring reads the records that refer to one of the organisations, after an id or from the beginning, a hundred at a
// time; an untrue empty answer leaves an old name standing until the weekly reading of everything.
func (b *Book) Referring(ctx context.Context, organisations []string, after string) ([]contact.Record, error) {
	doing := b.doing("read what refers to organisations of")
	now, err := b.client.Now(ctx)
	if err != nil {
		return nil, err
	}
	condition := vtql("where "+organisation+" in ?", organisations)
	if after != "" {
		condition += vtql(" and id > ?", after)
	}
	rows, err := b.rows(ctx, doing, condition+" order by id limit "+strconv.Itoa(pageRows))
	if err != nil {
		return nil, err
	}
	records, err := b.records(ctx, doing, rows)
	b.client.doubt(records, now)
	return records, err
}
