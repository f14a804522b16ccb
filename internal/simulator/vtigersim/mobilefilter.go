package vtigersim

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
)

// errMobileOff answers all of the Mobile module when it is switched off (read in
// its source, not recorded).
var errMobileOff = &refusal{1501, "Service not available"}

// mobileModule returns the module that a call of the Mobile module names.
func (s *Server) mobileModule(c *call, name string) (*module, error) {
	if s.switches.isOn(&s.switches.mobileOff) {
		return nil, errMobileOff
	}
	return s.named(c.user, name)
}

// fetchModuleFilters lists saved filters without their owners. An admin finds the
// private ones of everybody under Mine.
func (s *Server) fetchModuleFilters(c *call) (any, error) {
	m, err := s.mobileModule(c, c.params["module"])
	if err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	mine, shared := []any{}, []any{}
	for _, id := range slices.Sorted(maps.Keys(s.filters)) {
		f := s.filters[id]
		shown := object{{"id", strconv.Itoa(id)}, {"name", f.Name}, {"default", f.stock}}
		switch {
		case f.Module != m.Name:
		case !f.stock && (f.Owner == c.user.id || !f.Shared && c.user.Admin):
			mine = append(mine, shown)
		case f.Shared:
			shared = append(shared, shown)
		}
	}
	return object{
		{"filters", object{{"Mine", mine}, {"Shared", shared}, {"Others", []any{}}}},
		{"moduleLabel", m.Name},
	}, nil
}

const (
	mobilePage = 20
	// mobileStep is how far the next page starts: one more than a page holds, since
	// the record that was read only to see whether there are more is skipped.
	mobileStep = mobilePage + 1
)

// listModuleRecords is one page of a filter. A filter that does not exist, or is
// another module's, holds for all records; selectedFilter is what was asked for.
func (s *Server) listModuleRecords(c *call) (any, error) {
	e, err := parseElement(c.params["elements"])
	if err != nil {
		return nil, err
	}
	m, err := s.mobileModule(c, e["module"].text)
	if err != nil {
		return nil, err
	}
	if s.switches.broken(m.Name) {
		return listing(m, e, nil, false), nil
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	found := s.filtered(c.user, m, e)
	from := min((max(atoi(e["page"].text), 1)-1)*mobileStep, len(found))
	page := found[from:min(from+mobileStep, len(found))]
	more := len(page) == mobileStep
	if more {
		page = page[:mobilePage]
	}
	return listing(m, e, page, more), nil
}

// filtered are all records of a filter in the asked order, by id where there is
// none. The caller holds s.mu.
func (s *Server) filtered(u *user, m *module, e element) []*record {
	f := s.filterByID(e["filterid"].text)
	if f == nil || f.Module != m.Name {
		f = &savedFilter{}
	}
	var found []*record
	for _, r := range s.tables[m.Name].byID {
		if u.sees(r) && f.match(r) {
			found = append(found, r)
		}
	}
	if name := e["orderBy"].text; m.at(name) >= 0 {
		st := &statement{orderBy: []string{name}, descending: upperASCII(e["sortOrder"].text) == "DESC"}
		slices.SortStableFunc(found, s.tables[m.Name].order(st))
	}
	return found
}

// listing shows names and header columns only, and ids without their prefix.
func listing(m *module, e element, page []*record, more bool) object {
	columns := m.headerColumns()
	headers, records := []any{}, []any{}
	for _, i := range columns {
		headers = append(headers, object{{"name", m.Fields[i].Name}, {"label", m.Fields[i].Label}})
	}
	for _, r := range page {
		shown := object{{"id", r.number}}
		for _, i := range columns {
			shown = append(shown, member{m.Fields[i].Name, r.values[i]})
		}
		records = append(records, append(shown, member{m.Fields[m.idAt].Label, strconv.Itoa(r.number)}))
	}
	return object{
		{"records", records},
		{"headers", headers},
		{"selectedFilter", e["filterid"].text},
		{"orderBy", e["orderBy"].text},
		{"sortOrder", cmp.Or(e["sortOrder"].text, "ASC")},
		{"moreRecords", more},
	}
}

// emptyList is what a request's list looks like when its database fails.
func emptyList(q request) any {
	e, err := parseElement(q.post["elements"])
	if err != nil {
		return []any{}
	}
	return listing(&module{}, e, nil, false)
}

// headerColumns are the positions of name, phone and e-mail address.
func (m *module) headerColumns() []int {
	var columns []int
	for i, f := range m.Fields {
		if slices.Contains([]string{"firstname", "lastname", "accountname", "vendorname", "phone", "email", "email1"}, f.Name) {
			columns = append(columns, i)
		}
	}
	return columns
}
