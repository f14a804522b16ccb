package vtigersim

import "fmt"

// AddRecord adds a record of any module in the CRM's pages, as AddContact adds a contact. It fails where the module is not
// simulated, and where the CRM refuses duplicates and holds one.
func (s *Server) AddRecord(module, owner string, fields map[string]string) (string, error) {
	t := s.tables[module]
	if t == nil || t.module.isDirectory() {
		return "", fmt.Errorf("add a record: no module %q", module)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	values := s.typed(t.module, fields)
	if s.duplicate(t.module, values, nil) {
		return "", fmt.Errorf("add a record of %s: it is a duplicate", module)
	}
	values[t.module.ownerAt] = owner
	r, _ := s.add(t.module, values, editor(owner), pageSource, s.numbers[module]+1)
	return r.id, nil
}

// Records returns the living records of a module in order of id, in the form of Record. Converted leads are not among
// them.
func (s *Server) Records(module string) []map[string]string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := s.tables[module]
	if t == nil {
		return nil
	}
	list := make([]map[string]string, 0, len(t.byID))
	for _, r := range t.byID {
		list = append(list, r.asMap())
	}
	return list
}

// carried are the fields of a lead that its contact takes over.
var carried = map[string]string{
	"firstname": "firstname", "lastname": "lastname", "email": "email", "secondaryemail": "secondaryemail", "phone": "phone",
	"mobile": "mobile", "designation": "title", "lane": "mailingstreet", "city": "mailingcity", "state": "mailingstate",
	"code": "mailingzip", "country": "mailingcountry", "description": "description",
}

// ConvertLead turns a lead into a contact in the CRM's pages and returns the contact's id. From then on no query shows
// the lead, though retrieve does; the contact's source is the pages'.
func (s *Server) ConvertLead(id string) (string, error) {
	fields, owner := map[string]string{}, ""
	err := s.atPage("convert", id, false, func(r *record) {
		if r.module.Name != "Leads" || r.converted {
			return
		}
		owner = r.owner()
		for from, to := range carried {
			fields[to] = r.values[r.module.at(from)]
		}
		s.tables["Leads"].remove(r)
		r.converted = true
	})
	if err == nil && owner == "" {
		err = fmt.Errorf("convert %s: no lead that can be converted", id)
	}
	if err != nil {
		return "", err
	}
	return s.AddContact(owner, fields), nil
}
