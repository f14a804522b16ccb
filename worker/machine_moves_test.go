package worker_test

import (
	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// restores brings back what somebody deleted in vTiger, or the product did.
func (m *machine) restores() {
	if len(m.bin) == 0 {
		return
	}
	i := m.chance.IntN(len(m.bin))
	s := m.bin[i]
	m.bin = append(m.bin[:i:i], m.bin[i+1:]...)
	p := m.known(s)
	m.beforeSaving()
	if m.vtiger.Restore(s.id) != nil {
		return
	}
	m.tell("%s of %s is restored in vTiger", s.id, p.surname())
	p.extra++
	delete(m.killed, s.id)
	m.disturb(p)
}

// moves takes a contact of Outlook to another folder, or back.
func (m *machine) moves(s sheet) {
	to := sideFolder
	if s.folder != "" {
		to = "contacts"
	}
	m.tell("%s of %s in %s moves to %s", s.id, m.known(s).surname(), m.where(s), to)
	require.NoError(m.t, m.microsoft.Move(s.box, s.id, to))
	m.leaves(m.known(s))
}

// copies makes a user's copy of a contact of Outlook.
func (m *machine) copies(s sheet) {
	to := s.folder
	if to == "" {
		to = "contacts"
	}
	p := m.known(s)
	id, err := m.microsoft.CopyContact(s.box, s.id, to)
	require.NoError(m.t, err)
	m.tell("%s of %s in %s is copied: %s", s.id, p.surname(), m.where(s), id)
	m.ink.inherit(id, s.id)
	m.own[id] = true
	p.extra++
	p.copied = true
	m.disturb(p)
}

// reassigns hands a record of vTiger to the other user, unless that one knows the person already.
func (m *machine) reassigns(s sheet) {
	p := m.known(s)
	to := m.homes[0]
	if to.user.ID == s.owner {
		to = m.homes[1]
	}
	for _, other := range m.sheets(p) {
		if other.side == contact.VTiger && other.owner == to.user.ID {
			return
		}
	}
	m.tell("%s of %s is handed to %s", s.id, p.surname(), to.user.Name)
	m.beforeSaving()
	require.NoError(m.t, m.vtiger.Reassign(s.id, to.user.ID))
	m.standing(p, to).known = true
	m.leaves(p)
}

// merges lets a user of vTiger take what is known of one person into another's record and delete the first.
func (m *machine) merges(winner, loser sheet) {
	if winner.id == loser.id || winner.owner != loser.owner {
		return
	}
	m.tell("%s is merged into %s", loser.id, winner.id)
	m.edits(winner)
	m.deletes(loser)
}

// leaves notes that a record of a person left a scope, and disturbs.
func (m *machine) leaves(p *person) {
	for _, h := range m.homes {
		m.standing(p, h).left = true
	}
	m.disturb(p)
}

// disturb says that a person's fate is open in every home until the next clean sync.
func (m *machine) disturb(p *person) {
	for _, h := range m.homes {
		m.stir(p, h)
	}
}
