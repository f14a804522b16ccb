package worker_test

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/reconcile"
)

// What people do on both sides.

// makes adds a new person on a side of a home, or on both, known a little differently.
func (m *machine) makes(h *home) {
	p := &person{n: len(m.people) + 1, in: map[*home]*standing{}}
	m.people = append(m.people, p)
	sides := [][]contact.Side{{contact.VTiger}, {contact.Outlook}, contact.Sides[:]}[m.chance.IntN(3)]
	for _, side := range sides {
		m.tell("%s makes %s in %s", h.user.Name, p.surname(), side)
		m.add(h, p, side, len(sides) == 1)
	}
	m.standing(p, h).known = true
	m.stir(p, h)
}

// add makes one record of a person.
func (m *machine) add(h *home, p *person, side contact.Side, alone bool) {
	values := map[string]string{}
	for _, name := range append(synced(side), foreign[side]...) {
		if m.chance.IntN(2) == 0 {
			values[name] = m.word(side, name)
		}
	}
	var id string
	if side == contact.VTiger {
		id = m.addToVTiger(h, p, values, alone)
	} else {
		id = m.addToOutlook(h, p, values)
	}
	for name, v := range values {
		m.ink.write(id, name, "", v, false)
	}
	m.own[id] = true
}

// addToVTiger may let the record appear late. Who makes the same person in Outlook meanwhile makes two.
func (m *machine) addToVTiger(h *home, p *person, values map[string]string, alone bool) string {
	m.beforeSaving()
	all := maps.Clone(values)
	all["lastname"], all["email"] = p.surname(), p.address()
	if m.chance.IntN(4) == 0 && alone {
		m.vtiger.HoldCreates(1, m.landsAfter())
	}
	defer m.vtiger.ClearFaults()
	return m.vtiger.AddContact(h.user.ID, all)
}

func (m *machine) addToOutlook(h *home, p *person, values map[string]string) string {
	all := spelled(values)
	all["surname"], all["emailAddresses"] = p.surname(), []any{map[string]any{"address": p.address()}}
	id, err := m.microsoft.Create(h.box, h.folder, all)
	require.NoError(m.t, err)
	return id
}

// spelled gives Outlook's properties.
func spelled(values map[string]string) map[string]any {
	out := map[string]any{}
	for name, v := range values {
		if address, part, dotted := strings.Cut(name, "."); dotted {
			out[address] = map[string]any{part: v}
			continue
		}
		out[name] = v
	}
	return out
}

// word is a value that nobody wrote before, as the field takes it.
func (m *machine) word(side contact.Side, name string) string {
	m.words++
	switch {
	case name == "mobile" || name == "mobilePhone":
		return fmt.Sprintf("+41 79 %03d %02d %02d", m.seed%1000, m.words/100, m.words%100)
	case side == contact.Outlook && m.chance.IntN(8) == 0:
		return fmt.Sprintf("Word %d 🎉", m.words)
	case m.chance.IntN(8) == 0:
		return fmt.Sprintf("Wörd & <%d>", m.words)
	}
	return fmt.Sprintf("Word %d", m.words)
}

// beforeSaving makes what people save in vTiger fall into seconds of their own, after what they saved before.
func (m *machine) beforeSaving() {
	m.settled()
	m.clock.pass(time.Second)
	if m.chance.IntN(10) == 0 {
		m.clock.pass(2 * reconcile.CloseCall)
	}
}

// settled lands what vTiger still holds back: a save takes less time than a sync waits for it.
func (m *machine) settled() { m.vtiger.ReleaseSaves() }

// waits lets the time pass that a sync waits for saves.
func (m *machine) waits() {
	m.settled()
	_, err := m.ledger.DB().ExecContext(m.t.Context(), "UPDATE records SET young_until = young_until - ? * interval '1 second'", young.Seconds())
	require.NoError(m.t, err)
}
