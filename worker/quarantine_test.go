package worker_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
	"contactbridge/internal/simulator/graphsim"
)

// clocked does a run that nobody waits for.
func (r *rig) clocked(key string) ledger.Run {
	run := r.await(r.scheduled(r.current(), key))
	require.Equal(r.t, ledger.RunDone, run.State, run.TroubleSentence)
	return run
}

// refused lists the quarantine.
func (r *rig) refused() []ledger.Refusal {
	list, err := r.ledger.Quarantine(r.t.Context(), ledger.Refusals{ConnectionID: r.connection.ID}, 0, 100)
	require.NoError(r.t, err)
	return list
}

// pausesEnd moves the end of every pause to now.
func (r *rig) pausesEnd() {
	_, err := r.ledger.DB().ExecContext(r.t.Context(), "UPDATE quarantine SET next_at = now() WHERE next_at IS NOT NULL")
	require.NoError(r.t, err)
}

// poisoned has fifty new contacts in Outlook, of which vTiger refuses one.
func poisoned(t *testing.T) *rig {
	r := newStage(t, nil, func(s *ledger.Settings) { s.ExistsElsewhere = reconcile.InsertElsewhere })
	r.vtiger.SetUniqueEmails(true)
	r.vtiger.AddContact(r.cast.Users[1].ID, map[string]string{"lastname": "Other", "email": "c7@poison.example"})
	for i := range 50 {
		r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{
			"givenName": "C", "surname": fmt.Sprint("Poison", i), "emailAddresses": mailsOf(fmt.Sprintf("c%d@poison.example", i)),
		})
	}
	r.work(r.acts(3 * time.Second))
	return r
}

// A contact that vTiger refuses stops none of the other forty-nine. It is tried again after pauses that grow, then parked,
// and tried once more when somebody asks; the log tells of its beginning and its end only.
func TestAPoisonContactIsTriedEverMoreRarelyAndParked(t *testing.T) {
	t.Parallel()
	r := poisoned(t)
	first := r.sync("first")
	require.Equal(t, map[string]int{"insert vtiger done": 49, "error vtiger failed": 1}, r.counts(first))
	creates := r.vtiger.Count("create")
	require.Equal(t, 50, creates)

	for i, pause := range []time.Duration{15 * time.Minute, time.Hour, 4 * time.Hour, 24 * time.Hour} {
		q := r.refused()
		require.Len(t, q, 1)
		require.Equal(t, i+1, q[0].Attempts)
		require.Equal(t, "duplicate", q[0].Kind)
		require.WithinDuration(t, q[0].TriedAt.Add(pause), *q[0].NextAt, time.Second)
		require.Empty(t, r.counts(r.clocked(fmt.Sprint("early", i))))
		require.Equal(t, creates+i, r.vtiger.Count("create"), "it rests until its time has come")

		r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"givenName": "New", "surname": fmt.Sprint("Healthy", i)})
		r.pausesEnd()
		want := map[string]int{"insert vtiger done": 1}
		if i == 3 {
			want["error vtiger failed"] = 1
		}
		require.Equal(t, want, r.counts(r.clocked(fmt.Sprint("due", i))), "the run goes on, and a refusal in between is no line")
		creates++
		require.Equal(t, creates+i+1, r.vtiger.Count("create"), "it was tried")
	}
	require.Nil(t, r.refused()[0].NextAt, "it is parked")
	require.Equal(t, 5, r.refused()[0].Attempts)
	tried := r.vtiger.Count("create")
	require.Empty(t, r.counts(r.clocked("parked")))
	require.Empty(t, r.counts(r.sync("parked, by hand")), "what is parked waits for a person's word")
	require.Equal(t, tried, r.vtiger.Count("create"))
	require.Equal(t, 2, r.kinds(r.connection)["duplicate failed"])

	asked, err := r.ledger.Retry(t.Context(), ledger.Refusals{ConnectionID: r.connection.ID})
	require.NoError(t, err)
	require.Equal(t, map[string]int{r.connection.ID: 1}, asked)
	require.Equal(t, map[string]int{"error vtiger failed": 1}, r.counts(r.sync("asked in vain")), "it begins anew")
	require.NoError(t, r.vtiger.Delete(r.vtiger.Contacts()[0]["id"]))
	_, err = r.ledger.Retry(t.Context(), ledger.Refusals{IDs: []int64{r.refused()[0].ID}})
	require.NoError(t, err)
	require.Equal(t, map[string]int{"insert vtiger done": 1}, r.counts(r.clocked("asked")))
	require.Empty(t, r.refused(), "what succeeds is forgotten")
	r.settled(54)
}

