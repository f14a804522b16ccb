package worker_test

import "contactbridge/internal/contact"

// quarrels lets one person be edited on one side and deleted on the other before anybody syncs, or edited on both in the
// same field.
func (m *machine) quarrels(h *home) {
	v, o := m.couple(h)
	if v == nil {
		return
	}
	one, other := *v, *o
	if m.chance.IntN(2) == 0 {
		one, other = other, one
	}
	switch m.chance.IntN(4) {
	case 0:
		m.edits(one)
		m.deletes(other)
	case 1:
		m.deletes(other)
		m.edits(one)
	default: // vTiger's save is the one that may still be on its way
		pair := fields[m.chance.IntN(len(fields))]
		m.saves(*o, map[string]string{pair[1]: m.word(contact.Outlook, pair[1])})
		m.saves(*v, map[string]string{pair[0]: m.word(contact.VTiger, pair[0])})
	}
}

// couple picks a person whom both sides of a home hold once, and nobody else does.
func (m *machine) couple(h *home) (v, o *sheet) {
	for _, i := range m.chance.Perm(len(m.people)) {
		if v, o := m.two(m.people[i], h); v != nil && o != nil {
			return v, o
		}
	}
	return nil, nil
}
