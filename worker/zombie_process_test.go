package worker_test

import (
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/activities"
	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/workflows"
)

// A worker process that stands still in the midst of a $batch, and goes on when somebody else has taken its run over, has its
// answer and the time to send more, but writes nothing into the ledger and begins no request; every contact is there once.
func TestAZombieProcessDoesNothingInOutlook(t *testing.T) {
	t.Parallel()
	path, err := program()
	require.NoError(t, err)
	r := newStage(t, nil, func(s *ledger.Settings) { s.Direction = contact.ToOutlook })
	const n = 90 // five batches, of which the second one is met
	for i := range n {
		r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": fmt.Sprint("N", i), "email": fmt.Sprintf("n%d@zombie.example", i)})
	}
	w := newWitness()
	zombie := r.process(path, w.environment(r, "zombie")...)
	defer func() { _ = zombie.Process.Kill() }() // which an ended one does not mind
	batch := r.halt()
	run := r.ask("one")
	batch = batch.stands().next()
	require.NoError(t, zombie.Process.Signal(syscall.SIGSTOP))
	batch.release() // nobody reads it yet

	require.NoError(t, r.temporal.TerminateWorkflow(t.Context(), workflows.ID(r.connection.ID), "", "so that it is given nothing new"))
	_, _, release, err := r.ledger.HoldLease(t.Context(), time.Minute, "steward")
	require.NoError(t, err)
	_, err = r.ledger.EnterRun(t.Context(), run.ID)
	require.NoError(t, err)
	known, asked := r.known(t), r.microsoft.Counts()
	require.NoError(t, zombie.Process.Signal(syscall.SIGCONT))
	require.Never(t, func() bool { return r.known(t) != known }, 3*time.Second, 100*time.Millisecond)
	require.NoError(t, zombie.Process.Signal(os.Interrupt))
	_ = zombie.Wait() // by then all that it was at has ended
	release()
	require.Equal(t, asked, r.microsoft.Counts(), "no request was begun by the zombie")
	require.Equal(t, known, r.known(t), "it wrote nothing")

	other := newSteps(r, time.Second)
	require.Eventually(t, func() bool { return other.applied(run.ID) }, 2*time.Minute, time.Second)
	other.finish("")
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), n)
	defer r.start(path, w.environment(r, "next")...)(os.Interrupt)
	require.Empty(t, r.counts(r.sync("two")))
	require.Equal(t, n, r.microsoft.Count("contacts.create"))
}

// applied tells whether the run has nothing left to send. The mailbox's turn may still be another's.
func (s *steps) applied(run string) bool {
	var a activities.Applied
	v, err := s.env.ExecuteActivity(s.a.Apply, run)
	return err == nil && v.Get(&a) == nil && !a.Left && a.Unclear == 0
}
