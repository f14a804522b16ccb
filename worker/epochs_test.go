package worker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/demo"
	"contactbridge/internal/ledger"
	"contactbridge/internal/outlook"
	"contactbridge/internal/reconcile"
	"contactbridge/internal/signin"
	"contactbridge/internal/simulator/vtigersim"
)

// signInAs connects another mailbox, as the return from Microsoft does, and chooses its own folder.
func (r *rig) signInAs(user demo.Person) {
	r.t.Helper()
	box := ledger.Mailbox{Tenant: r.cast.TenantID, ID: "mailbox-of-" + user.UserName, Address: user.Mailbox}
	require.NoError(r.t, r.ledger.SignedIn(r.t.Context(), r.connection.ID, box, r.refreshToken(r.microsoftURL, user)))
	r.choose(outlook.DefaultFolder)
}

// choose takes another folder of the mailbox.
func (r *rig) choose(idOrAlias string) {
	r.t.Helper()
	ctx, c := r.t.Context(), r.current()
	m, err := r.ledger.Microsoft(ctx)
	require.NoError(r.t, err)
	config, source, err := signin.Accounts{Ledger: r.ledger, GraphURL: r.microsoftURL, LoginURL: r.microsoftURL}.Open(m, c)
	require.NoError(r.t, err)
	folder, err := outlook.NewClient(config, source).Folder(ctx, idOrAlias)
	require.NoError(r.t, err)
	c.FolderID, c.FolderName = folder.ID, folder.Name
	require.NoError(r.t, r.ledger.SaveConnectionSettings(ctx, c))
}

// written counts the writes of a run by "action side".
func (r *rig) written(run ledger.Run) map[string]int {
	list, err := r.ledger.Counts(r.t.Context(), run.ID)
	require.NoError(r.t, err)
	out := map[string]int{}
	for _, c := range list {
		switch c.Action {
		case contact.Insert, contact.Update, contact.Delete:
			out[string(c.Action)+" "+string(c.Side)] += c.N
		}
	}
	return out
}

// From one mailbox to another and back: nothing is deleted, nothing is there twice, and the old links go on.
func TestAnotherMailboxAndBack(t *testing.T) {
	t.Parallel()
	// The second user's own contacts are in vTiger already, where the first one does not see them.
	r := newRig(t, nil, func(s *ledger.Settings) { s.ExistsElsewhere = reconcile.InsertElsewhere })
	r.cast.People(r.vtiger, r.microsoft)
	first, second := r.cast.Users[0], r.cast.Users[1]
	r.there(
		func() { r.signInAs(second) }, func() { r.signInAs(first) },
		func() int { return len(r.microsoft.Contacts(first.Mailbox, "")) },
		func() int { return len(r.microsoft.Contacts(second.Mailbox, "")) },
	)
}

// The same for folders.
func TestAnotherFolderAndBack(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	r.cast.People(r.vtiger, r.microsoft)
	other := r.microsoft.AddFolder(r.user.Mailbox, "Customers")
	r.microsoft.AddContact(r.user.Mailbox, other, map[string]any{"givenName": "Fol", "surname": "Der"})
	r.there(
		func() { r.choose(other) }, func() { r.choose(outlook.DefaultFolder) },
		func() int { return len(r.microsoft.Contacts(r.user.Mailbox, "")) },
		func() int { return len(r.microsoft.Contacts(r.user.Mailbox, other)) },
	)
}

// there goes from A to B and back to A.
func (r *rig) there(leave, back func(), inA, inB func() int) {
	t := r.t
	r.sync("a1")
	a, own := inA(), r.ownCount()
	require.Equal(t, a, own, "what A and vTiger hold in common")
	epoch := r.current().Epoch

	leave()
	require.NotEqual(t, epoch, r.current().Epoch)
	b1 := r.written(r.sync("b1"))
	require.Zero(t, b1["delete vtiger"]+b1["delete outlook"])
	require.Equal(t, inB(), r.ownCount())
	require.Equal(t, a, inA(), "A is left alone")
	grown := r.ownCount() - own
	require.Empty(t, r.written(r.sync("b2")))

	back()
	require.Equal(t, epoch, r.current().Epoch)
	a2 := r.written(r.sync("a2"))
	require.Equal(t, map[string]int{"insert outlook": grown}, a2, "only what B brought to vTiger is new to A")
	require.Equal(t, inA(), r.ownCount())
	require.Empty(t, r.written(r.sync("a3")))
	r.equal()

	// The links act as before.
	id, _ := r.microsoft.Contacts(r.user.Mailbox, "")[0]["id"].(string)
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, id, map[string]any{"jobTitle": "Back"}))
	require.NoError(t, r.microsoft.Delete(r.user.Mailbox, r.microsoft.Contacts(r.user.Mailbox, "")[1]["id"].(string)))
	require.Equal(t, map[string]int{"update vtiger": 1, "delete vtiger": 1}, r.written(r.sync("a4")))
	r.equal()
}

