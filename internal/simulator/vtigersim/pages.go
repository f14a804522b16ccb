package vtigersim

import (
	"fmt"
	"slices"
	"strings"
)

// pageSource marks records made in the CRM's own pages.
const pageSource = "CRM"

// quiet fields can be set without a new modified time.
var quiet = []string{"starred", "tags"}

// AddAccount adds an organisation in the CRM's pages and returns its id; a living
// one of the same name is returned instead, since vTiger refuses the second.
func (s *Server) AddAccount(name string) string {
	m := s.tables["Accounts"].module
	s.mu.Lock()
	defer s.mu.Unlock()
	values := s.typed(m, map[string]string{"accountname": name})
	for _, r := range s.tables["Accounts"].byID {
		if comparableText(r.values[m.at("accountname")]) == comparableText(values[m.at("accountname")]) {
			return r.id
		}
	}
	values[m.ownerAt] = userPrefix + "1"
	r, _ := s.add(m, values, userPrefix+"1", pageSource, s.numbers[m.Name]+1)
	return r.id
}

// AddContact adds a contact in the CRM's pages, for a user or group, and returns
// its id. Fields that Contacts does not have are ignored.
func (s *Server) AddContact(owner string, fields map[string]string) string {
	return s.addTyped("Contacts", owner, fields)
}

// AddLead adds a lead as AddContact adds a contact.
func (s *Server) AddLead(owner string, fields map[string]string) string {
	return s.addTyped("Leads", owner, fields)
}

func (s *Server) addTyped(module, owner string, fields map[string]string) string {
	m := s.tables[module].module
	s.mu.Lock()
	defer s.mu.Unlock()
	values := s.typed(m, fields)
	values[m.ownerAt] = owner
	r, _ := s.add(m, values, editor(owner), pageSource, s.numbers[m.Name]+1)
	return r.id
}

// Edit saves fields of a record in the CRM's pages, as its owner. Nil fields are a
// save without a change, or a comment: only the modified time moves. Starring
// and tagging alone does not move it.
func (s *Server) Edit(id string, fields map[string]string) error {
	return s.atPage("edit", id, false, func(r *record) {
		values := s.typed(r.module, fields)
		silent := len(fields) > 0
		for name := range fields {
			silent = silent && slices.Contains(quiet, name)
		}
		if !silent {
			s.change(r, values, editor(r.owner()))
			return
		}
		for i, value := range values {
			r.values[i] = value
		}
	})
}

// Reassign hands a record to another user or group in the CRM's pages.
func (s *Server) Reassign(id, owner string) error {
	return s.atPage("reassign", id, false, func(r *record) {
		s.change(r, changes{r.module.ownerAt: owner}, editor(r.owner()))
	})
}

// Delete moves a record to the recycle bin.
func (s *Server) Delete(id string) error {
	return s.atPage("delete", id, false, s.discard)
}

// Restore brings a record back from the recycle bin, with a new modified time.
func (s *Server) Restore(id string) error {
	return s.atPage("restore", id, true, func(r *record) {
		r.deleted = false
		r.values[r.module.modifiedAt] = s.stamp()
		if !r.converted {
			s.tables[r.module.Name].insert(r)
		}
	})
}

// Purge removes a record from the recycle bin for good, deleting it first if it
// still lives.
func (s *Server) Purge(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.records[id]
	if r == nil || r.module.ownerAt < 0 {
		return fmt.Errorf("purge %s: no such record", id)
	}
	if !r.deleted {
		s.discard(r)
	}
	delete(s.records, id)
	return nil
}

// atPage runs one action on a living record, or on one in the recycle bin.
func (s *Server) atPage(what, id string, inBin bool, act func(*record)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.records[id]
	if r == nil || r.module.ownerAt < 0 || r.deleted != inBin {
		return fmt.Errorf("%s %s: no such record", what, id)
	}
	act(r)
	return nil
}

// editor is who works in the CRM's pages: the owner, or the first user where a
// group owns the record.
func editor(owner string) string {
	if strings.HasPrefix(owner, userPrefix) {
		return owner
	}
	return userPrefix + "1"
}

// typed converts what a person types. Unlike the web service, the pages can set
// tags; neither can set what the server fills.
func (s *Server) typed(m *module, fields map[string]string) changes {
	values := changes{}
	for name, text := range fields {
		i := m.at(name)
		if i < 0 || !m.Fields[i].writable() && name != "tags" {
			continue
		}
		f := &m.Fields[i]
		switch f.Type.Name {
		case "boolean", "date", "integer", "currency":
			// Only owners can be refused.
			values[i], _ = storedValue(&user{}, m, f, strings.TrimSpace(text), s.switches.charset())
		case "owner", "reference":
			values[i] = text
		default:
			values[i] = typedText(text, columnLength(m.Name, name), s.switches.charset())
		}
	}
	return values
}
