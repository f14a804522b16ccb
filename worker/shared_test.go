package worker_test

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
	"contactbridge/internal/demo"
	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/graphsim"
	"contactbridge/internal/simulator/vtigersim"
	"contactbridge/workflows"
)

var connections = flag.Int("connections", 40, "how many connections TestConnectionsDueTogetherShareTheReading syncs")

// newcomer adds a user to both sides, with one contact in vTiger, and a connection.
func (r *rig) newcomer(n int) ledger.Connection { return r.join(r.colleague(n), nil) }

// colleague adds a user to both sides, with one contact in vTiger.
func (r *rig) colleague(n int) demo.Person {
	user := demo.Person{UserName: fmt.Sprintf("user%d", n), Password: "demo-user", Mailbox: fmt.Sprintf("user%d@bridge.example", n)}
	user.ID = r.vtiger.AddUser(vtigersim.User{UserName: user.UserName, Password: user.Password, AccessKey: "key", LastName: "Sales"})
	r.microsoft.AddUser(graphsim.User{UPN: user.Mailbox, Password: user.Password, Mail: user.Mailbox, TenantID: r.cast.TenantID})
	r.vtiger.AddContact(user.ID, map[string]string{"firstname": "Of", "lastname": user.UserName})
	return user
}

// readings counts how often the module was read so far.
func (r *rig) readings() int {
	var lease ledger.Lease
	require.NoError(r.t, r.ledger.DB().NewSelect().Model(&lease).Where("name = 'read/vtiger/Contacts'").Scan(r.t.Context()))
	return int(lease.Fence)
}

// scheduled asks for a run as the clock does.
func (r *rig) scheduled(c ledger.Connection, key string) ledger.Run {
	now, err := r.ledger.Connection(r.t.Context(), c.ID)
	require.NoError(r.t, err)
	require.NoError(r.t, r.ledger.SkipPreview(r.t.Context(), now))
	run, _, err := r.ledger.ScheduleRun(r.t.Context(), c, key)
	require.NoError(r.t, err)
	require.NoError(r.t, workflows.Request(r.t.Context(), r.temporal, c.ID))
	return run
}

// done waits for runs and demands success.
func (r *rig) done(runs []ledger.Run) {
	for _, run := range runs {
		run = r.await(run)
		require.Equal(r.t, ledger.RunDone, run.State, "%s: %s", run.Trouble, run.TroubleSentence)
	}
}

// Whoever is due between two readings shares the second one: vTiger is read twice, however many they are.
func TestConnectionsDueTogetherShareTheReading(t *testing.T) {
	r := newStage(t, nil, may(false, sales))
	all := []ledger.Connection{r.connection}
	for n := range *connections - 1 {
		all = append(all, r.join(r.colleague(n), may(false, sales)))
	}
	r.vtiger.AddContact(sales, map[string]string{"lastname": "Shared"}) // which everybody has
	a := r.acts(3 * time.Second)
	a.Every = 5*time.Second + time.Duration(*connections)*60*time.Millisecond
	r.work(a)
	r.sync("one")
	var runs []ledger.Run
	for _, c := range all {
		runs = append(runs, r.scheduled(c, "first"))
	}
	r.done(runs)
	require.Len(t, r.vtiger.Contacts(), len(all))
	require.Len(t, r.microsoft.Contacts("user1@bridge.example", ""), 2)

	readings, requests := r.readings(), r.vtiger.Counts().Total()
	r.done([]ledger.Run{r.scheduled(r.connection, "alone")})
	alone := r.vtiger.Counts().Total() - requests
	require.Equal(t, 1, r.readings()-readings)

	readings, requests = r.readings(), r.vtiger.Counts().Total()
	runs = nil
	for i, c := range all {
		if i == len(all)/2 {
			time.Sleep(2 * time.Second) // not all at once
		}
		runs = append(runs, r.scheduled(c, "second"))
	}
	r.done(runs)
	t.Logf("%d connections: %d readings, %d vTiger requests; one alone: %d", len(all), r.readings()-readings, r.vtiger.Counts().Total()-requests, alone)
	require.LessOrEqual(t, r.readings()-readings, 2)
	require.LessOrEqual(t, r.vtiger.Counts().Total()-requests, 2*alone)
}

