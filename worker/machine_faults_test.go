package worker_test

import (
	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/graphsim"
	"contactbridge/internal/simulator/vtigersim"
)

// sync lets a home sync, in one of the ways in which that is asked for, and perhaps not undisturbed.
func (m *machine) sync(h *home) {
	o := order{scheduled: m.chance.IntN(5) == 0}
	if !o.scheduled && m.chance.IntN(6) == 0 {
		o.narrow = []contact.Direction{contact.ToOutlook, contact.ToVTiger}[m.chance.IntN(2)]
	}
	set := h.current().Settings
	m.tell("%s syncs %+v", h.user.Name, o)
	m.during, m.acted = true, false
	h.tries++
	trouble := m.trouble()
	r := m.serve(h, o, m.meanwhile)
	m.during = false
	m.calm()
	if o == (order{}) && !trouble && !r.failed && !r.abandoned && !m.acted && set.BatchSize == 0 && set.Direction == contact.Both {
		m.tell("  it was a clean sync")
		m.wasClean(h)
	}
}

// trouble makes the next sync meet faults or a crash, sometimes.
func (m *machine) trouble() bool {
	switch n := m.chance.IntN(5); {
	case m.temporal != nil && n == 0:
		m.tell("fault: %s", m.fault())
	case m.temporal != nil || n == 4:
		return false
	case n < 2:
		for range 3 {
			m.tell("fault: %s", m.fault())
		}
	default:
		n, how := 1+m.chance.IntN(70), ending(1+m.chance.IntN(3))
		m.tell("the process %s its side effect %d", how, n)
		m.living().doom(n, how)
	}
	return true
}

// fault orders one failure of a side.
func (m *machine) fault() string {
	box := m.mailboxes[m.chance.IntN(2)].Mailbox
	faults := []struct {
		what  string
		order func()
	}{
		{"contacts.create is done and answered 504", func() { m.microsoft.Fail("contacts.create", 1, graphsim.GatewayTimeout().Committed()) }},
		{"contacts.create is answered 504", func() { m.microsoft.Fail("contacts.create", 1, graphsim.GatewayTimeout()) }},
		{"contacts.update is done and answered 500", func() { m.microsoft.Fail("contacts.update", 1, graphsim.InternalError().Committed()) }},
		{"contacts.update is answered 412", func() { m.microsoft.Fail("contacts.update", 1, graphsim.Conflict()) }},
		{"contacts.delete is done and answered 504", func() { m.microsoft.Fail("contacts.delete", 1, graphsim.GatewayTimeout().Committed()) }},
		{"the next request to Graph is throttled", func() { m.microsoft.Fail("*", 1, graphsim.Throttled("0.05")) }},
		{"a batch is half throttled", func() { m.microsoft.Fail("contacts.create", 1, graphsim.Throttled("0.05")) }},
		{"the delta tokens are forgotten", func() { require.NoError(m.t, m.microsoft.ResetDelta(box)) }},
		{"the access tokens expire", func() { require.NoError(m.t, m.microsoft.ExpireAccessTokens(box)) }},
		{"create is done and answered with an error", func() { m.vtiger.Fail("create", 1, vtigersim.ErrorAfterCommit) }},
		{"create is done and not answered", func() { m.vtiger.Fail("create", 1, vtigersim.HangUp) }},
		{"create is answered 500", func() { m.vtiger.Fail("create", 1, vtigersim.EmptyError) }},
		{"revise is done and not answered", func() { m.vtiger.Fail("revise", 1, vtigersim.HangUp) }},
		{"revise is answered 502", func() { m.vtiger.Fail("revise", 1, vtigersim.BadGateway) }},
		{"delete is done and not answered", func() { m.vtiger.Fail("delete", 1, vtigersim.HangUp) }},
		{"a query finds nothing, untruly", func() { m.living().blinds(1 + m.chance.IntN(12)) }},
		{"another query finds nothing", func() { m.living().blinds(1 + m.chance.IntN(12)) }},
		{"a query is no JSON", func() { m.vtiger.Fail("query", 1, vtigersim.NotJSON) }},
		{"the session is lost", func() { m.vtiger.Fail(vtigersim.AnyOperation, 1, vtigersim.SessionLost) }},
		{"all sessions are lost", m.vtiger.DropSessions},
	}
	f := faults[m.chance.IntN(len(faults))]
	f.order()
	return f.what
}

// calm ends what did not happen of the ordered troubles, and what vTiger holds back.
func (m *machine) calm() {
	m.living().doom(0, 0)
	m.living().blinds(0)
	m.vtiger.ClearFaults()
	m.microsoft.Heal()
	m.settled()
}

// meanwhile lets people act during a sync, and cancel it, and their saves land, sometimes.
func (m *machine) meanwhile() {
	if m.chance.IntN(30) == 0 {
		m.acted = true
		m.tell("it is cancelled")
		require.NoError(m.t, m.ledger.CancelRun(m.t.Context(), m.asked))
	}
	if m.chance.IntN(4) == 0 {
		m.settled()
	}
	if m.chance.IntN(12) == 0 {
		m.acted = true
		m.look()
		m.acts(m.homes[m.chance.IntN(2)])
	}
}

// afterCrash lets people act before a new process goes on, and tells whether the run is abandoned.
func (m *machine) afterCrash() bool {
	m.meanwhile()
	return m.chance.IntN(3) == 0
}
