package vtigersim

import (
	"maps"
	"slices"
	"strings"
)

// Record returns a record as stored, the recycle bin included, with every field
// and two more: "label", and "deleted" ("1" in the recycle bin, else "0").
// References are as stored even where their target is gone. False means that it
// never existed or was purged.
func (s *Server) Record(id string) (map[string]string, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r := s.records[id]
	if r == nil {
		return nil, false
	}
	return r.asMap(), true
}

// Contacts returns the living contacts in order of id, in the form of Record.
func (s *Server) Contacts() []map[string]string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	list := make([]map[string]string, 0, len(s.tables["Contacts"].byID))
	for _, r := range s.tables["Contacts"].byID {
		list = append(list, r.asMap())
	}
	return list
}

// BySource returns the living records of all modules whose source begins with
// prefix, in any case, by module and id. Two with one source are twins.
func (s *Server) BySource(prefix string) []map[string]string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var list []map[string]string
	for _, name := range slices.Sorted(maps.Keys(s.tables)) {
		i := s.tables[name].module.at("source")
		if i < 0 {
			continue
		}
		for _, r := range s.tables[name].byID {
			if strings.HasPrefix(r.values[i], upperASCII(prefix)) {
				list = append(list, r.asMap())
			}
		}
	}
	return list
}

func (r *record) asMap() map[string]string {
	values := make(map[string]string, len(r.values)+2)
	for i, f := range r.module.Fields {
		values[f.Name] = r.values[i]
	}
	values["label"], values["deleted"] = r.module.label(r.values), "0"
	if r.deleted {
		values["deleted"] = "1"
	}
	return values
}
