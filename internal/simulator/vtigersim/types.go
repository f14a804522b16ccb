package vtigersim

import (
	"encoding/json"
	"slices"
)

// stillVisible are the only types that ordinary users see under the bug of
// SetHiddenModules.
var stillVisible = []string{"Groups", "Currency", "DocumentFolders", "CompanyDetails", "LineItem", "Tax", "ProductTaxes"}

func (s *Server) listTypes(c *call) (any, error) {
	types := schema().ordinary
	if c.user.Admin {
		types = schema().admin
	}
	kinds, err := fieldKinds(c.params["fieldTypeList"])
	if err != nil {
		return nil, errInternal
	}
	var names []string
	var information object
	for _, name := range types.Types {
		if !s.permitted(c.user, name) || len(kinds) > 0 && !schema().hasFieldOf(name, kinds) {
			continue
		}
		names = append(names, name)
		information = append(information, member{name, types.Information[name]})
	}
	return object{{"types", stringsToAny(names)}, {"information", information}}, nil
}

func fieldKinds(list string) ([]string, error) {
	if list == "" {
		return nil, nil
	}
	var kinds []string
	err := json.Unmarshal([]byte(list), &kinds)
	return kinds, err
}

func (s *Server) describe(c *call) (any, error) {
	m, err := s.named(c.user, c.params["elementType"])
	if err != nil {
		return nil, err
	}
	return m.describe(c.user.Admin, c.user.DateFormat), nil
}

// permitted reports whether the user may use a module at all.
func (s *Server) permitted(u *user, module string) bool {
	switch {
	case s.switches.off(module):
		return false
	case u.Admin:
		return true
	case module == "Users":
		return false
	default:
		return !s.switches.isOn(&s.switches.hiddenModules) || slices.Contains(stillVisible, module)
	}
}