// ownCount is how many contacts the user owns in vTiger.
func (r *rig) ownCount() int {
	n := 0
	for _, c := range r.vtiger.Contacts() {
		if c["assigned_user_id"] == r.user.ID {
			n++
		}
	}
	return n
}

// What vanished from a side while another folder was current detaches its link, and is deleted nowhere.
func TestWhatVanishedMeanwhileIsNoDeletion(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	var ids []string
	for _, name := range []string{"Ann", "Bea", "Cid"} {
		ids = append(ids, r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": name, "lastname": "Away"}))
	}
	other := r.microsoft.AddFolder(r.user.Mailbox, "Customers")
	r.sync("a1")
	r.choose(other)
	r.sync("b1")
	for _, c := range r.microsoft.Contacts(r.user.Mailbox, "") {
		if c["givenName"] == "Ann" {
			require.NoError(t, r.microsoft.Delete(r.user.Mailbox, c["id"].(string)))
		}
	}
	require.NoError(t, r.vtiger.Delete(ids[1]))
	r.choose(outlook.DefaultFolder)
	for _, key := range []string{"a2", "a3"} {
		require.Empty(t, r.written(r.sync(key)))
		require.Len(t, r.vtiger.Contacts(), 2, "Ann stays in vTiger")
		require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 2, "Bea stays in Outlook")
	}
}

// An insert without an answer is never sent in another epoch, and is adopted when its own is current again.
func TestAnUnclearInsertWaitsForItsEpoch(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, time.Millisecond)
	r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"givenName": "Un", "surname": "Clear"})
	other := r.microsoft.AddFolder(r.user.Mailbox, "Customers")
	run := s.begin("a1")
	s.plan(run)
	r.vtiger.Fail("create", 1, vtigersim.HangUp)
	s.apply(run)
	unclear, err := r.ledger.Unsettled(t.Context(), r.current())
	require.NoError(t, err)
	require.Len(t, unclear, 1)

	r.choose(other)
	ended, err := r.ledger.Run(t.Context(), run)
	require.NoError(t, err)
	require.Equal(t, ledger.RunFailed, ended.State)
	require.Equal(t, "epoch-ended", ended.Trouble)
	require.Zero(t, s.plan(run).Operations, "the run of the old epoch plans nothing any more")
	s.apply(run)
	sent := r.vtiger.Counts()["create"]
	s.whole("b1")
	require.Equal(t, sent, r.vtiger.Counts()["create"])
	var waiting int
	require.NoError(t, r.ledger.DB().NewRaw("SELECT count(*) FROM operations WHERE outcome = 'unclear'").Scan(t.Context(), &waiting))
	require.Equal(t, 1, waiting, "it is not judged by another folder")

	r.choose(outlook.DefaultFolder)
	s.whole("a2")
	require.Len(t, r.vtiger.Contacts(), 1)
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 1)
	unclear, err = r.ledger.Unsettled(t.Context(), r.current())
	require.NoError(t, err)
	require.Empty(t, unclear)
}

// A batch that is on its way when the folder changes is settled in the epoch it was sent in.
func TestABatchOnItsWayBelongsToItsEpoch(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, time.Millisecond)
	r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "On", "lastname": "Way"})
	other := r.microsoft.AddFolder(r.user.Mailbox, "Customers")
	run := s.begin("a1")
	s.plan(run)
	release := r.microsoft.Hold("contacts.create", 1)
	done := make(chan error, 1)
	go func() { _, err := s.env.ExecuteActivity(s.a.Apply, run); done <- err }()
	require.NoError(t, r.microsoft.Await(t.Context(), func(n map[string]int) bool { return n["contacts.create"] > 0 }))
	r.choose(other)
	release()
	require.NoError(t, <-done)
	s.whole("b1")
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, other), 1)
	r.choose(outlook.DefaultFolder)
	s.whole("a2")
	s.whole("a3")
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 1)
	require.Len(t, r.vtiger.Contacts(), 1)
}
