package worker_test

import (
	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// edits changes or clears a few fields of a record.
func (m *machine) edits(s sheet) {
	values := map[string]string{}
	all := append(synced(s.side), foreign[s.side]...)
	for range 1 + m.chance.IntN(3) {
		name := all[m.chance.IntN(len(all))]
		values[name] = m.word(s.side, name)
		if m.chance.IntN(5) == 0 {
			values[name] = ""
		}
	}
	m.saves(s, values)
}

// saves writes values to a record, as a person does.
func (m *machine) saves(s sheet, values map[string]string) {
	p := m.known(s)
	m.tell("%s of %s in %s is edited: %q", s.id, p.surname(), m.where(s), values)
	for name, v := range values {
		m.ink.write(s.id, name, s.fields[name], v, m.firm(p, s))
	}
	if s.side == contact.VTiger {
		m.beforeSaving()
		m.late()
		require.NoError(m.t, m.vtiger.Edit(s.id, values))
		m.vtiger.ClearFaults()
	} else {
		require.NoError(m.t, m.microsoft.Edit(s.box, s.id, spelled(values)))
	}
	for _, h := range m.homesOf(s) {
		if s.changedBy(values) {
			m.wasEdited(p, h, s.side)
		}
	}
}

// changedBy tells whether values are another content of a record, as far as that is synced.
func (s sheet) changedBy(values map[string]string) bool {
	for _, name := range synced(s.side) {
		if v, written := values[name]; written && plain(v) != s.fields[name] {
			return true
		}
	}
	return false
}

// late lets the next save of vTiger be seen late or torn, sometimes.
func (m *machine) late() {
	switch m.chance.IntN(4) {
	case 0:
		m.vtiger.HoldValues(1, m.landsAfter())
	case 1:
		m.vtiger.TearSaves(1, m.landsAfter())
	}
}

// deletes deletes a record.
func (m *machine) deletes(s sheet) {
	p := m.known(s)
	m.tell("%s of %s in %s is deleted", s.id, p.surname(), m.where(s))
	for _, h := range m.homes {
		if h.holds(s) {
			m.wasDeleted(p, h, s.side)
			continue
		}
		// It may be what the home held before, or holds when it returns.
		st := m.standing(p, h)
		st.deleted[s.side] = true
		st.deleted[s.side.Other()] = st.deleted[s.side.Other()] || m.mixed
		m.stir(p, h)
	}
	if s.side == contact.VTiger {
		m.beforeSaving()
		require.NoError(m.t, m.vtiger.Delete(s.id))
		m.bin = append(m.bin, s)
	} else {
		require.NoError(m.t, m.microsoft.Delete(s.box, s.id))
	}
	m.killed[s.id] = true
}

// once tells whether both sides of a home hold a person exactly once, and nobody else does.
func (m *machine) once(p *person, h *home) bool {
	v, o := m.two(p, h)
	return v != nil && o != nil
}

// two gives the two records of a person where there are no others.
func (m *machine) two(p *person, h *home) (v, o *sheet) {
	all := m.sheets(p)
	for i, s := range all {
		switch {
		case !h.holds(s) || len(all) != 2:
			return nil, nil
		case s.side == contact.VTiger:
			v = &all[i]
		default:
			o = &all[i]
		}
	}
	return v, o
}

// alike tells whether two records show the same.
func alike(v, o *sheet) bool {
	for _, pair := range fields {
		if v.fields[pair[0]] != o.fields[pair[1]] {
			return false
		}
	}
	return true
}

// firm tells whether a record is known to be synced with its like, so that clearing a field is a change like any.
func (m *machine) firm(p *person, s sheet) bool {
	homes := m.homesOf(s)
	return !m.during && len(homes) == 1 && m.once(p, homes[0]) && m.standing(p, homes[0]).calm(homes[0])
}
