package worker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/graphsim"
	"contactbridge/internal/simulator/vtigersim"
)

// The first sync brings both sides together, later ones carry changes, and a quiet one writes nothing.
func TestContactsSyncBothWays(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	r.cast.People(r.vtiger, r.microsoft)

	first := r.counts(r.sync("first"))
	require.Equal(t, 15, first["insert vtiger done"])
	require.Equal(t, 15, first["insert outlook done"])
	require.Equal(t, 5, first["link  done"])
	r.equal()

	require.Empty(t, r.counts(r.sync("second")), "nothing changed, so nothing is done")

	v := r.vtiger.Contacts()[0]
	require.NoError(t, r.vtiger.Edit(v["id"], map[string]string{"title": "Chief"}))
	require.NoError(t, r.vtiger.Delete(r.vtiger.Contacts()[1]["id"]))
	third := r.counts(r.sync("third"))
	require.Equal(t, map[string]int{"update outlook done": 1, "delete outlook done": 1}, third)
	r.equal()
}

// Deletions in Outlook reach vTiger; with the switch off they detach, and nothing comes back.
func TestDeletionsInOutlook(t *testing.T) {
	t.Parallel()
	for _, on := range []bool{true, false} {
		t.Run(map[bool]string{true: "switched on", false: "switched off"}[on], func(t *testing.T) {
			r := newRig(t, nil, func(s *ledger.Settings) { s.DeleteInVTiger = on })
			r.cast.People(r.vtiger, r.microsoft)
			r.sync("first")
			before := len(r.vtiger.Contacts())

			id, _ := r.microsoft.Contacts(r.user.Mailbox, "")[3]["id"].(string)
			require.NoError(t, r.microsoft.Delete(r.user.Mailbox, id))
			counts := r.counts(r.sync("second"))
			if on {
				require.Equal(t, map[string]int{"delete vtiger done": 1}, counts)
				require.Len(t, r.vtiger.Contacts(), before-1)
				r.equal()
			} else {
				require.Equal(t, map[string]int{"link  done": 1}, counts)
				require.Len(t, r.vtiger.Contacts(), before)
			}
			require.Empty(t, r.counts(r.sync("third")), "no resurrection")
		})
	}
}

// An insert whose answer never came is adopted by its stamp, never repeated.
func TestAnUnclearInsertIsAdopted(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	r.cast.People(r.vtiger, r.microsoft)
	r.microsoft.Fail("contacts.create", 3, graphsim.GatewayTimeout().Committed())
	r.vtiger.Fail("create", 1, vtigersim.HangUp)
	r.sync("first")
	r.equal()
	require.Empty(t, r.counts(r.sync("second")))
}

// An update refused because somebody was faster is planned again in the same run, and both edits survive.
func TestAnEditDuringTheRunIsPlannedAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	r.cast.People(r.vtiger, r.microsoft)
	r.sync("first")
	for _, c := range r.vtiger.Contacts()[:5] {
		require.NoError(t, r.vtiger.Edit(c["id"], map[string]string{"title": "Chief"}))
	}
	r.microsoft.Fail("contacts.update", 2, graphsim.Conflict())
	counts := r.counts(r.sync("second"))
	require.Equal(t, 5, counts["update outlook done"])
	require.Equal(t, 2, counts["update outlook discarded"])
	r.equal()
}

// A contact that vanished while Outlook forgot its change feed is found out when it is written to, and deleted by a
// confirmed statement only.
func TestAVanishedContactIsFoundWhenItIsWrittenTo(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, func(s *ledger.Settings) { s.DeleteInVTiger, s.DeleteVersus = true, "deleteWins" })
	r.cast.People(r.vtiger, r.microsoft)
	r.sync("first")
	address := "person15@customer.example" // known to both sides from the start
	for _, c := range r.vtiger.Contacts() {
		if c["email"] == address {
			require.NoError(t, r.vtiger.Edit(c["id"], map[string]string{"title": "Chief"}))
		}
	}
	for _, c := range r.microsoft.Contacts(r.user.Mailbox, "") {
		if c["surname"] == "Curie-15" {
			id, _ := c["id"].(string)
			require.NoError(t, r.microsoft.Delete(r.user.Mailbox, id))
		}
	}
	require.NoError(t, r.microsoft.ResetDelta(r.user.Mailbox))
	before := len(r.vtiger.Contacts())
	counts := r.counts(r.sync("second"))
	require.Equal(t, 1, counts["delete vtiger done"])
	require.Len(t, r.vtiger.Contacts(), before-1)
	r.equal()
}

// Absence is not deletion: a vTiger whose listings are empty, and a mailbox that is gone, cost nobody a contact.
func TestBrokenListingsDeleteNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	r.cast.People(r.vtiger, r.microsoft)
	r.sync("first")
	left, right := len(r.vtiger.Contacts()), len(r.microsoft.Contacts(r.user.Mailbox, ""))

	require.NoError(t, r.microsoft.DisableMailbox(r.user.Mailbox, true))
	run := r.await(r.ask("no mailbox"))
	require.Equal(t, ledger.RunFailed, run.State)
	require.NotEmpty(t, run.TroubleSentence)
	require.NoError(t, r.microsoft.DisableMailbox(r.user.Mailbox, false))

	r.vtiger.SetBrokenTable("Contacts", true)
	broken := r.ask("broken table")
	require.NoError(t, r.vtiger.Await(t.Context(), func(n vtigersim.Counts) bool { return n["query"] > 20 }))
	r.vtiger.SetBrokenTable("Contacts", false)
	require.Equal(t, ledger.RunDone, r.await(broken).State)
	require.Len(t, r.vtiger.Contacts(), left)
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), right)
	require.Empty(t, r.counts(broken))
}

// A revoked sign-in stops the run with a sentence, and the connection says so until somebody signs in again.
func TestARevokedSignInIsSaid(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	require.NoError(t, r.microsoft.RevokeTokens(r.user.Mailbox))
	run := r.await(r.ask("revoked"))
	require.Equal(t, ledger.RunFailed, run.State)
	require.Equal(t, "needs-sign-in", run.Trouble)
	c, err := r.ledger.Connection(t.Context(), r.connection.ID)
	require.NoError(t, err)
	require.Equal(t, "needs-sign-in", c.Trouble)
}
