package vtiger

import (
	"context"
	"strconv"

	"contactbridge/internal/contact"
)

// FindStamped looks stamps up in the field source, a hundred a query. That it shows none of them is believed only of a
// listing that shows the newest record. Twins are given both.
func (b *Book) FindStamped(ctx context.Context, stamps []string) ([]contact.Record, error) {
	doing := b.doing("look for stamped records of")
	wanted := map[string]bool{}
	var sources []string
	for _, s := range stamps {
		if s != "" && !wanted[s] {
			wanted[s] = true
			sources = append(sources, stampPrefix+s)
		}
	}
	var rows []row
	for _, portion := range portions(sources, pageRows) {
		found, err := b.sourced(ctx, doing, portion, wanted)
		if err != nil {
			return nil, err
		}
		rows = append(rows, found...)
	}
	return b.records(ctx, doing, rows)
}

// sourced gives every row with one of the sources. vTiger compares without case and accents, so each is compared again;
// twins can make the answer longer than a page.
func (b *Book) sourced(ctx context.Context, doing string, sources []string, wanted map[string]bool) ([]row, error) {
	rows, _, err := b.where(ctx, doing, vtql("source in ?", sources))
	if err != nil {
		return nil, err
	}
	if len(rows) >= pageRows {
		if rows, err = b.sourcedPages(ctx, doing, sources); err != nil {
			return nil, err
		}
	}
	var out []row
	for _, r := range rows {
		if wanted[stampOf(r["source"])] {
			out = append(out, r)
		}
	}
	return out, nil
}

func (b *Book) sourcedPages(ctx context.Context, doing string, sources []string) ([]row, error) {
	var all []row
	after := ""
	for {
		rows, err := b.rows(ctx, doing, vtql("where source in ?", sources)+after+" order by id limit "+strconv.Itoa(pageRows))
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
		if len(rows) == 0 {
			return all, nil
		}
		after = vtql(" and id > ?", rows[len(rows)-1]["id"])
	}
}
