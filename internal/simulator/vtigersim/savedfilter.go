package vtigersim

import (
	"fmt"
	"strconv"
)

// SavedFilter is a custom view: a named set of a module's records.
type SavedFilter struct {
	Owner  string // user id; a private filter is listed for this user and for admins
	Module string
	Name   string
	Shared bool
	// Where is a VTQL condition such as "mailingcity = 'Bonn'"; "" holds for all.
	Where string
	// Match decides beside Where; nil holds for all. It gets the form of Record and
	// must not call the Server.
	Match func(fields map[string]string) bool
}

type savedFilter struct {
	SavedFilter
	id    int
	stock bool // the module's "All", listed for everybody under Shared
	where filter
}

// Filters that every new installation has, as far as this CRM needs them. The ids
// of Leads, Accounts and Contacts are vTiger's own; that of Vendors is made up.
const lastStockFilter = 49

func stockFilters() map[int]*savedFilter {
	filters := map[int]*savedFilter{}
	for id, module := range map[int]string{1: "Leads", 4: "Accounts", 7: "Contacts", 31: "Vendors"} {
		all := SavedFilter{Owner: userPrefix + "1", Module: module, Name: "All", Shared: true}
		filters[id] = &savedFilter{SavedFilter: all, id: id, stock: true}
	}
	address := SavedFilter{Owner: userPrefix + "1", Module: "Contacts", Name: "Contacts Address", Shared: true}
	filters[8] = &savedFilter{SavedFilter: address, id: 8}
	return filters
}

// AddFilter adds a saved filter in the CRM's pages and returns its id, "50" for
// the first. It fails if the module, the owner or a field of Where does not exist.
func (s *Server) AddFilter(added SavedFilter) (string, error) {
	t := s.tables[added.Module]
	if t == nil || t.module.isDirectory() {
		return "", fmt.Errorf("add filter: no module %q", added.Module)
	}
	where, err := boundWhere(t.module, added.Where, s.switches.charset())
	if err != nil {
		return "", fmt.Errorf("add filter: condition: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users[added.Owner] == nil {
		return "", fmt.Errorf("add filter: no user %q", added.Owner)
	}
	s.lastFilter++
	s.filters[s.lastFilter] = &savedFilter{SavedFilter: added, id: s.lastFilter, where: where}
	return strconv.Itoa(s.lastFilter), nil
}

func boundWhere(m *module, condition string, set charset) (filter, error) {
	if condition == "" {
		return nil, nil
	}
	st, err := parse("select id from " + m.Name + " where " + condition + ";")
	if err != nil {
		return nil, err
	}
	return bindAll(m, st.where, set)
}

// UpdateFilter changes a saved filter as its owner would: rename, share, hide. Its
// module and Where stay as they are.
func (s *Server) UpdateFilter(id string, change func(*SavedFilter)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.filterByID(id)
	if f == nil {
		return fmt.Errorf("update filter %s: no such filter", id)
	}
	changed := f.SavedFilter
	change(&changed)
	changed.Module, changed.Where = f.Module, f.Where
	f.SavedFilter = changed
	return nil
}

// RemoveFilter deletes a saved filter.
func (s *Server) RemoveFilter(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.filterByID(id)
	if f == nil {
		return fmt.Errorf("remove filter %s: no such filter", id)
	}
	delete(s.filters, f.id)
	return nil
}

// filterByID is nil for an unknown id and for one that is no number. The caller
// holds s.mu.
func (s *Server) filterByID(id string) *savedFilter {
	number, err := strconv.Atoi(id)
	if err != nil {
		return nil
	}
	return s.filters[number]
}

func (f *savedFilter) match(r *record) bool {
	return f.where.match(r) && (f.Match == nil || f.Match(r.asMap()))
}
