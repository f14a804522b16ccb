package vtigersim

import (
	"strconv"
)

// numberFields names the running number of each module and its first letters.
var numberFields = map[string][2]string{
	"Contacts": {"contact_no", "CON"},
	"Accounts": {"account_no", "ACC"},
	"Leads":    {"lead_no", "LEA"},
	"Vendors":  {"vendor_no", "VEN"},
}

// add stores a new record; values missing in c get their column's default. number
// is the running number drawn earlier. The second result is not nil while the
// record is kept from all readers. The caller holds s.mu.
func (s *Server) add(m *module, c changes, author, source string, number int) (*record, *lateSave) {
	s.lastEntity++
	r := &record{module: m, number: s.lastEntity, id: m.Prefix + "x" + strconv.Itoa(s.lastEntity)}
	r.values = make([]string, len(m.Fields))
	for i, f := range m.Fields {
		switch f.Type.Name {
		case "boolean", "integer":
			r.values[i] = "0"
		case "currency":
			r.values[i] = storedAmount("0")
		}
	}
	for i, value := range c {
		r.values[i] = value
	}
	s.numbers[m.Name] = number
	running := numberFields[m.Name]
	stamp := s.stamp()
	for name, value := range map[string]string{
		"id": r.id, "createdtime": stamp, "modifiedtime": stamp, "modifiedby": author,
		"source": fitColumn(source, sourceLength, s.switches.charset()), running[0]: running[1] + strconv.Itoa(number),
	} {
		if i := m.at(name); i >= 0 {
			r.values[i] = value
		}
	}
	appear := func() {
		s.records[r.id] = r
		s.tables[m.Name].insert(r)
	}
	if order := s.takeLate(lateCreates); order != nil {
		return r, s.postpone(order, appear)
	}
	appear()
	return r, nil
}

// change stores values and, as every save does, a new modified time, even when
// nothing differs. The result is not nil while values are held back. The caller
// holds s.mu.
func (s *Server) change(r *record, c changes, author string) *lateSave {
	save := s.store(r, c)
	if i := r.module.at("modifiedby"); i >= 0 {
		r.values[i] = author
	}
	s.tables[r.module.Name].touch(r, s.stamp())
	return save
}

// discard moves a record to the recycle bin. The caller holds s.mu.
func (s *Server) discard(r *record) {
	t := s.tables[r.module.Name]
	t.touch(r, s.stamp())
	t.remove(r)
	r.deleted = true
}

// nextNumber draws a running number without reserving it: vTiger does the same,
// so records created at the same time share one.
func (s *Server) nextNumber(m *module) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.numbers[m.Name] + 1
}

// ownerExists is asked after storing. The caller holds s.mu.
func (s *Server) ownerExists(r *record) bool {
	return r.module.ownerAt < 0 || s.records[r.owner()] != nil
}

// duplicate reports whether another living record has the same unique field:
// Accounts by name, Contacts by email where the CRM was set so. Records that the
// caller cannot see count too. The caller holds s.mu.
func (s *Server) duplicate(m *module, c changes, self *record) bool {
	name := map[string]string{"Accounts": "accountname"}[m.Name]
	if m.Name == "Contacts" && s.switches.isOn(&s.switches.uniqueEmails) {
		name = "email"
	}
	i := m.at(name)
	value := comparableText(c[i])
	if i < 0 || value == "" {
		return false
	}
	for _, r := range s.tables[m.Name].byID {
		if r != self && comparableText(r.values[i]) == value {
			return true
		}
	}
	return false
}
