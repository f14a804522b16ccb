package worker_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
	"contactbridge/internal/simulator/vtigersim"
)

// mailed is a contact of Outlook with an address.
func mailed(name, address string) map[string]any {
	return map[string]any{"givenName": name, "surname": "Mailed", "emailAddresses": mailsOf(address)}
}

// kinds counts the log lines of a connection by reason kind and outcome.
func (r *rig) kinds(c ledger.Connection) map[string]int {
	lines, err := r.ledger.Log(r.t.Context(), ledger.LogFilter{ConnectionID: c.ID, Limit: 1000})
	require.NoError(r.t, err)
	out := map[string]int{}
	for _, l := range lines {
		out[l.ReasonKind+" "+string(l.Outcome)]++
	}
	return out
}

// A colleague's customer is not made a second time in vTiger. The log says so once, and whose it is; when the colleague's
// record is gone, the contact goes on.
func TestAColleaguesCustomerIsReportedOnce(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	bob := r.cast.Users[1]
	require.NoError(t, r.ledger.SaveUsers(t.Context(), []ledger.User{{ID: bob.ID, UserName: bob.UserName, FirstName: "Bob", LastName: "Sales", Active: true}}))
	theirs := r.vtiger.AddContact(bob.ID, map[string]string{"lastname": "Customer", "secondaryemail": "CUSTOMER@x.example"})
	r.vtiger.AddContact(bob.ID, map[string]string{"lastname": "Another"})
	r.microsoft.AddContact(r.user.Mailbox, "", mailed("Cus", "customer@x.example"))
	s := newSteps(r, 0)
	for _, key := range []string{"one", "two", "three"} {
		s.whole(key)
	}
	require.Zero(t, r.vtiger.Count("create"))
	require.Equal(t, map[string]int{"exists-elsewhere skipped": 1}, r.kinds(r.connection))
	lines, err := r.ledger.Log(t.Context(), ledger.LogFilter{ConnectionID: r.connection.ID, Limit: 10})
	require.NoError(t, err)
	require.Contains(t, lines[0].Reason, "It belongs to Bob Sales.")

	require.NoError(t, r.vtiger.Delete(theirs))
	s.whole("four")
	require.Equal(t, 1, r.vtiger.Count("create"))
}

// What the whole vTiger said counts for a day at runs of the schedule; a person's run asks again.
func TestAPersonsRunAsksAgain(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	bob := r.cast.Users[1]
	r.vtiger.AddContact(bob.ID, map[string]string{"lastname": "Customer", "email": "customer@x.example"})
	r.microsoft.AddContact(r.user.Mailbox, "", mailed("Cus", "customer@x.example"))
	s := newSteps(r, 0)
	s.a.Every = 0
	s.whole("one")
	scheduled := func() int {
		before := r.vtiger.Count("query")
		_, _, err := r.ledger.ScheduleRun(t.Context(), r.current(), "")
		require.NoError(t, err)
		run := s.observed()
		s.plan(run)
		s.finish("")
		return r.vtiger.Count("query") - before
	}
	quiet := scheduled()
	_, err := r.ledger.DB().NewRaw("UPDATE answers SET asked_at = asked_at - interval '25 hours'").Exec(t.Context())
	require.NoError(t, err)
	require.Equal(t, quiet+2, scheduled(), "the newest record and one question")
	require.Equal(t, quiet, scheduled())
}

// Two mailboxes hold one customer whom vTiger does not know. Their runs plan at the same time; one inserts, and the other
// learns of it before it would insert a second one, also while the first one's answer is missing.
func TestTwoMailboxesInsertOneCustomerOnce(t *testing.T) {
	t.Parallel()
	for _, lost := range []bool{false, true} {
		t.Run(fmt.Sprint("answer lost ", lost), func(t *testing.T) {
			r := newStage(t, nil, nil)
			alice, bob := r.user, r.cast.Users[1]
			theirs := r.join(bob, nil)
			first, second := newSteps(r, 0), newSteps(&rig{
				t: t, ledger: r.ledger, vtiger: r.vtiger, microsoft: r.microsoft, cast: r.cast, user: bob, connection: theirs,
				vtigerURL: r.vtigerURL, microsoftURL: r.microsoftURL,
			}, 0)
			for _, p := range []string{alice.Mailbox, bob.Mailbox} {
				r.microsoft.AddContact(p, "", mailed("Cus", "customer@x.example"))
			}
			one, two := first.begin("one"), second.begin("two")
			require.Equal(t, 1, first.plan(one).Operations)
			require.Equal(t, 1, second.plan(two).Operations)
			if lost {
				r.vtiger.Fail("create", 1, vtigersim.HangUp)
				first.a.Settle = time.Hour
			}
			first.apply(one)
			require.True(t, second.apply(two).Replan, "it is planned again")
			require.Equal(t, 1, r.vtiger.Count("create"))
			first.apply(one)
			first.finish("")

			second.observed()
			second.plan(two)
			second.apply(two)
			second.finish("")
			require.Equal(t, 1, r.vtiger.Count("create"), "the customer is there once")
			require.Equal(t, 1, second.kinds(theirs)["exists-elsewhere skipped"])
			require.Len(t, r.vtiger.Contacts(), 1)
		})
	}
}

