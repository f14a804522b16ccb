package vtiger

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"contactbridge/internal/contact"
)

// Holder is a record of any owner that holds e-mail addresses.
type Holder struct {
	ID        string
	Owner     string
	Addresses []string // in normal form, each once
}

// addressesAtOnce is how many addresses one query asks for.
const addressesAtOnce = 50

// Holders asks the whole module, whoever owns its records, which of them hold any of the addresses. vTiger compares without
// case and accents, so a holder may be given for an address that is merely alike; its Addresses tell. That nobody holds an
// address is believed only of an answer that shows the newest record too, and that the module is empty only where no record
// of it is known.
func (b *Book) Holders(ctx context.Context, addresses []string, known bool) ([]Holder, error) {
	doing := b.doing("ask who holds e-mail addresses among")
	d, err := b.client.described(ctx, b.module)
	if err != nil {
		return nil, err
	}
	fields := d.ofType("email")
	newest, err := b.newest(ctx, doing)
	if err != nil || len(fields) == 0 {
		return nil, err
	}
	if newest == nil && known {
		return nil, untrue(doing)
	}
	if newest == nil {
		return nil, b.ensureEmpty(ctx, doing)
	}
	held := map[string]Holder{}
	for _, portion := range portionsWithin(expressible(addresses), addressesAtOnce, listLength/len(fields)) {
		rows, err := b.holding(ctx, doing, fields, portion, newest["id"])
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			held[r["id"]] = r.holder(fields)
		}
	}
	return slices.SortedFunc(maps.Values(held), func(a, b Holder) int { return strings.Compare(a.ID, b.ID) }), nil
}

// expressible leaves out what no query can say, which vTiger cannot hold either.
func expressible(addresses []string) []string {
	return slices.DeleteFunc(slices.Clone(addresses), func(a string) bool { return literal(a) == unwritable })
}

// ofType gives the names of the fields of a type.
func (d description) ofType(name string) []string {
	var out []string
	for _, f := range d.Fields {
		if f.Type.Name == name && isName(f.Name) {
			out = append(out, f.Name)
		}
	}
	slices.Sort(out)
	return out
}

func (r row) holder(fields []string) Holder {
	h := Holder{ID: r["id"], Owner: r["assigned_user_id"]}
	for _, f := range fields {
		if a := contact.NormalEmail(r[f]); a != "" && !slices.Contains(h.Addresses, a) {
			h.Addresses = append(h.Addresses, a)
		}
	}
	return h
}

// holding gives every row that holds one of the addresses in one of the fields, and the witness, which must be among them.
func (b *Book) holding(ctx context.Context, doing string, fields, addresses []string, witness string) ([]row, error) {
	condition := func(after string) string {
		parts := make([]string, len(fields))
		for i, f := range fields {
			parts[i] = f + vtql(" in ?", addresses) + after
		}
		return strings.Join(parts, " or ")
	}
	rows, err := b.rows(ctx, doing, "where "+condition("")+vtql(" or id = ?", witness))
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(rows, func(r row) bool { return r["id"] == witness }) && len(rows) < pageRows {
		return nil, untrue(doing) // or it was deleted just now; then the next attempt has another witness
	}
	if len(rows) < pageRows {
		return rows, nil
	}
	all := rows
	for after := ""; ; {
		rows, err := b.rows(ctx, doing, "where "+condition(after)+" order by id limit "+strconv.Itoa(pageRows))
		if err != nil || len(rows) == 0 {
			return all, err
		}
		all = append(all, rows...)
		after = vtql(" and id > ?", rows[len(rows)-1]["id"])
	}
}
