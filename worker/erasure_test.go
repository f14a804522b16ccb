package worker_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/vtigersim"
	"contactbridge/workflows"
)

// kept lists, by table, the rows of the ledger that hold a text.
func (r *rig) kept(text string) map[string]int {
	var tables []string
	require.NoError(r.t, r.ledger.DB().NewRaw("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").Scan(r.t.Context(), &tables))
	out := map[string]int{}
	for _, table := range tables {
		var n int
		err := r.ledger.DB().NewRaw("SELECT count(*) FROM "+table+" x WHERE position(? in lower(x::text)) > 0", strings.ToLower(text)).Scan(r.t.Context(), &n)
		require.NoError(r.t, err)
		if n > 0 {
			out[table] = n
		}
	}
	return out
}

// Of an erased user nothing is left but the row of vTiger's list; both sides keep everything, others go on, and a new
// connection finds the contacts again without doubling one.
func TestAnErasedUserLeavesNothing(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	r.people()
	r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Vera", "lastname": "Twin", "email": "vera@twin.example"})
	other := r.cast.Users[1]
	theirs := r.join(other, nil)
	r.vtiger.AddContact(other.ID, map[string]string{"firstname": "Otto", "lastname": "Other", "email": "otto@other.example"})
	r.work(r.acts(3 * time.Second))
	r.sync("one")
	r.through(theirs, "theirs")
	require.Positive(t, r.kept("twin.example")["records"])
	require.Positive(t, r.kept("twin")["operations"])

	erased, err := r.ledger.EraseUser(t.Context(), r.user.ID)
	require.NoError(t, err)
	require.Equal(t, 1, erased.Connections)
	require.Equal(t, 8, erased.Records, "four on each side")
	require.Equal(t, 4, erased.Operations)
	require.Empty(t, r.kept("twin.example"))
	require.Empty(t, r.kept(" twin"))
	require.Empty(t, r.kept(r.connection.ID))
	require.Equal(t, map[string]int{"users": 1}, r.kept(r.user.ID))
	user, err := r.ledger.User(t.Context(), r.user.ID)
	require.NoError(t, err)
	require.False(t, user.Allowed)
	require.Len(t, r.vtiger.Contacts(), 5)
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 4)
	require.Positive(t, r.kept("otto@other.example")["records"])
	r.through(theirs, "they go on")

	r.connection = r.join(r.user, nil)
	r.sync("again")
	require.Len(t, r.vtiger.Contacts(), 5)
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 4)
	r.equal()
}

// A sync that is at work while its user is erased ends, and leaves nothing either.
func TestAnErasureEndsTheSyncAtWork(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	r.people()
	r.work(r.acts(3 * time.Second))
	release := r.vtiger.Stall("create", 1)
	r.ask("one")
	require.NoError(t, r.vtiger.Await(t.Context(), func(n vtigersim.Counts) bool { return n["create.stalled"] > 0 }))
	_, err := r.ledger.EraseUser(t.Context(), r.user.ID)
	require.NoError(t, err)
	release()
	require.Eventually(t, func() bool {
		state, err := r.temporal.DescribeWorkflowExecution(t.Context(), "sync/"+r.connection.ID, "")
		return err == nil && state.WorkflowExecutionInfo.Status.String() != "Running"
	}, 30*time.Second, 50*time.Millisecond)
	require.NoError(t, r.ledger.PruneLeftovers(t.Context()))
	require.Empty(t, r.kept("twin.example"))
	require.Empty(t, r.kept(r.connection.ID))
}

// Of an erased person the log and the trees tell nothing more, but for what a link that acts agreed on. The next sync
// reads their contact again, writes nothing and doubles nobody.
func TestAnErasedPersonIsForgottenByTheLog(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	r.people()
	r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"givenName": "Joada", "surname": "Neighbour", "emailAddresses": mailsOf("joada@twin.example")})
	r.sync("one")
	theirs, _ := r.microsoft.Contacts(r.user.Mailbox, "")[0]["id"].(string)
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, theirs, map[string]any{"jobTitle": "Pilot"}))
	r.sync("two")
	lines := len(r.logged())
	require.Equal(t, 2, r.kept("ada twin")["operations"])

	erased, err := r.ledger.ErasePerson(t.Context(), "ada@twin.example")
	require.NoError(t, err)
	require.Equal(t, 2, erased.Records)
	require.Equal(t, 2, erased.Operations)
	require.Zero(t, erased.Unclear)
	require.Equal(t, map[string]int{"links": 2, "operations": 1, "records": 2}, r.kept("ada@twin.example"), "of joada, and the link's agreement")
	require.Empty(t, r.kept("ada twin"))
	require.Equal(t, map[string]int{"links": 1}, r.kept("pilot"))
	require.Len(t, r.logged(), lines, "the log still tells that something was done")
	require.Equal(t, 3, r.kept("joada")["operations"]+r.kept("joada")["records"], "a neighbour's address that holds theirs is not theirs")

	r.settled(4)
	require.Positive(t, r.kept("pilot")["records"], "it is read again while it is there")
}

// What is being planned while a person is erased is not kept, and not sent.
func TestAnErasureIsNotUndoneByAPlan(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	r.people()
	s := newSteps(r, time.Minute)
	run := s.begin("one")
	s.plan(run)
	require.Positive(t, r.kept("ada@twin.example")["operations"])
	read := r.current()
	_, err := r.ledger.ErasePerson(t.Context(), "ada@twin.example")
	require.NoError(t, err)
	require.Empty(t, r.kept("ada@twin.example"))
	require.ErrorIs(t, r.ledger.SavePlan(t.Context(), read, run, ledger.PlanRows{}), ledger.ErrMoved)
	s.apply(run)
	s.finish("")
	require.Len(t, r.vtiger.Contacts(), 2, "the others go on")
	s.whole("two")
	require.Len(t, r.vtiger.Contacts(), 3)
	r.equal()
}

// A deleted contact leaves a tombstone without values.
func TestAnErasedTombstoneStays(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	r.people()
	r.sync("one")
	require.NoError(t, r.microsoft.Delete(r.user.Mailbox, r.microsoft.Contacts(r.user.Mailbox, "")[0]["id"].(string)))
	r.sync("two")
	require.Len(t, r.vtiger.Contacts(), 2)
	_, err := r.ledger.ErasePerson(t.Context(), "ada@twin.example")
	require.NoError(t, err)
	require.Empty(t, r.kept("ada@twin.example"))
	var tombs int
	require.NoError(t, r.ledger.DB().NewRaw("SELECT count(*) FROM records WHERE presence = ?", contact.Deleted).Scan(t.Context(), &tombs))
	require.Equal(t, 2, tombs)
	r.settled(2)
}

// logged counts the lines of the log.
func (r *rig) logged() []string {
	var out []string
	require.NoError(r.t, r.ledger.DB().NewRaw("SELECT action FROM operations WHERE outcome <> 'planned'").Scan(r.t.Context(), &out))
	return out
}

// through does a run of another connection.
func (r *rig) through(c ledger.Connection, key string) {
	run, err := r.ledger.RequestRun(r.t.Context(), c, key, "", c.UserID)
	require.NoError(r.t, err)
	require.NoError(r.t, workflows.Request(r.t.Context(), r.temporal, c.ID))
	r.done([]ledger.Run{run})
}
