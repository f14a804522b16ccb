package vtigersim

import (
	"errors"
	"regexp"
	"slices"
)

// fromModule is how vTiger finds the module, before it parses anything.
var fromModule = regexp.MustCompile(`[fF][rR][oO][mM]\s+([^\s;]+)`)

// query answers rows as text or null. count(*) is always an empty list, and so
// is everything the database refuses: an empty answer proves nothing.
func (s *Server) query(c *call) (any, error) {
	text := c.params["query"]
	named := fromModule.FindStringSubmatch(text)
	if named == nil {
		return nil, errDeniedQuery
	}
	m, err := s.named(c.user, named[1])
	if err != nil {
		return nil, err
	}
	st, err := parse(text)
	if err != nil {
		return nil, err
	}
	positions, err := st.selected(m)
	if err != nil {
		return nil, err
	}
	f, err := bindAll(m, st.where, s.switches.charset())
	if err == nil {
		err = st.checkOrder(m)
	}
	if errors.Is(err, errDatabase) || err == nil && (st.count || s.switches.broken(m.Name)) {
		return []any{}, nil
	}
	if err != nil {
		return nil, err
	}
	rows, seen := s.rows(c.user, m, st, f, positions)
	s.landAll(seen)
	return rows, nil
}

// rows also returns the saves of which the rows show a part.
func (s *Server) rows(u *user, m *module, st *statement, f filter, positions []int) ([]any, []*lateSave) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	rows := []any{}
	var seen []*lateSave
	for _, r := range s.tables[m.Name].page(u, st, f) {
		rows = append(rows, s.row(r, positions))
		seen = append(seen, r.seenTorn(positions)...)
	}
	return rows, seen
}

// selected returns the positions of the selected fields; id is always among them.
func (st *statement) selected(m *module) ([]int, error) {
	var positions []int
	for i, f := range m.Fields {
		if st.columns == nil && f.Name != "" && !slices.Contains(secret, f.Name) {
			positions = append(positions, i)
		}
	}
	for _, name := range st.columns {
		i := m.at(name)
		if i < 0 || slices.Contains(secret, name) {
			return nil, &refusal{"ACCESS_DENIED", "Permission to access '." + name + ".' attribute denied."}
		}
		if !slices.Contains(positions, i) {
			positions = append(positions, i)
		}
	}
	if !slices.Contains(positions, m.idAt) {
		positions = append(positions, m.idAt)
	}
	return positions, nil
}

// checkOrder finds what the database would: nobody else looks at these names.
func (st *statement) checkOrder(m *module) error {
	for _, name := range st.orderBy {
		if m.at(name) < 0 {
			return errDatabase
		}
	}
	return nil
}
