package worker_test

import (
	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// home is one user's share: what the user owns in vTiger, and the mailbox folder that the user's connection syncs it with.
type home struct {
	*rig
	number  int
	box     string // the mailbox it is signed in to now
	folder  string // empty: the default one
	tries   int    // counts its syncs
	clean   int    // the last one after which everything that was done before had its effect
	removes bool   // it ever removed the copies of those who left its scope
}

// noteRemoves notes whether copies may be removed from now on.
func (h *home) noteRemoves() {
	h.removes = h.removes || h.current().Settings.OnScopeExit == ledger.RemoveCopy
}

// standing is what becomes of a person in a home.
type standing struct {
	known   bool                  // somebody made a record of the person here
	left    bool                  // somebody took one of the person's records out of somebody's scope, ever
	unquiet int                   // the home's tries when the person was last made, moved, copied, restored …
	edited  map[contact.Side]int  // … and last edited there; absent: never
	deleted map[contact.Side]bool // somebody deleted a record there, ever
	pending fate                  // what the next clean sync must lead to
	since   int                   // the home's tries when that became so
	fate    fate                  // what must be so at the end
}

// calm tells whether nothing but edits and deletions happened to the person since a clean sync.
func (s *standing) calm(h *home) bool { return s.unquiet < h.clean }

func (m *machine) standing(p *person, h *home) *standing {
	s := p.in[h]
	if s == nil {
		s = &standing{unquiet: h.tries, edited: map[contact.Side]int{}, deleted: map[contact.Side]bool{}}
		p.in[h] = s
	}
	return s
}

// stir says that something happened to a person after which no fate is sure before the next clean sync.
func (m *machine) stir(p *person, h *home) {
	s := m.standing(p, h)
	s.unquiet, s.pending, s.fate = h.tries, open, open
	for _, record := range m.sheets(p) {
		m.ink.soften(record.id)
	}
}

// stirAll does so for everybody in a home: its settings changed.
func (m *machine) stirAll(h *home, forget bool) {
	for _, p := range m.people {
		if m.standing(p, h).pending = open; forget {
			m.stir(p, h)
		}
	}
}
