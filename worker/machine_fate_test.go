package worker_test

import (
	"contactbridge/internal/contact"
	"contactbridge/internal/reconcile"
)

// fate is what a deletion must come to, where people and settings leave no doubt.
type fate string

// The fates.
const (
	open   fate = ""             // any of the others may be right
	gone   fate = "gone"         // it travels
	lives  fate = "lives"        // an edit wins over it: the person is on both sides again
	staysV fate = "stays-vtiger" // its travelling is switched off: the other side's record stays
	staysO fate = "stays-outlook"
)

func stays(side contact.Side) fate {
	if side == contact.VTiger {
		return staysV
	}
	return staysO
}

// wasEdited notes an edit. One that is there when a sync first sees a deletion counts, whichever was first.
func (m *machine) wasEdited(p *person, h *home, side contact.Side) {
	s := m.standing(p, h)
	s.edited[side] = h.tries
	switch {
	case m.during:
		s.pending = open
	case s.pending != gone || s.deleted[side] || h.current().Settings.DeleteVersus != "editWins":
	case s.since == h.tries:
		s.pending = lives
	default: // a sync may have seen the deletion already, and the edit came too late
		s.pending = open
	}
}

// wasDeleted notes that a person deleted one of a home's records. The fate is sure only where the two sides were known to
// hold the person once and alike, and nobody acts during a sync.
func (m *machine) wasDeleted(p *person, h *home, side contact.Side) {
	s := m.standing(p, h)
	v, o := m.two(p, h)
	both := s.pending != open && s.deleted[side.Other()]
	s.deleted[side], s.fate, s.since = true, open, h.tries
	switch {
	case m.during || p.copied || p.extra > 0 || !s.calm(h):
		s.pending = open
	case both:
		s.pending = gone
	case v != nil && o != nil:
		s.pending = m.fateOf(s, h, side, alike(v, o))
	default:
		s.pending = open
	}
	if s.pending == open {
		s.unquiet = h.tries
	}
}

// fateOf is what a deletion comes to by the settings; open where an edit on the other side may have travelled or not, and
// where the sides differ, for what was never agreed on counts as an edit.
func (m *machine) fateOf(s *standing, h *home, side contact.Side, alike bool) fate {
	set, other := h.current().Settings, side.Other()
	edited, ever := s.edited[other]
	switch {
	case !deletes(set.DeleteInVTiger, set.DeleteInOutlook, other) || set.Direction != contact.Both:
		return stays(other)
	case set.DeleteVersus != "editWins", alike && (!ever || edited < h.clean):
		return gone
	case ever && edited == h.tries:
		return lives
	}
	return open
}

func deletes(inVTiger, inOutlook bool, side contact.Side) bool {
	if side == contact.VTiger {
		return inVTiger
	}
	return inOutlook
}

// wasClean lets what was pending become sure, except what waits for a person's approval.
func (m *machine) wasClean(h *home) {
	h.clean = h.tries
	held := m.holds(h, reconcile.GuardHold)
	for _, p := range m.people {
		s := m.standing(p, h)
		if s.pending != open && !held {
			s.fate = s.pending
		}
		s.pending = open
	}
}