// A run that somebody waits for tries what waits once, however often it plans; that neither shortens nor lengthens the pause.
func TestARunByHandTriesWhatWaits(t *testing.T) {
	t.Parallel()
	r := poisoned(t)
	r.sync("first")
	before := r.refused()[0]
	require.Empty(t, r.counts(r.sync("by hand")))
	require.Equal(t, 51, r.vtiger.Count("create"))
	after := r.refused()[0]
	require.Equal(t, before.NextAt, after.NextAt)
	require.Equal(t, 2, after.Attempts)
	require.Equal(t, before.Pauses, after.Pauses)
}

// A refused update rests while both records stay as they are, also when the pair's other update changed one of them; an
// edit of either and a change of the settings try it again at once.
func TestARefusedUpdateIsTriedAgainWhenSomethingChanges(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	mine := r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Ann", "lastname": "Bad", "title": "A", "department": "B"})
	r.sync("first")
	theirs, _ := r.microsoft.Contacts(r.user.Mailbox, "")[0]["id"].(string)
	poison := graphsim.Fault{Status: 400, Code: "ErrorInvalidProperty"}

	require.NoError(t, r.vtiger.Edit(mine, map[string]string{"title": "A2"}))
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, theirs, map[string]any{"department": "B2"}))
	r.microsoft.Fail("contacts.update", 1, poison)
	require.Equal(t, map[string]int{"error outlook failed": 1, "update vtiger done": 1}, r.counts(r.sync("second")))
	require.Empty(t, r.counts(r.clocked("rests")), "our own write of the other record is no change")
	require.Len(t, r.refused(), 1)

	r.microsoft.Fail("contacts.update", 1, poison)
	require.NoError(t, r.vtiger.Edit(mine, map[string]string{"title": "A3"}))
	require.Equal(t, map[string]int{"error outlook failed": 1}, r.counts(r.clocked("edited")), "another content, another refusal")
	r.microsoft.Fail("contacts.update", 1, poison)
	r.change(func(s *ledger.Settings) { s.BatchSize = 7 })
	require.Equal(t, map[string]int{"error outlook failed": 1}, r.counts(r.clocked("set")))
	require.Equal(t, 1, r.refused()[0].Attempts)

	require.NoError(t, r.vtiger.Edit(mine, map[string]string{"title": "A"}))
	require.Empty(t, r.counts(r.clocked("undone")), "nobody wants it written any more")
	require.Empty(t, r.refused())
	r.equal()
}

// Nor is it a change when the pair's other update comes after the refusal.
func TestTheOtherUpdateOfARefusedPairIsNoChange(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	r.vtiger.SetUniqueEmails(true)
	r.vtiger.AddContact(r.cast.Users[1].ID, map[string]string{"lastname": "Other", "email": "taken@poison.example"})
	mine := r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Ann", "lastname": "Bad", "title": "A"})
	r.sync("first")
	theirs, _ := r.microsoft.Contacts(r.user.Mailbox, "")[0]["id"].(string)
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, theirs, map[string]any{"emailAddresses": mailsOf("taken@poison.example")}))
	require.NoError(t, r.vtiger.Edit(mine, map[string]string{"title": "A2"}))
	require.Equal(t, map[string]int{"error vtiger failed": 1, "update outlook done": 1}, r.counts(r.sync("second")))
	tried := r.vtiger.Count("revise")
	require.Empty(t, r.counts(r.clocked("rests")))
	require.Equal(t, tried, r.vtiger.Count("revise"))
	require.Len(t, r.refused(), 1)
}
