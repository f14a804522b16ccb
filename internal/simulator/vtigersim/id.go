package vtigersim

import (
	"strconv"
	"strings"
)

// resolve splits "12x3" into module and number. A reference without x and a
// known prefix with a bad number are INVALID_ID_ATTRIBUTE, an unknown prefix is
// ACCESS_DENIED.
func resolve(id string) (*module, int, error) {
	prefix, rest, ok := strings.Cut(id, "x")
	if !ok {
		return nil, 0, errBadID
	}
	m := schema().byPrefix[prefix]
	if m == nil {
		return nil, 0, errDeniedID
	}
	number, err := strconv.Atoi(rest)
	if err != nil {
		return nil, 0, errBadID
	}
	return m, number, nil
}

// find returns the living record that a caller names and may read. Two texts
// tell what is gone (or never was) from what belongs to somebody else. The
// caller holds s.mu.
func (s *Server) find(u *user, id string) (*record, error) {
	m, number, err := resolve(id)
	if err != nil {
		if !strings.Contains(id, "x") {
			return nil, errDeniedID
		}
		return nil, err
	}
	if !s.permitted(u, m.Name) {
		return nil, errDenied
	}
	r := s.records[m.Prefix+"x"+strconv.Itoa(number)]
	if r == nil || r.deleted {
		return nil, errDenied
	}
	if !u.sees(r) {
		return nil, errDeniedObject
	}
	return r, nil
}

// named returns the module that a caller names and may use.
func (s *Server) named(u *user, name string) (*module, error) {
	if !s.knows(name) {
		return nil, errDeniedName
	}
	t := s.tables[name]
	if t == nil || !s.permitted(u, name) {
		return nil, errDenied
	}
	return s.used(t.module), nil
}

// knows reports whether the CRM has a module of that name. MariaDB compares
// without case, so a wrong case is found here and denied later.
func (s *Server) knows(name string) bool {
	for known := range schema().admin.Information {
		if strings.EqualFold(known, name) {
			return true
		}
	}
	return false
}
