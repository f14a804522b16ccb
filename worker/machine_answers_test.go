package worker_test

import (
	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// holds tells whether something of a kind waits for a person in a home.
func (m *machine) holds(h *home, kind reconcile.HoldKind) bool {
	list, err := m.ledger.Holds(m.t.Context(), h.current())
	require.NoError(m.t, err)
	for _, w := range list {
		if w.Kind == kind && w.Verdict == "" {
			return true
		}
	}
	return false
}

// answers lets a person answer what waits in a home: all of it that keeps the sides apart, or what comes to mind. It
// tells whether anything was answered.
func (m *machine) answers(h *home, all bool) (any bool) {
	c := h.current()
	list, err := m.ledger.Holds(m.t.Context(), c)
	require.NoError(m.t, err)
	for _, w := range list {
		if w.Verdict != "" || !all && m.chance.IntN(2) == 0 {
			continue
		}
		if answer := m.answer(w, all); answer.Verdict != "" {
			m.tell("%s answers %s of %s %s: %+v", h.user.Name, w.Kind, w.VTigerID, w.OutlookID, answer)
			require.NoError(m.t, m.ledger.AnswerHold(m.t.Context(), c, w.ID, answer, h.user.ID))
			any = true
		}
	}
	return any
}

// answer is what a person says. That somebody is a duplicate, or exists elsewhere, may stay so for good.
func (m *machine) answer(w ledger.Hold, all bool) reconcile.Answer {
	p := m.held(w)
	switch w.Kind {
	case reconcile.ConflictHold:
		return reconcile.Answer{Verdict: either(m.chance.IntN(2) == 0, reconcile.TakeVTiger, reconcile.TakeOutlook)}
	case reconcile.GuardHold:
		if m.chance.IntN(4) > 0 {
			return reconcile.Answer{Verdict: reconcile.Approve}
		}
		m.disturb(p)
		return reconcile.Answer{Verdict: reconcile.Discard}
	case reconcile.AmbiguousHold:
		if m.chance.IntN(2) == 0 {
			return reconcile.Answer{Verdict: reconcile.Approve, Record: w.Candidates[m.chance.IntN(len(w.Candidates))]}
		}
	}
	if all && w.Kind != reconcile.AmbiguousHold {
		return reconcile.Answer{}
	}
	p.extra++ // it is inserted all the same
	p.copied = true
	m.disturb(p)
	return reconcile.Answer{Verdict: reconcile.Approve}
}

// held gives the person that a hold is about.
func (m *machine) held(w ledger.Hold) *person {
	for _, id := range []string{w.VTigerID, w.OutlookID} {
		if s, seen := m.seen[id]; seen {
			return m.known(s)
		}
	}
	require.FailNow(m.t, "a hold about a record that never was")
	return nil
}
