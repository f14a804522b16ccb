package worker_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"contactbridge/internal/devstack"
	"contactbridge/internal/ledger"
	"contactbridge/workflows"
)

var machineWorkflows = flag.Int("machine.workflows", 10, "how many random histories TestMachineByWorkflows plays")

// The same through a real Temporal with a worker. Time passes as it does, so a seed gives the same history only as far as
// what happens during a sync meets it at the same moment; nobody kills the worker, which TestKilledWorkers does.
func TestMachineByWorkflows(t *testing.T) {
	for seed := *machineFirst; seed < *machineFirst+*machineWorkflows; seed++ {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, newStore(t), uint64(seed))
			m.throughTemporal()
			m.plays(6)
		})
	}
}

// throughTemporal lets a worker do what the machine's process does otherwise.
func (m *machine) throughTemporal() {
	var err error
	m.address, m.namespace = devstack.Namespace(m.t)
	m.temporal, err = client.Dial(client.Options{HostPort: m.address, Namespace: m.namespace})
	require.NoError(m.t, err)
	m.t.Cleanup(m.temporal.Close)
	a := m.living().acts
	a.Young, a.Settle = 5*landing, 100*time.Millisecond // saves land sooner than that
	m.work(a)
}

// landing is how long a save of vTiger takes at most where it is not ended by hand.
const landing = 10 * time.Millisecond

// landsAfter is how long a held save takes; zero: until it is ended.
func (m *machine) landsAfter() time.Duration {
	if m.temporal == nil {
		return 0
	}
	return time.Duration(1 + m.chance.IntN(int(landing)))
}

// asks lets the workflow do a run, while people act.
func (m *machine) asks(h *home, run ledger.Run, between func()) result {
	require.NoError(m.t, workflows.Request(m.t.Context(), m.temporal, h.connection.ID))
	for range 1 + rand.N(4) {
		time.Sleep(rand.N(30 * time.Millisecond))
		between()
	}
	run = h.await(run)
	out := result{failed: run.State != ledger.RunDone}
	if out.failed {
		m.tell("  it failed: %s", run.Trouble)
	}
	for _, n := range h.written(run) {
		out.operations += n
	}
	return out
}
