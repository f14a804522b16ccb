package worker_test

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/vtiger"
)

// paused is a transport on which everything stands still from the n-th create on until the world goes on, as in a process
// that was stopped there.
type paused struct {
	after   int64
	creates atomic.Int64
	stopped chan struct{} // closed when it stands still
	goesOn  chan struct{}
	later   atomic.Int64 // creates that were begun after it went on
}

func (p *paused) RoundTrip(q *http.Request) (*http.Response, error) {
	if !asksFor(q, "create") {
		return http.DefaultTransport.RoundTrip(q)
	}
	n := p.creates.Add(1)
	select {
	case <-p.goesOn:
		p.later.Add(1)
	default:
	}
	if n == p.after {
		close(p.stopped)
	}
	if n >= p.after {
		<-p.goesOn // whatever becomes of the request's context: nobody runs here
	}
	return http.DefaultTransport.RoundTrip(q)
}

// An activity that is paused in the midst of a batch, and goes on after another worker has taken the run over, begins no
// request but the one it was paused in, and writes nothing into the ledger; every contact is there once.
func TestAZombieDoesNothing(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	const n = 40
	for i := range n {
		r.microsoft.AddContact(r.user.Mailbox, "", mailed(fmt.Sprint("N", i), fmt.Sprintf("n%d@zombie.example", i)))
	}
	gate := &paused{after: 11, stopped: make(chan struct{}), goesOn: make(chan struct{})}
	zombie := newSteps(r, 3*time.Second)
	zombie.a.VTiger, zombie.a.Lease = fixed(vtiger.Dial(r.integration(), vtiger.WithTransport(gate))), time.Second
	run := zombie.begin("one")
	require.Equal(t, n, zombie.plan(run).Operations)
	ended := make(chan error, 1)
	go func() {
		_, err := zombie.env.ExecuteActivity(zombie.a.Apply, run)
		ended <- err
	}()
	<-gate.stopped

	other := newSteps(r, 3*time.Second) // Settle is longer than the zombie's lease
	for {
		applied := other.apply(run)
		if !applied.Left && applied.Unclear == 0 {
			break
		}
		time.Sleep(applied.Wait)
	}
	other.finish("")
	require.Len(t, r.vtiger.Contacts(), n)
	before := r.known(t)
	close(gate.goesOn)
	require.Error(t, <-ended, "it has nothing to say any more")
	require.Zero(t, gate.later.Load(), "no request was begun by the zombie")
	require.Equal(t, before, r.known(t), "it wrote nothing")

	// What it was paused in may have been carried out: then its twin goes with the next sync.
	other.whole("two")
	require.Len(t, r.vtiger.Contacts(), n)
	writes := r.writes()
	other.whole("three")
	require.Equal(t, writes, r.writes())
}

// known is what the ledger holds of operations and links.
func (r *rig) known(t *testing.T) string {
	var text string
	require.NoError(t, r.ledger.DB().NewRaw(`SELECT coalesce(string_agg(line, E'\n' ORDER BY line), '') FROM (
		SELECT 'op ' || id || ' ' || outcome || ' ' || vtiger_id || ' ' || coalesce(settled_at::text, '') AS line FROM operations
		UNION ALL SELECT 'link ' || id || ' ' || state || ' ' || vtiger_id || ' ' || base::text FROM links
		UNION ALL SELECT 'record ' || feed || ' ' || id || ' ' || hash FROM records) lines`).Scan(t.Context(), &text))
	return text
}
