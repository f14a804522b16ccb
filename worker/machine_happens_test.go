package worker_test

import (
	"contactbridge/internal/contact"
)

// happens lets one thing happen: a sync, a decision, or what people do.
func (m *machine) happens() {
	h := m.homes[m.chance.IntN(2)]
	switch n := m.chance.IntN(20); {
	case n < 6:
		m.sync(h)
	case n < 8:
		m.decides(h)
	case n < 9:
		m.travels(h)
	case n < 10:
		m.answers(h, false)
	case n < 12:
		m.quarrels(h)
	default:
		m.acts(h)
	}
	m.look()
}

// acts lets a user do something.
func (m *machine) acts(h *home) {
	n := m.chance.IntN(20)
	if n < 3 {
		m.makes(h)
		return
	}
	s, found := m.some(h)
	switch {
	case n < 4:
		m.restores()
	case !found:
	case n < 12:
		m.edits(s)
	case n < 15:
		m.deletes(s)
	case n < 16 && s.side == contact.Outlook:
		m.moves(s)
	case n < 17 && s.side == contact.Outlook:
		m.copies(s)
	case n < 18 && s.side == contact.VTiger:
		if other, found := m.some(h); found && other.side == contact.VTiger {
			m.merges(s, other)
		}
	case n < 20 && s.side == contact.VTiger:
		m.reassigns(s)
	}
}

// some picks a record of a home; of Outlook one in its mailbox, whatever the folder.
func (m *machine) some(h *home) (sheet, bool) {
	side := contact.Sides[m.chance.IntN(2)]
	pick := m.chance.IntN(1 << 20)
	var mine []sheet
	for _, s := range m.all() {
		if s.side == side && (s.owner == h.user.ID || s.box == h.box) {
			mine = append(mine, s)
		}
	}
	if len(mine) == 0 {
		return sheet{}, false
	}
	return mine[pick%len(mine)], true
}
