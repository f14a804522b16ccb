package worker_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
	"contactbridge/internal/simulator/vtigersim"
	"contactbridge/workflows"
)

// A worker that is killed in the midst of an undo, on either side, takes nothing back twice and leaves nothing: what it had
// inserted again without an answer is found by its stamp.
func TestAKilledUndo(t *testing.T) {
	t.Parallel()
	path, err := program()
	require.NoError(t, err)
	const n = 60
	r := newStage(t, nil, func(s *ledger.Settings) { s.Guard = reconcile.Limits{Count: 10 * n, Percent: 100} })
	for i := range n {
		r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": fmt.Sprint("Kept ", i), "email": fmt.Sprintf("kept%d@undo.example", i)})
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	stop := r.start(path)
	r.sync("first")
	for _, c := range r.microsoft.Contacts(r.user.Mailbox, "")[:n/2] {
		require.NoError(t, r.microsoft.Delete(r.user.Mailbox, c["id"].(string)))
	}
	for i := range n {
		r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": fmt.Sprint("New ", i), "email": fmt.Sprintf("new%d@undo.example", i)})
	}
	run := r.sync("second")
	require.Equal(t, map[string]int{"delete vtiger done": n / 2, "insert outlook done": n}, r.counts(run))
	stop(os.Interrupt)

	r.vtiger.ResetCounts()
	deleted := r.microsoft.Count("contacts.delete")
	undo, err := r.ledger.Request(ctx, r.current(), ledger.Wanted{Undoes: run.ID, By: r.user.ID})
	require.NoError(t, err)
	require.NoError(t, workflows.Request(ctx, r.temporal, r.connection.ID))
	release := r.vtiger.Hold("create", 1)
	r.killed(path, func() { // while vTiger has made its first contact again and holds the answer back
		require.NoError(t, r.vtiger.Await(ctx, func(c vtigersim.Counts) bool { return c["create"] >= 1 }))
	})
	release()
	r.killed(path, func() { // while vTiger's are made
		require.NoError(t, r.vtiger.Await(ctx, func(c vtigersim.Counts) bool { return c["create"] >= 7 }))
	})
	r.killed(path, func() { // while Outlook's are deleted
		require.NoError(t, r.microsoft.Await(ctx, func(c map[string]int) bool { return c["contacts.delete"] > deleted }))
	})
	defer r.start(path)(os.Interrupt)
	undo = r.await(undo)
	require.Equal(t, ledger.RunDone, undo.State, undo.TroubleSentence)
	require.Equal(t, map[string]int{"insert vtiger done": n / 2, "delete outlook done": n}, r.counts(undo))
	require.Equal(t, map[string]int{"delete vtiger undone": n / 2, "insert outlook undone": n}, r.counts(run))
	require.Equal(t, n/2, r.vtiger.Count("create"), "none was asked for twice")
	require.Empty(t, r.counts(r.sync("quiet")), "no sync undoes the undo")
	require.Len(t, r.vtiger.Contacts(), 2*n)
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), n/2)
}
