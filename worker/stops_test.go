package worker_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/vtigersim"
)

// A run of the clock does not ask for every linked record. It makes sure of the one that is to stay before it deletes the
// other.
func TestTheLastOfTwinsOutlivesARunOfTheClock(t *testing.T) {
	t.Parallel()
	r := twinned(t, nil)
	held, twin := r.twins()
	require.NoError(t, r.vtiger.Delete(held["id"]))
	r.done([]ledger.Run{r.scheduled(r.connection, "two")})
	require.True(t, r.lives(twin))
	r.sync("three")
	r.sync("four")
	require.True(t, r.lives(twin))
	r.settled(3)
}

// An import of organisations names more of them than one question can.
func TestManyRenamedOrganisationsStopNobody(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, time.Minute)
	first := r.vtiger.AddAccount("Acme")
	r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "Worker", "account_id": first})
	s.whole("one")
	for n := range 1200 {
		r.vtiger.AddAccount(fmt.Sprintf("Imported %d", n))
	}
	require.NoError(t, r.vtiger.Edit(first, map[string]string{"accountname": "Acme Ltd"}))
	s.whole("two")
	require.Equal(t, "Acme Ltd", r.microsoft.Contacts(r.user.Mailbox, "")[0]["companyName"])
}

// A filter that is chosen while a run is at work is listed before that run's plan.
func TestAFilterChosenMeanwhileIsListed(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, time.Minute)
	filter, err := r.vtiger.AddFilter(vtigersim.SavedFilter{
		Owner: r.cast.Admin.ID, Module: "Contacts", Name: "In Bonn", Shared: true, Where: "mailingcity = 'Bonn'",
	})
	require.NoError(t, err)
	r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "In", "mailingcity": "Bonn"})
	r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "Out", "mailingcity": "Ulm"})
	run := s.begin("one")
	r.change(func(c *ledger.Settings) { c.Filter = &ledger.Filter{ID: filter, Name: "In Bonn"} })
	s.plan(run)
	s.apply(run)
	require.Equal(t, 1, r.inOutlook())
}

// That one connection's filter cannot be asked for is no reason to stop the others.
func TestAFilterThatCannotBeReadStopsNobodyElse(t *testing.T) {
	t.Parallel()
	r, _ := inBonn(t, 3)
	other := r.newcomer(1)
	r.sync("one")
	r.vtiger.SetMobileOff(true)
	r.done([]ledger.Run{r.scheduled(other, "two")})
	require.Equal(t, ledger.RunFailed, r.await(r.ask("three")).State)
}
