package worker_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/vtigersim"
	"contactbridge/internal/vtiger"
)

// crew is a vTiger and a database for several worker processes.
type crew struct {
	*rig
	account string // the integration account's id
}

func newCrew(t *testing.T) *crew {
	r := &rig{t: t, vtiger: vtigersim.New()}
	r.vtigerURL = started(t, r.vtiger.Start)
	r.cast.Admin.UserName, r.cast.AccessKey = "ada", "ada-access-key"
	var err error
	r.keyset, err = ledger.NewKeyset()
	require.NoError(t, err)
	r.dsn = migrated.Database(t)
	return &crew{r, r.vtiger.AddUser(vtigersim.User{UserName: "ada", AccessKey: "ada-access-key", Password: "ada-password", Admin: true})}
}

// process gives the client and the connections that a worker process of its own would have.
func (c *crew) process(options ...vtiger.Option) (*vtiger.Client, *ledger.Ledger) {
	keyset, err := ledger.ParseKeyset(c.keyset)
	require.NoError(c.t, err)
	l, err := ledger.Open(c.t.Context(), c.dsn, keyset)
	require.NoError(c.t, err)
	c.t.Cleanup(func() { l.Close() })
	return c.dial(l, options...), l
}

func TestEightProcessesShareTheSessions(t *testing.T) {
	t.Parallel()
	c := newCrew(t)
	c.vtiger.SetLatency(10 * time.Millisecond)
	errs := make([]error, 8)
	var all sync.WaitGroup
	for i := range errs {
		client, _ := c.process()
		all.Go(func() {
			for range 4 {
				_, err := client.Groups(t.Context())
				errs[i] = errors.Join(errs[i], err)
			}
			_, err := client.SignIn(t.Context(), "ada", "ada-password", "")
			errs[i] = errors.Join(errs[i], err)
		})
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
	require.LessOrEqual(t, c.vtiger.Count("login.refused"), 2)
	use := c.vtiger.SessionUse(c.account)
	require.LessOrEqual(t, use.Opened, vtiger.Sessions)
	require.Greater(t, use.AtWork, 1, "sessions work at once")
	require.LessOrEqual(t, use.AtWork, vtiger.Sessions)
	require.Equal(t, 1, use.Together, "one request at a time in a session")
}

// Without a common lock these logins would take each other's challenges.
func TestPeopleOfOneNameSignInOneAfterTheOther(t *testing.T) {
	t.Parallel()
	c := newCrew(t)
	c.vtiger.AddUser(vtigersim.User{UserName: "alice", AccessKey: "alice-access-key"})
	c.vtiger.SetLatency(10 * time.Millisecond)
	errs := make([]error, 8)
	var all sync.WaitGroup
	for i := range errs {
		client, _ := c.process()
		name := []string{"alice", "Alice"}[i%2]
		all.Go(func() { _, errs[i] = client.SignIn(t.Context(), name, "", "alice-access-key") })
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
	require.Zero(t, c.vtiger.Count("login.refused"))
}

// take holds slots as a process does that dies in a request.
func (c *crew) take(l *ledger.Ledger, n int) (taken []ledger.Slot) {
	config := c.integration()
	slots := l.VTigerSlots(config.Address(), config.Username, vtiger.Sessions)
	for range n {
		slot, err := slots(c.t.Context())
		require.NoError(c.t, err)
		taken = append(taken, slot)
	}
	return taken
}

func TestTheSlotOfADeadHolderIsTakenOver(t *testing.T) {
	c := newCrew(t)
	one, l := c.process()
	_, err := one.Groups(t.Context())
	require.NoError(t, err)
	c.take(l, vtiger.Sessions)

	other, _ := c.process()
	ended := make(chan error, 1)
	go func() { _, err := other.Groups(t.Context()); ended <- err }()
	c.vtiger.ResetCounts()
	select {
	case err := <-ended:
		t.Fatal("nothing is free yet", err)
	case <-time.After(300 * time.Millisecond): // several looks
	}
	require.Zero(t, c.vtiger.Counts().Total())
	_, err = l.DB().NewUpdate().Model((*ledger.Lease)(nil)).Set("expires_at = now()").Where("kept IS NOT NULL").Exec(t.Context())
	require.NoError(t, err)
	require.NoError(t, <-ended)
	require.Zero(t, c.vtiger.Count("login"), "it goes on with the dead one's session")
}

func TestALostSessionIsRenewedOnceForAll(t *testing.T) {
	t.Parallel()
	c := newCrew(t)
	one, _ := c.process()
	other, _ := c.process()
	for _, client := range []*vtiger.Client{one, other} {
		_, err := client.Groups(t.Context())
		require.NoError(t, err)
	}
	require.Equal(t, 1, c.vtiger.Count("login"))
	c.vtiger.DropSessions()
	for _, client := range []*vtiger.Client{one, other, one} {
		_, err := client.Groups(t.Context())
		require.NoError(t, err)
	}
	require.Equal(t, 2, c.vtiger.Count("login"), "the other one uses the renewed session")
}

func TestAThrottledProcessPausesAll(t *testing.T) {
	c := newCrew(t)
	one, _ := c.process()
	other, l := c.process()
	_, err := other.Groups(t.Context())
	require.NoError(t, err)
	c.vtiger.SetCallLimits(vtigersim.CallLimits{PerMinute: 1, RetryAfter: 20 * time.Second})
	_, err = one.Groups(t.Context()) // two pages
	require.Equal(t, contact.Throttled, contact.KindOf(err))

	c.vtiger.ResetCounts()
	began := time.Now()
	for _, client := range []*vtiger.Client{one, other} {
		_, err = client.Groups(t.Context())
		require.Equal(t, contact.Throttled, contact.KindOf(err))
		require.InDelta(t, 20*time.Second, contact.RetryAfter(err), float64(5*time.Second))
	}
	require.Less(t, time.Since(began), 2*time.Second, "told at once")

	// The end of the pause comes near.
	_, err = l.DB().NewUpdate().Model((*ledger.Lease)(nil)).Set("expires_at = now() + interval '1 second'").
		Where("name LIKE 'vtiger-pause/%'").Exec(t.Context())
	require.NoError(t, err)
	c.vtiger.SetCallLimits(vtigersim.CallLimits{})
	ended := make(chan error, 1)
	go func() { _, err := other.Groups(t.Context()); ended <- err }()
	time.Sleep(700 * time.Millisecond)
	require.Zero(t, c.vtiger.Counts().Total(), "no request before the time is over")
	require.NoError(t, <-ended)
	require.Positive(t, c.vtiger.Counts().Total())
}