// Runs that people ask for while a reading goes on share the next one.
func TestClicksDuringAReadingShareTheNext(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	others := []ledger.Connection{r.newcomer(1), r.newcomer(2), r.newcomer(3)}
	release := r.vtiger.Hold("query", 1)
	before := r.ask("first")
	require.Eventually(t, func() bool { n, err := r.ledger.Asked(t.Context(), r.connection.ID); return n && err == nil }, 20*time.Second, 10*time.Millisecond)
	require.NoError(t, r.vtiger.Await(t.Context(), func(c vtigersim.Counts) bool { return c["query.stalled"]+c["login"] > 0 }))
	runs := []ledger.Run{before}
	for _, c := range others {
		run, err := r.ledger.RequestRun(t.Context(), c, "click", "", c.UserID)
		require.NoError(t, err)
		require.NoError(t, workflows.Request(t.Context(), r.temporal, c.ID))
		runs = append(runs, run)
	}
	require.Eventually(t, func() bool {
		for _, run := range runs {
			now, err := r.ledger.Run(t.Context(), run.ID)
			if err != nil || now.State != ledger.Running {
				return false
			}
		}
		return true
	}, 20*time.Second, 10*time.Millisecond)
	release()
	r.done(runs)
	require.LessOrEqual(t, r.readings(), 2)
	for n := 1; n <= 3; n++ {
		require.Len(t, r.microsoft.Contacts(fmt.Sprintf("user%d@bridge.example", n), ""), 1)
	}
}

// A new owner's records of before are listed by owner; nothing else is read again.
func TestANewOwnersRecordsAreListed(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	r.vtiger.SetClockSkew(-time.Hour) // what is saved now lies behind every overlap later
	for n := range 450 {
		r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "No", "lastname": fmt.Sprint(n)})
	}
	user := r.colleague(1)
	r.vtiger.SetClockSkew(0)
	r.sync("one")
	c := r.join(user, nil)
	requests := r.vtiger.Counts().Total()
	run, err := r.ledger.RequestRun(t.Context(), c, "click", "", c.UserID)
	require.NoError(t, err)
	require.NoError(t, workflows.Request(t.Context(), r.temporal, c.ID))
	r.done([]ledger.Run{run})
	require.Len(t, r.microsoft.Contacts("user1@bridge.example", ""), 1)
	require.LessOrEqual(t, r.vtiger.Counts().Total()-requests, 10, "a whole walk would take five pages more")
}

// due makes something of the vTiger feed due at once.
func (r *rig) due(column string) {
	_, err := r.ledger.DB().NewRaw("UPDATE feeds SET ? = now() WHERE id = 'vtiger/Contacts'", bun.Ident(column)).Exec(r.t.Context())
	require.NoError(r.t, err)
}

// The clock's runs find a deletion when the known ids are due, and not before.
func TestKnownIDsAreAskedForWhenDue(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	id := r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Go", "lastname": "Ne"})
	r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Liv", "lastname": "Living"})
	r.sync("one")
	require.NoError(t, r.vtiger.Delete(id))
	r.done([]ledger.Run{r.scheduled(r.connection, "early")})
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 2)
	r.due("check_due")
	r.done([]ledger.Run{r.scheduled(r.connection, "due")})
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 1)
}

// What was deleted unseen is not inserted by a run of the clock either.
func TestADeletedStrangerIsNotInsertedByTheClock(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	id := r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Go", "lastname": "Ne"})
	r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Liv", "lastname": "Living"})
	r.narrow("one", contact.ToVTiger)
	require.NoError(t, r.vtiger.Delete(id))
	r.done([]ledger.Run{r.scheduled(r.connection, "two")})
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 1)
}

