package graphsim

import (
	"net/http"
	"slices"
	"strings"
)

// listContacts serves a page of a folder. Without a folder in the path it is the default folder; only a filter by an
// extended property then covers the whole mailbox.
func (s *Server) listContacts(c *call, r route, m *mailbox, set Settings) (answer, *refusal) {
	top, skip, refused := c.paging()
	if refused != nil {
		return answer{}, refused
	}
	if c.query.Has("$search") {
		return answer{}, refuse(http.StatusBadRequest, "ErrorInvalidUrlQuery", "The query option '$search' is not supported.")
	}
	property, refused := c.expanded()
	if refused != nil {
		return answer{}, refused
	}
	f, refused := parseFilter(c.query.Get("$filter"))
	if refused != nil {
		return answer{}, refused
	}
	sort, refused := c.ordering(f)
	if refused != nil {
		return answer{}, refused
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	in, refused := m.requireFolder(r.folder)
	if refused != nil {
		return answer{}, refused
	}
	everywhere := r.folder == "" && !set.StampsInFolderOnly
	list := sort(m.filtered(in, f, everywhere))
	value := []entity{}
	for _, it := range list[min(skip, len(list)):min(skip+top, len(list))] {
		value = append(value, it.sent(c.immutable(), set).pick(c.selected()).expand(it, property))
	}
	page := entity{"@odata.context": c.graphURL("$metadata#" + r.path), "value": value}
	if c.query.Get("$count") == "true" {
		page["@odata.count"] = len(list) + set.ContactLists
	}
	if len(list) > skip+top && !(set.TopIsTotal && c.query.Has("$top")) {
		page["@odata.nextLink"] = c.nextPage(r, skip+top)
	}
	return jsonAnswer(http.StatusOK, page), nil
}

func (m *mailbox) filtered(in *folder, f *filter, everywhere bool) []*item {
	if f == nil {
		return in.items
	}
	candidates, match := in.items, f.match
	if f.stamp != nil {
		candidates = m.stamps.items(*f.stamp)
		match = func(it *item) bool { return everywhere || it.folder == in }
	}
	var list []*item
	for _, it := range candidates {
		if match(it) {
			list = append(list, it)
		}
	}
	return list
}

// ordering reads $orderby: one property, which has to be the filtered one if there is a filter.
func (c *call) ordering(f *filter) (func([]*item) []*item, *refusal) {
	fields := strings.Fields(c.query.Get("$orderby"))
	if len(fields) == 0 {
		return func(list []*item) []*item { return list }, nil
	}
	property := fields[0]
	if f != nil && f.property != property {
		return nil, refuse(http.StatusBadRequest, "InefficientFilter",
			"The restriction or sort order is too complex for this operation.")
	}
	dated := property == "createdDateTime" || property == "lastModifiedDateTime"
	if len(fields) > 2 || !isText(property) && !dated {
		return nil, badRequest("The $orderby expression is not supported.")
	}
	descending := len(fields) == 2 && strings.EqualFold(fields[1], "desc")
	return func(list []*item) []*item {
		sorted := slices.Clone(list)
		slices.SortStableFunc(sorted, func(a, b *item) int {
			order := strings.Compare(a.sortKey(property), b.sortKey(property))
			if descending {
				return -order
			}
			return order
		})
		return sorted
	}, nil
}

func (it *item) sortKey(property string) string {
	switch property {
	case "createdDateTime":
		return timestamp(it.created)
	case "lastModifiedDateTime":
		return timestamp(it.modified)
	}
	value, _ := it.fields[property].(string)
	return strings.ToLower(value)
}
