package worker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/activities"
	"contactbridge/internal/integration"
	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/vtigersim"
	"contactbridge/internal/vtiger"
)

// account saves an integration account as the API does, over the one before.
func (r *rig) account(address, username, key string, users ...ledger.User) {
	held, err := r.ledger.VTiger(r.t.Context())
	require.NoError(r.t, err)
	require.NoError(r.t, r.ledger.SaveVTiger(r.t.Context(), ledger.VTigerChange{
		VTiger: ledger.VTiger{URL: address, Username: username, AccessKey: key, Version: held.Version, Instance: address}, Users: users, Replace: true,
	}))
}

// following are activities that work with the account that is saved.
func (r *rig) following() *activities.Activities {
	a := r.acts(3 * time.Second)
	a.VTiger = (&integration.Account{Ledger: r.ledger, Sessions: vtiger.Sessions}).Client
	return a
}

// A running worker uses an access key that was made anew in vTiger from the moment it is saved.
func TestANewAccessKeyNeedsNoRestart(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	r.account(r.vtigerURL, r.cast.Admin.UserName, r.cast.AccessKey)
	r.work(r.following())
	r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Ann", "lastname": "First"})
	r.sync("one")

	require.NoError(t, r.vtiger.UpdateUser(r.cast.Admin.ID, func(u *vtigersim.User) { u.AccessKey = "made-anew" }))
	r.vtiger.DropSessions()
	r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Ben", "lastname": "Second"})
	failed := r.await(r.ask("two"))
	require.Equal(t, ledger.RunFailed, failed.State)
	require.Equal(t, "needs-admin", failed.Trouble)
	require.Contains(t, failed.TroubleSentence, "access key")

	r.account(r.vtigerURL, r.cast.Admin.UserName, "made-anew")
	r.sync("three")
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 2)
}

// Where another vTiger takes the place of the one before, nothing of the old one is written to the new one, to the old one or
// to Outlook: not what was planned, not by a worker that was at work, and not to the record that has a linked one's id there.
func TestAnotherVTigerGetsNothingOfTheOldOne(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	r.account(r.vtigerURL, r.cast.Admin.UserName, r.cast.AccessKey)
	s := newSteps(r, time.Minute)
	s.a.VTiger = r.following().VTiger
	ann := r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Ann", "lastname": "Old", "email": "ann@x.example", "title": "Clerk"})
	s.whole("one")
	there := r.microsoft.Contacts(r.user.Mailbox, "")
	require.Len(t, there, 1)
	id, _ := there[0]["id"].(string)
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, id, map[string]any{"jobTitle": "Boss"}))
	run := s.begin("two")
	require.Equal(t, 1, s.plan(run).Operations)

	other := vtigersim.New()
	address := started(t, other.Start)
	boss := other.AddUser(vtigersim.User{UserName: "boss", AccessKey: "boss-key", Admin: true, LastName: "Boss"})
	other.AddUser(vtigersim.User{UserName: "zoe", LastName: "Zoe"})
	alice := other.AddUser(vtigersim.User{UserName: r.user.UserName, LastName: "Sales"})
	var zed, copied string
	for copied == "" { // until somebody else has the id that Ann has in the old one
		switch next := other.AddContact(alice, map[string]string{"firstname": "Zed", "lastname": "New", "email": "zed@x.example"}); next {
		case ann:
			zed = next
			copied = other.AddContact(alice, map[string]string{"firstname": "Ann", "lastname": "Old", "email": "ann@x.example", "title": "Clerk"})
		default:
			require.NoError(t, other.Delete(next))
			require.NotEqual(t, "12x99", next)
		}
	}
	wrote := func(v *vtigersim.Server) int {
		return v.Count("create") + v.Count("revise") + v.Count("update") + v.Count("delete")
	}
	old := wrote(r.vtiger)
	r.account(address, "boss", "boss-key", ledger.User{ID: boss, UserName: "boss", Active: true, Admin: true}, ledger.User{ID: alice, UserName: r.user.UserName, Active: true})

	require.Zero(t, s.apply(run).Sent)
	require.Zero(t, wrote(other))
	require.Equal(t, alice, r.current().UserID)
	require.True(t, r.current().NeedsPreview())
	_, _, err := r.ledger.ScheduleRun(t.Context(), r.current(), "clock")
	require.ErrorIs(t, err, ledger.ErrNeedsPreview)

	s.whole("three")
	require.Equal(t, old, wrote(r.vtiger), "the old vTiger is left as it is")
	require.Zero(t, other.Count("delete")+r.microsoft.Count("contacts.delete"))
	require.Len(t, other.Contacts(), 2)
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 2, "Ann was linked, Zed is new")
	now, _ := other.Record(zed)
	require.Equal(t, "New", now["lastname"])
	require.Empty(t, now["title"], "Ann's change belongs to Ann")
	ours, _ := other.Record(copied)
	require.Equal(t, "Clerk", ours["title"], "as with a first sync, vTiger wins where both say something else")
}

// An app registration that only the environment names serves the worker too.
func TestTheEnvironmentsAppServesTheWorker(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, time.Minute)
	saved, err := r.ledger.Microsoft(t.Context())
	require.NoError(t, err)
	_, err = r.ledger.DB().NewRaw("DELETE FROM settings WHERE name = 'microsoft'").Exec(t.Context())
	require.NoError(t, err)
	r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Ann", "lastname": "First"})
	_, err = r.ledger.RequestRun(t.Context(), r.current(), "one", "", r.user.ID)
	require.NoError(t, err)
	_, err = s.env.ExecuteActivity(s.a.Observe, r.connection.ID)
	require.ErrorContains(t, err, "An admin must first save the Microsoft settings.")
	s.a.Microsoft = saved
	run := s.observed()
	s.plan(run)
	s.apply(run)
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 1)
}
