package graphsim

import (
	"maps"
	"slices"
)

// Contacts returns the living contacts of a folder in the order of their creation, as Graph shows them with immutable
// ids. Folder is an id or a name; "" is the default folder. It is nil if there is no such user or folder.
func (s *Server) Contacts(user, folder string) []map[string]any {
	a := s.directory.account(user)
	if a == nil {
		return nil
	}
	a.mailbox.mu.Lock()
	defer a.mailbox.mu.Unlock()
	f := a.mailbox.named(folder)
	if f == nil {
		return nil
	}
	all := make([]map[string]any, 0, len(f.items))
	for _, it := range f.items {
		all = append(all, shown(it))
	}
	return all
}

// Contact returns one living contact of the mailbox as Graph shows it with immutable ids; nil if there is none.
func (s *Server) Contact(user, id string) map[string]any {
	var found map[string]any
	_ = s.onItem(user, id, func(_ *mailbox, it *item) error { // no contact: nil says so
		found = shown(it)
		return nil
	})
	return found
}

// Stamp returns the value of the contact's single-value extended property; "" if it has none. Of several it is the
// one whose property id sorts first.
func (s *Server) Stamp(user, id string) string {
	var value string
	_ = s.onItem(user, id, func(_ *mailbox, it *item) error { // no contact: "" says so
		if properties := slices.Sorted(maps.Keys(it.stamps)); len(properties) > 0 {
			value = it.stamps[properties[0]]
		}
		return nil
	})
	return value
}

// DefaultID returns the id the contact has at present for clients that do not ask for immutable ids; "" if there is
// no such contact.
func (s *Server) DefaultID(user, id string) string {
	var regular string
	_ = s.onItem(user, id, func(_ *mailbox, it *item) error { // no contact: "" says so
		regular = it.id
		return nil
	})
	return regular
}

func shown(it *item) map[string]any {
	copied, _ := deepCopy(map[string]any(it.render(true))).(map[string]any)
	return copied
}

// deepCopy lets callers change what they were given.
func deepCopy(value any) any {
	switch v := value.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for name, part := range v {
			m[name] = deepCopy(part)
		}
		return m
	case []any:
		l := make([]any, len(v))
		for i, part := range v {
			l[i] = deepCopy(part)
		}
		return l
	}
	return value
}
