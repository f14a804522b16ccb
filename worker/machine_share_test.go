package worker_test

import (
	"fmt"

	"github.com/stretchr/testify/assert"

	"contactbridge/internal/contact"
)

// share is what there is of a person in a home at the end.
type share struct {
	*standing
	v, o []sheet              // in both sides
	away map[contact.Side]int // … and elsewhere, of others or in other folders
	who  string
}

func (m *machine) share(p *person, h *home) share {
	out := share{standing: m.standing(p, h), away: map[contact.Side]int{}}
	for _, s := range m.sheets(p) {
		switch {
		case h.holds(s) && s.side == contact.VTiger:
			out.v = append(out.v, s)
		case h.holds(s):
			out.o = append(out.o, s)
		case s.side == contact.VTiger || s.box == h.box:
			out.away[s.side]++
		}
	}
	out.who = fmt.Sprintf("%s of %s (%d in vTiger, %d in Outlook, %+v)", p.surname(), h.user.Name, len(out.v), len(out.o), *out.standing)
	return out
}

// checkPerson compares both sides of a home.
func (m *machine) checkPerson(p *person, h *home) {
	s := m.share(p, h)
	assert.LessOrEqual(m.t, len(s.v), 1+p.extra, "more often in vTiger than people made it: %s", s.who)
	assert.LessOrEqual(m.t, len(s.o), 1+p.extra, "more often in Outlook than people made it: %s", s.who)
	if p.copied {
		return
	}
	removed := s.left && h.removes
	missing := func(side contact.Side) {
		assert.True(m.t, s.deleted[side] || s.away[side] > 0 || removed, "missing in %s: %s", side, s.who)
	}
	switch {
	case len(s.v) == 0 && len(s.o) == 0:
		if s.known && !s.deleted[contact.VTiger] && !s.deleted[contact.Outlook] && !removed {
			assert.NotEmpty(m.t, m.sheets(p), "lost: %s", s.who)
		}
	case len(s.v) == 0:
		missing(contact.VTiger)
	case len(s.o) == 0:
		missing(contact.Outlook)
	case len(s.v) == 1 && len(s.o) == 1:
		m.checkAlike(s)
	}
	m.checkFate(s.fate, s.who, len(s.v), len(s.o))
}

func (m *machine) checkAlike(s share) {
	for _, pair := range fields {
		assert.Equal(m.t, s.v[0].fields[pair[0]], s.o[0].fields[pair[1]], "%s differs: %s", pair[0], s.who)
	}
}

// checkFate demands what a deletion must have come to.
func (m *machine) checkFate(f fate, who string, v, o int) {
	switch f {
	case gone:
		assert.Zero(m.t, v+o, "its deletion travels, and nobody brought it back: %s", who)
	case lives:
		assert.Positive(m.t, min(v, o), "an edit won over its deletion: %s", who)
	case staysV:
		assert.Positive(m.t, v, "its deletion in Outlook does not travel: %s", who)
	case staysO:
		assert.Positive(m.t, o, "its deletion in vTiger does not travel: %s", who)
	}
}
