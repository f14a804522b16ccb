package worker_test

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/activities"
	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// order is what somebody asks of a sync.
type order struct {
	narrow    contact.Direction
	scheduled bool
}

// result is what became of a sync.
type result struct {
	operations int  // planned, in all of its rounds
	failed     bool // it gave up
	abandoned  bool // a crash left it to whoever asks for the next one
}

// serve does a run that a home asks for, and those left over before it. between is called whenever something else may
// happen.
func (m *machine) serve(h *home, o order, between func()) (out result) {
	m.syncs++
	run, key, err := ledger.Run{}, strconv.Itoa(m.syncs), error(nil)
	if o.scheduled { // as after a preview that somebody saw
		require.NoError(m.t, m.ledger.SkipPreview(m.t.Context(), h.current()))
		run, _, err = m.ledger.ScheduleRun(m.t.Context(), h.current(), key)
	} else {
		run, err = m.ledger.RequestRun(m.t.Context(), h.current(), key, o.narrow, h.user.ID)
	}
	require.NoError(m.t, err)
	m.asked = run.ID
	if m.temporal != nil {
		return m.asks(h, run, between)
	}
	for more := true; more && !out.abandoned; {
		m.run(h, between, &out)
		m.settled()
		more, err = m.ledger.Asked(m.t.Context(), h.connection.ID)
		require.NoError(m.t, err)
	}
	return out
}

// run does one run: workflows.SyncConnection told without Temporal.
func (m *machine) run(h *home, between func(), out *result) {
	err := m.rounds(h, between, out)
	if errors.Is(err, errAbandoned) {
		out.abandoned = true
		return
	}
	end := activities.Ending{Connection: h.connection.ID}
	if out.failed = err != nil; out.failed {
		end.Kind, end.Sentence = string(contact.Unavailable), "It failed."
	}
	out.abandoned = m.do(finish, end, nil) != nil
}

// roundsOfARun is how often a run observes and plans.
const roundsOfARun = 4

func (m *machine) rounds(h *home, between func(), out *result) error {
	waited := false
	for range roundsOfARun {
		var observed activities.Observed
		var planned activities.Planned
		if err := m.do(observe, h.connection.ID, &observed); err != nil || observed.Run == "" {
			return err
		}
		between()
		if err := m.do(plan, observed.Run, &planned); err != nil {
			return err
		}
		between()
		out.operations += planned.Operations
		if planned.Young > 0 && !waited {
			waited = true
			m.waits()
		} else if more, err := m.applyAll(observed.Run, planned, between); err != nil || !more {
			return err
		}
		m.settled()
	}
	return nil
}

// applyAll does what was planned, and tells whether another round is to see what came of it.
func (m *machine) applyAll(run string, planned activities.Planned, between func()) (more bool, err error) {
	if planned.Operations == 0 && planned.Unclear == 0 {
		return false, nil
	}
	more = planned.Unclear > 0
	for range 30 {
		var applied activities.Applied
		if err := m.do(apply, run, &applied); err != nil {
			return more, err
		}
		between()
		more = more || applied.Replan
		if !applied.Left && applied.Unclear == 0 {
			return more, nil
		}
		if applied.Left { // what was asked to wait is waited for
			time.Sleep(min(applied.Wait, 20*time.Millisecond))
		}
	}
	return more, fmt.Errorf("the run %s does not end", run)
}
