package worker_test

import (
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/graphsim"
)

// Two connections write into one mailbox from two worker processes at the same time: together they keep to the four requests
// that Graph serves an app at once, and to its rate; none is refused, and both get on.
func TestProcessesShareAMailboxsPace(t *testing.T) {
	t.Parallel()
	path, err := program()
	require.NoError(t, err)
	r := newStage(t, nil, func(s *ledger.Settings) { s.Direction = contact.ToOutlook })
	leads := r.beside("Leads")
	r.microsoft.Configure(func(s *graphsim.Settings) { s.Latency = 150 * time.Millisecond })
	w, stop := r.witnessed(path, "one", "other")
	defer stop(os.Interrupt)
	const n = 100
	for round := 1; ; round++ {
		for i := range n {
			r.record(map[string]string{"lastname": fmt.Sprintf("Contact %d of %d", i, round)})
			leads.record(map[string]string{"lastname": fmt.Sprintf("Lead %d of %d", i, round)})
		}
		before := w.batches()
		first, second := r.ask(fmt.Sprint(round)), leads.ask(fmt.Sprint(round))
		first, second = r.await(first), r.await(second)
		r.done([]ledger.Run{first, second})
		require.Equal(t, n*round, len(r.microsoft.Contacts(r.user.Mailbox, "")))
		require.Equal(t, n*round, len(r.microsoft.Contacts(r.user.Mailbox, "Leads")))
		after := w.batches()
		one, other := after["one"]-before["one"], after["other"]-before["other"]
		t.Logf("batches of the processes: %d and %d; %s and %s", one, other, took(first), took(second))
		// Only if each process had one of the runs do they share anything.
		if min(one, other) >= n/20 && first.StartedAt.Before(*second.EndedAt) && second.StartedAt.Before(*first.EndedAt) {
			break
		}
		require.Less(t, round, 8, "the processes never wrote at the same time")
		r.sync(fmt.Sprint("between ", round)) // Temporal offers workflows to the processes in turn: three a round do not keep step
	}
	require.Zero(t, r.microsoft.Statuses()[http.StatusTooManyRequests])
	require.Equal(t, 4, r.microsoft.MaxConcurrency(r.user.Mailbox))
}
