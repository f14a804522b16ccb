package vtiger

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
)

// named are the modules whose records, where another record refers to them, are told by name. References cannot be
// written here.
var named = []string{"Contacts", "Leads", "Accounts", "Vendors"}

// naming is how the references of some rows are told: by field, the modules it can refer to; by id, the name.
type naming struct {
	fields map[string][]string
	names  map[string]string
}

// resolve puts names in the place of the row's references. One that points to nothing that has a name is left out.
func (n naming) resolve(values map[string]string) {
	for field := range n.fields {
		name := n.names[values[field]]
		if delete(values, field); name != "" {
			values[field] = name
		}
	}
}

// naming learns how the rows' references are told, and adds to names what was not known yet. Rows that hold nothing in the
// form of an id need no describe.
func (b *Book) naming(ctx context.Context, rows []row, names map[string]string) (naming, error) {
	n := naming{names: names}
	if !slices.ContainsFunc(rows, row.refers) {
		return n, nil
	}
	own, err := b.client.described(ctx, b.module)
	if err != nil {
		return n, err
	}
	n.fields = own.references()
	wanted, err := b.unnamed(ctx, rows, n)
	if err != nil {
		return n, err
	}
	for _, module := range named {
		if err := b.nameAll(ctx, module, wanted[module], names); err != nil {
			return n, err
		}
	}
	return n, nil
}

// unnamed lists the ids, by module, that the rows refer to and whose names are not known.
func (b *Book) unnamed(ctx context.Context, rows []row, n naming) (map[string][]string, error) {
	wanted, asked := map[string][]string{}, map[string]bool{}
	for _, r := range rows {
		for field, modules := range n.fields {
			id := r[field]
			if _, known := n.names[id]; !isID(id) || known || asked[id] {
				continue
			}
			module, err := b.moduleOf(ctx, id, modules)
			if err != nil {
				return nil, err
			}
			if module != "" {
				asked[id], wanted[module] = true, append(wanted[module], id)
			}
		}
	}
	return wanted, nil
}

// refers tells whether a field of the row may be a reference.
func (r row) refers() bool {
	for name, text := range r {
		if !unmapped[name] && isID(text) {
			return true
		}
	}
	return false
}

// moduleOf finds which of the modules the id belongs to; empty when none.
func (b *Book) moduleOf(ctx context.Context, id string, modules []string) (string, error) {
	prefix, _, _ := strings.Cut(id, "x")
	for _, module := range modules {
		d, err := b.client.described(ctx, module)
		if err != nil {
			return "", err
		}
		if d.Prefix == prefix {
			return module, nil
		}
	}
	return "", nil
}

// nameAll adds the names of a module's records.
//
// One that the listing leaves out is asked for by itself: an empty name would travel as a cleared field, and an absence
// from a listing proves nothing.
func (b *Book) nameAll(ctx context.Context, module string, all []string, names map[string]string) error {
	const doing = "read the names of records that others refer to in vTiger"
	if len(all) == 0 {
		return nil
	}
	d, err := b.client.described(ctx, module)
	if err != nil {
		return err
	}
	labels := d.labels()
	if len(labels) == 0 {
		return rubbish(doing)
	}
	for _, ids := range portions(all, pageRows) {
		found, err := b.client.query(ctx, doing, "select id,"+strings.Join(labels, ",")+" from "+module+vtql(" where id in ?", ids))
		if err != nil {
			return err
		}
		for _, r := range found {
			names[r["id"]] = r.label(labels)
		}
		for _, id := range ids {
			if _, known := names[id]; known {
				continue
			}
			if names[id], err = b.client.nameOf(ctx, doing, id, labels); err != nil {
				return err
			}
		}
	}
	return nil
}

// label joins what the fields hold.
func (r row) label(fields []string) string {
	var words []string
	for _, f := range fields {
		if text := strings.TrimSpace(r[f]); text != "" {
			words = append(words, text)
		}
	}
	return strings.Join(words, " ")
}

// nameOf asks for one record; a deleted or invisible one has no name, a converted lead keeps its own.
func (c *Client) nameOf(ctx context.Context, doing, id string, labels []string) (string, error) {
	a, err := c.retrieve(ctx, doing, id)
	switch {
	case err != nil:
		return "", err
	case a.code == codeDenied && (a.message == messageNoRecord || a.message == messageNotVisible):
		return "", nil
	case a.code != "":
		return "", failure(doing, a)
	}
	var columns map[string]json.RawMessage
	if json.Unmarshal(a.result, &columns) != nil {
		return "", rubbish(doing)
	}
	return textual(columns).label(labels), nil
}