// A run that sends a hundred operations asks for about as many contacts, whatever waits; the rest counts as pending.
func TestARunAsksForNoMoreThanItSends(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, func(s *ledger.Settings) { s.BatchSize = 100 })
	const n = 700
	for i := range n {
		r.microsoft.AddContact(r.user.Mailbox, "", mailed(fmt.Sprint("N", i), fmt.Sprintf("n%d@x.example", i)))
	}
	r.vtiger.AddContact(r.cast.Users[1].ID, map[string]string{"lastname": "Newest"})
	s := newSteps(r, 0)
	_, err := r.ledger.RequestRun(t.Context(), r.current(), "", "", r.user.ID)
	require.NoError(t, err)
	run := s.observed()
	before := r.vtiger.Count("query")
	s.plan(run)
	require.LessOrEqual(t, r.vtiger.Count("query")-before, 2+2)
	s.apply(run)
	s.finish("")
	ended, err := r.ledger.Run(t.Context(), run)
	require.NoError(t, err)
	require.Equal(t, 100, r.vtiger.Count("create"))
	require.Equal(t, n-100, ended.Pending)
}

// A contact that somebody else's record resembles is held where the settings say so, and inserted once that is approved.
func TestElsewhereIsHeldAndApproved(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, func(s *ledger.Settings) { s.ExistsElsewhere = reconcile.HoldElsewhere })
	r.vtiger.AddContact(r.cast.Users[1].ID, map[string]string{"lastname": "Customer", "email": "customer@x.example"})
	r.microsoft.AddContact(r.user.Mailbox, "", mailed("Cus", "customer@x.example"))
	s := newSteps(r, 0)
	s.whole("one")
	s.whole("two")
	held, err := r.ledger.Holds(t.Context(), r.current())
	require.NoError(t, err)
	require.Len(t, held, 1)
	require.Equal(t, reconcile.ElsewhereHold, held[0].Kind)
	require.Equal(t, map[string]int{"exists-elsewhere held": 1}, r.kinds(r.connection))
	require.NoError(t, r.ledger.AnswerHold(t.Context(), r.current(), held[0].ID, reconcile.Answer{Verdict: reconcile.Approve}, r.user.ID))
	s.whole("three")
	require.Equal(t, 1, r.vtiger.Count("create"))
	held, err = r.ledger.Holds(t.Context(), r.current())
	require.NoError(t, err)
	require.Empty(t, held, "nobody asks any more")
	require.Equal(t, contact.Both, r.current().Settings.Direction)
}

// A contact that comes back into vTiger because it was edited is asked about like a new one, and meets everybody there.
func TestAnEditedSurvivorIsAskedAbout(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, 0)
	id := r.microsoft.AddContact(r.user.Mailbox, "", mailed("Ann", "ann@x.example"))
	r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "Other", "email": "other@x.example"})
	s.whole("one")
	s.whole("two")
	for _, c := range r.vtiger.Contacts() {
		if c["email"] == "ann@x.example" {
			require.NoError(t, r.vtiger.Delete(c["id"]))
		}
	}
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, id, map[string]any{"jobTitle": "Edited"}))
	s.whole("three")
	require.Len(t, r.vtiger.Contacts(), 2)
}

// What was announced and never sent keeps its address to itself no longer than its plan lives.
func TestADroppedInsertClaimsNothing(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, 0)
	r.microsoft.AddContact(r.user.Mailbox, "", mailed("Ann", "ann@x.example"))
	r.microsoft.AddContact(r.user.Mailbox, "", mailed("Bea", "bea@x.example"))
	run := s.begin("one")
	s.plan(run)
	r.vtiger.Fail("create", 1, vtigersim.BadGateway) // which ends the batch
	s.a.Settle = time.Hour
	s.apply(run)
	s.finish("unavailable")
	r.change(func(s *ledger.Settings) { s.DeleteInVTiger = !s.DeleteInVTiger })
	s.a.Settle = 0
	s.whole("two")
	require.Len(t, r.vtiger.Contacts(), 2)
}