// Renaming an organisation moves no contact's modified time.
func TestARenamedOrganisationIsFollowed(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	acme := r.vtiger.AddAccount("Acme")
	r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Al", "lastname": "Bert", "account_id": acme})
	r.sync("one")
	require.NoError(t, r.vtiger.Edit(acme, map[string]string{"accountname": "Acme & Sons"}))
	r.sync("two")
	require.Equal(t, "Acme & Sons", r.microsoft.Contacts(r.user.Mailbox, "")[0]["companyName"])
	require.Empty(t, r.counts(r.sync("three")))
}

// The weekly reading of everything finds what no feed shows, and costs no needless write.
func TestEverythingIsReadAgainWhenDue(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	acme := r.vtiger.AddAccount("Acme")
	r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Al", "lastname": "Bert", "account_id": acme})
	gone := r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Go", "lastname": "Ne"})
	r.cast.People(r.vtiger, r.microsoft)
	r.sync("one")
	r.sync("two")
	r.due("whole_due")
	require.Empty(t, r.counts(r.sync("quiet")))
	require.NoError(t, r.vtiger.Delete(acme))
	require.NoError(t, r.vtiger.Delete(gone))
	people := len(r.microsoft.Contacts(r.user.Mailbox, ""))
	r.due("whole_due")
	r.done([]ledger.Run{r.scheduled(r.connection, "whole")})
	left := r.microsoft.Contacts(r.user.Mailbox, "")
	require.Len(t, left, people-1)
	for _, c := range left {
		require.NotEqual(t, "Acme", c["companyName"])
	}
}

// Whatever is read to its end is read whole again a week later, give or take a tenth of it; each side at a moment of its own.
// Readings in between do not put it off, and the whole one makes the next due.
func TestAWholeReadingIsDueInAboutAWeek(t *testing.T) {
	t.Parallel()
	const week = 7 * 24 * time.Hour
	r := newRig(t, nil, nil)
	whole := func() (due [2]time.Time) {
		for i, side := range []contact.Side{contact.VTiger, contact.Outlook} {
			feed, err := r.ledger.Feed(t.Context(), r.connection.Feed(side))
			require.NoError(t, err)
			due[i] = feed.WholeDue
			require.InDelta(t, week, feed.WholeDue.Sub(feed.ReadAt), float64(week/10+time.Minute), side)
		}
		return due
	}
	r.sync("one")
	first := whole()
	require.Greater(t, first[0].Sub(first[1]).Abs(), time.Second, "each side has a moment of its own")
	r.sync("two")
	require.Equal(t, first, whole())
	r.due("whole_due")
	r.sync("whole")
	again := whole()
	require.NotEqual(t, first[0], again[0])
	require.Equal(t, first[1], again[1], "the other side's is not due")
}

// A worker that lost the right to read moves nothing.
func TestAReaderWhoLostTheLeaseMovesNothing(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	feed, err := r.ledger.BeginReading(t.Context(), r.connection.Feed(contact.VTiger), 1)
	require.NoError(t, err)
	_, err = r.ledger.BeginReading(t.Context(), feed.ID, 2)
	require.NoError(t, err)
	_, err = r.ledger.StorePage(t.Context(), feed, contact.Page{Next: "later"}, "Contacts")
	require.ErrorIs(t, err, ledger.ErrMoved)
	require.ErrorIs(t, r.ledger.StoreRecords(t.Context(), feed, nil, "Contacts"), ledger.ErrMoved)
	require.ErrorIs(t, r.ledger.EndReading(t.Context(), feed, ledger.Reading{}), ledger.ErrMoved)
	_, err = r.ledger.BeginReading(t.Context(), feed.ID, 1)
	require.ErrorIs(t, err, ledger.ErrMoved)
}
