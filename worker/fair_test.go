package worker_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/demo"
	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/graphsim"
	"contactbridge/internal/vtiger"
	"contactbridge/workflows"
)

var fairBig = flag.Int("fair.big", 1000, "how many contacts the big connection of TestSmallRunsBesideABigOne brings to vTiger")

var fairChanges = flag.Int("fair.changes", 20, "how many contacts each of the small ones has changed; an even number")

var fairAlone = flag.Bool("fair.alone", false, "compare with a small run alone, on a machine that does nothing else")

const smallRuns = 9

// small is a user with contacts that are linked.
type small struct {
	demo.Person
	connection ledger.Connection
	contacts   []string // vTiger's ids of those that are edited there
	edited     []string // Outlook's ids of those that are edited there
}

// newSmall gives a user contacts on either side.
func (r *rig) newSmall(n int) *small {
	s := &small{Person: r.colleague(n)}
	for i := range *fairChanges / 2 {
		name := fmt.Sprintf("%d of %d", i, n)
		s.contacts = append(s.contacts, r.vtiger.AddContact(s.ID, map[string]string{"lastname": "V " + name}))
		s.edited = append(s.edited, r.microsoft.AddContact(s.Mailbox, "", map[string]any{"surname": "O " + name}))
	}
	s.connection = r.join(s.Person, nil)
	return s
}

// edit changes the contacts, half of them on either side.
func (r *rig) edit(s *small, to string) {
	for i := range s.contacts {
		require.NoError(r.t, r.vtiger.Edit(s.contacts[i], map[string]string{"title": to}))
		require.NoError(r.t, r.microsoft.Edit(s.Mailbox, s.edited[i], map[string]any{"jobTitle": to}))
	}
}

// click asks for a small run.
func (r *rig) click(s *small, key string) ledger.Run {
	c, err := r.ledger.Connection(r.t.Context(), s.connection.ID)
	require.NoError(r.t, err)
	run, err := r.ledger.RequestRun(r.t.Context(), c, key, "", s.ID)
	require.NoError(r.t, err)
	require.NoError(r.t, workflows.Request(r.t.Context(), r.temporal, c.ID))
	return run
}

// together lets everybody change their contacts and sync at once, and gives the longest wait.
func (r *rig) together(people []*small, round string) (slowest time.Duration) {
	for _, s := range people {
		r.edit(s, round)
	}
	var runs []ledger.Run
	for _, s := range people {
		runs = append(runs, r.click(s, round))
	}
	for _, run := range runs {
		run = r.await(run)
		require.Equal(r.t, ledger.RunDone, run.State, run.TroubleSentence)
		require.Equal(r.t, map[string]int{"update vtiger done": *fairChanges / 2, "update outlook done": *fairChanges / 2}, r.counts(run))
		slowest = max(slowest, took(run))
	}
	return slowest
}

// Nine people who sync some changes each beside a schedule that brings many thousand contacts to vTiger hardly notice it:
// they wait at most twice as long as without it, and with -fair.alone at most twice as long as each of them alone, which a
// machine that does nothing else shows. Two worker processes together keep to vTiger's sessions and to what Graph serves.
func TestSmallRunsBesideABigOne(t *testing.T) {
	path, err := program()
	require.NoError(t, err)
	r := newStage(t, nil, nil)
	var people []*small
	for n := range smallRuns {
		people = append(people, r.newSmall(n))
	}
	for range 2 { // processes
		defer r.start(path, "CONTACTBRIDGE_VTIGER_YOUNG=0s")(os.Interrupt)
	}
	var first []ledger.Run
	for _, s := range people {
		first = append(first, r.click(s, "first"))
	}
	r.done(first)
	for i := range *fairBig {
		r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"surname": fmt.Sprint("Big ", i)})
	}
	// The schedule reads vTiger once a minute; nobody waits for that here.
	_, err = r.ledger.DB().NewRaw("UPDATE feeds SET read_at = read_at - interval '1 minute' WHERE id = 'vtiger/Contacts'").Exec(t.Context())
	require.NoError(t, err)
	began := r.vtiger.Count("create")
	big := r.scheduled(r.connection, "big")
	require.Eventually(t, func() bool { return r.vtiger.Count("create") > began+50 }, 10*time.Minute, 20*time.Millisecond)
	r.vtiger.SetLatency(20 * time.Millisecond)
	r.microsoft.Configure(func(s *graphsim.Settings) { s.Latency = 300 * time.Millisecond })
	beside := r.together(people, "beside")
	require.Nil(t, r.now(big).EndedAt, "the big run is at work all the time")
	share := r.vtiger.Count("create") - began
	require.NoError(t, r.ledger.CancelRun(t.Context(), big.ID))
	r.silent()
	without := r.together(people, "without")
	alone := r.together(people[:1], "alone")
	t.Logf("alone %s; nine together %s; beside the big run %s, %.2f times alone; of the big run %d of %d were done", alone, without, beside,
		float64(beside)/float64(alone), share, *fairBig)
	require.LessOrEqual(t, beside, 2*without)
	if *fairAlone {
		require.LessOrEqual(t, beside, 2*alone)
	}

	use := r.vtiger.SessionUse(r.cast.Admin.ID)
	require.LessOrEqual(t, use.Opened, vtiger.Sessions+2, "and one of each process, by which it checks the account at its start")
	require.Greater(t, use.AtWork, 1)
	require.LessOrEqual(t, use.AtWork, vtiger.Sessions)
	require.Equal(t, 1, use.Together, "one request at a time in a session")
	require.Zero(t, r.microsoft.Statuses()[429])
	for _, s := range people {
		require.LessOrEqual(t, r.microsoft.MaxConcurrency(s.Mailbox), 4)
	}
}

// silent waits until vTiger is asked for nothing more.
func (r *rig) silent() {
	require.Eventually(r.t, func() bool {
		before := r.vtiger.Counts().Total()
		time.Sleep(time.Second)
		return r.vtiger.Counts().Total() == before
	}, time.Minute, time.Millisecond)
}

// took is how long a person waited for a run.
func took(run ledger.Run) time.Duration { return run.EndedAt.Sub(run.RequestedAt) }
