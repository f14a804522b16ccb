package vtiger

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// witnesses is how many other filters are asked at most to bear witness for an empty one.
const witnesses = 3

// Members lists the members of a saved filter, as the integration account sees them, by id. known is false when vTiger's
// lists cannot be explained; nothing follows then. It costs about a tenth of a request a member, and half as much again
// for each further order where two do not show all.
//
// vTiger shows all records for a filter that does not exist, so id and name must stand in its list of filters before and
// after; else FilterGone. A name that changed counts as gone: its conditions may have changed with it. An empty listing is
// believed only beside another filter whose listing is not: vTiger reports a database error so. A membership that changed
// while it was read is not known, unless two changes cancel each other out.
func (b *Book) Members(ctx context.Context, f Filter) (ids []string, known bool, err error) {
	doing := b.doing("list the members of a saved filter of")
	all, err := b.standing(ctx, doing, f)
	if err != nil {
		return nil, false, err
	}
	s, err := b.client.described(ctx, b.module)
	if err != nil {
		return nil, false, err
	}
	r := &reading{book: b, doing: doing, filter: f.ID, prefix: s.Prefix, seen: map[string]bool{}}
	known, err = r.read(ctx, s.orderFields(), all)
	if err != nil {
		return nil, false, err
	}
	if _, err := b.standing(ctx, doing, f); err != nil || !known {
		return nil, false, err
	}
	ids = make([]string, 0, len(r.seen))
	for id := range r.seen {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Compare(idNumber(a), idNumber(b)) })
	return ids, true, nil
}

// standing lists the module's filters and makes sure that f is among them.
func (b *Book) standing(ctx context.Context, doing string, f Filter) ([]Filter, error) {
	all, err := b.client.Filters(ctx, b.module)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(all, func(o Filter) bool { return o.ID == f.ID && o.Name == f.Name }) {
		return nil, filterGone(doing, f.Name)
	}
	return all, nil
}

// reading is one attempt to read a filter.
type reading struct {
	book          *Book
	doing, filter string
	prefix        string
	seen          map[string]bool
}

// read lists the filter in one order after another until no member is missing.
func (r *reading) read(ctx context.Context, fields []string, all []Filter) (known bool, err error) {
	n, err := r.count(ctx, fields[0])
	if err != nil {
		return false, err
	}
	if n == 0 {
		return r.believablyEmpty(ctx, fields[0], all)
	}
	var listings []listing
	for _, o := range orders(n, fields) {
		l, err := r.list(ctx, o, n)
		if err != nil {
			return false, err
		}
		listings = append(listings, l)
		if explained(n, len(r.seen), listings) {
			return true, nil
		}
		if !l.plausible(n) || len(r.seen) > n { // it changed: another order would not help
			return false, nil
		}
	}
	return false, nil
}

// lastPage is far behind the end of any filter.
const lastPage = 1 << 20

// count finds how many members there are, by looking for the last page: in steps that double, then by halves.
func (r *reading) count(ctx context.Context, field string) (int, error) {
	low, high, rows := 0, 0, 0 // pages up to low are full, high is not, and shows so many rows
	for page := 1; high == 0 || low+1 < high; {
		if page > lastPage {
			return 0, rubbish(r.doing)
		}
		p, err := r.page(ctx, r.filter, order{field: field}, page)
		if err != nil {
			return 0, err
		}
		if p.More {
			low = page
		} else {
			high, rows = page, len(p.Records)
		}
		page = low * 2
		if high > 0 {
			page = (low + high) / 2
		}
	}
	return low*filterStep + rows, nil
}

// list reads all pages in one order. It ends where a page says that no more follow, and no later than n members need.
func (r *reading) list(ctx context.Context, o order, n int) (listing, error) {
	var l listing
	for page := 1; page <= n/filterStep+1; page++ {
		p, err := r.page(ctx, r.filter, o, page)
		if err != nil {
			return l, err
		}
		for _, raw := range p.Records {
			bare, isText := scalar(raw.ID)
			id := r.prefix + "x" + bare
			if !isText || !isID(id) {
				return l, rubbish(r.doing)
			}
			r.seen[id] = true
		}
		l.rows += len(p.Records)
		if !p.More {
			return l, nil
		}
		l.full++
	}
	return l, nil
}

// believablyEmpty asks another filter of the module to show a member, and then this one once more.
func (r *reading) believablyEmpty(ctx context.Context, field string, all []Filter) (bool, error) {
	o := order{field: field}
	for _, other := range witnessesFor(r.filter, all) {
		p, err := r.page(ctx, other.ID, o, 1)
		if err != nil {
			return false, err
		}
		if len(p.Records) == 0 {
			continue
		}
		p, err = r.page(ctx, r.filter, o, 1)
		return err == nil && len(p.Records) == 0 && !p.More, err
	}
	return false, nil
}

// witnessesFor gives the other filters to ask: those first that every installation has, which hold all records.
func witnessesFor(filter string, all []Filter) []Filter {
	others := slices.DeleteFunc(slices.Clone(all), func(f Filter) bool { return f.ID == filter })
	slices.SortStableFunc(others, func(a, b Filter) int {
		return strings.Compare(allFirst(a), allFirst(b))
	})
	return others[:min(len(others), witnesses)]
}

func allFirst(f Filter) string {
	if f.Shared && f.Name == "All" {
		return "0"
	}
	return "1"
}

// filterPageReply is one page of a filter. The ids of its records have no prefix.
type filterPageReply struct {
	Records []struct {
		ID json.RawMessage `json:"id"`
	} `json:"records"`
	Selected json.RawMessage `json:"selectedFilter"`
	More     bool            `json:"moreRecords"`
}

func (r *reading) page(ctx context.Context, filter string, o order, number int) (filterPageReply, error) {
	direction := "ASC"
	if o.down {
		direction = "DESC"
	}
	elements, err := json.Marshal(map[string]any{
		"module": r.book.module, "filterid": filter, "page": number, "orderBy": o.field, "sortOrder": direction,
	})
	if err != nil {
		return filterPageReply{}, err
	}
	var p filterPageReply
	form := url.Values{"elements": {string(elements)}}
	if err := r.book.client.mobile(ctx, r.doing, "mobile.listmodulerecords", form, &p); err != nil {
		return p, err
	}
	selected, _ := scalar(p.Selected)
	if p.Records == nil || selected != filter {
		return p, rubbish(r.doing)
	}
	return p, nil
}
