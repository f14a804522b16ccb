package worker_test

import (
	"slices"

	"github.com/stretchr/testify/assert"

	"contactbridge/internal/contact"
)

// ends lets everything come to rest and compares it with what the test knows.
func (m *machine) ends() {
	m.tell("the end")
	if m.chance.IntN(4) == 0 {
		m.meet()
	}
	m.goHome()
	m.rests()
	m.look()
	lost := m.lost()
	for _, p := range m.people {
		for _, h := range m.homes {
			m.checkPerson(p, h)
		}
	}
	for _, s := range m.all() {
		m.checkSheet(s, lost)
	}
	m.checkGone()
	assert.Equal(m.t, m.others, m.business(), "nobody else's records are touched")
}

// checkSheet demands that every value which somebody last wrote to a record is still there, or explained.
func (m *machine) checkSheet(s sheet, lost map[string]bool) {
	for field, last := range m.ink.last[s.id] {
		if slices.Contains(foreign[s.side], field) {
			assert.Equal(m.t, last.value, s.fields[field], "the foreign field %s of %s", field, s.id)
			continue
		}
		assert.True(m.t, m.ink.explained(s.id, last, s.fields[field], lost), "%s of %s (%s in %s) shows %q after %q was written",
			field, s.id, s.fields["surname"], m.where(s), s.fields[field], last.value)
		if s.raw != nil && s.fields[field] == last.value && !lost[last.value] {
			assert.Equal(m.t, last.raw, s.raw[field], "what vTiger cannot hold stays in Outlook: %s of %s", field, s.id)
		}
	}
	for _, field := range foreign[s.side] {
		if m.ink.last[s.id][field] == nil && s.fields["surname"] != "Private" {
			assert.Empty(m.t, s.fields[field], "the foreign field %s of %s", field, s.id)
		}
	}
}

// checkGone demands that a record which is no more was deleted by somebody, or because somebody deleted its like.
func (m *machine) checkGone() {
	living := map[string]bool{}
	for _, s := range m.all() {
		living[s.id] = true
	}
	for id, s := range m.seen {
		if living[id] || m.killed[id] {
			continue
		}
		p, allowed := m.known(s), false
		for _, h := range m.homes {
			st := m.standing(p, h)
			allowed = allowed || st.deleted[s.side.Other()] || st.left && h.removes
		}
		if !allowed && s.side == contact.VTiger && !m.own[id] {
			allowed = len(m.sheets(p)) > 0 // a twin of our own making
		}
		assert.True(m.t, allowed, "%s of %s in %s vanished, and nobody deleted its like", id, p.surname(), m.where(s))
	}
}
