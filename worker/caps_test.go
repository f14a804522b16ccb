package worker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
)

// capped saves caps as an administrator does.
func (r *rig) capped(caps ledger.Caps) {
	d, err := r.ledger.Defaults(r.t.Context())
	require.NoError(r.t, err)
	d.Caps = caps
	require.NoError(r.t, r.ledger.SaveDefaults(r.t.Context(), d))
}

var forbidden = ledger.Caps{NoDeleteInVTiger: true, NoCreateInVTiger: true}

// What an administrator forbids in vTiger does not happen there, though the connection's own settings allow it: the new
// contact is reported once, the deleted one's partner stays. Lifted, the new one arrives, and no old deletion is replayed.
func TestCapsHoldForExistingConnections(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, 0)
	kept := r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "Kept", "email": "kept@x.example"})
	s.whole("one")
	require.Equal(t, 1, r.inOutlook())

	r.capped(forbidden)
	require.True(t, r.current().Settings.DeleteInVTiger)
	require.False(t, r.current().Effective().DeleteInVTiger)
	require.NoError(t, r.microsoft.Delete(r.user.Mailbox, r.microsoft.Contacts(r.user.Mailbox, "")[0]["id"].(string)))
	r.microsoft.AddContact(r.user.Mailbox, "", mailed("New", "new@x.example"))
	for _, key := range []string{"two", "three"} {
		s.whole(key)
	}
	require.Zero(t, r.vtiger.Count("delete")+r.vtiger.Count("create"))
	kinds := r.kinds(r.connection)
	require.Equal(t, 1, kinds["insert-forbidden skipped"], "%v", kinds)
	require.Equal(t, 1, kinds["detached done"], "%v", kinds)

	r.capped(ledger.Caps{})
	s.whole("four")
	require.Equal(t, 1, r.vtiger.Count("create"))
	require.Zero(t, r.vtiger.Count("delete"))
	_, lives := r.vtiger.Record(kept)
	require.True(t, lives)
}

// A cap counts for what is planned already, and for what was sent without an answer.
func TestCapsHoldForWhatIsPlanned(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, 0)
	r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "Gone", "email": "gone@x.example"})
	s.whole("one")
	require.NoError(t, r.microsoft.Delete(r.user.Mailbox, r.microsoft.Contacts(r.user.Mailbox, "")[0]["id"].(string)))
	r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "Here", "email": "here@x.example"})
	r.microsoft.AddContact(r.user.Mailbox, "", mailed("New", "new@x.example"))
	run := s.begin("two")
	require.Equal(t, 3, s.plan(run).Operations)
	r.capped(forbidden)
	applied := s.apply(run)
	require.True(t, applied.Replan)
	require.Zero(t, r.vtiger.Count("delete")+r.vtiger.Count("create"))
	require.Equal(t, 2, r.inOutlook(), "what is not forbidden is done")
	require.Equal(t, 2, r.kinds(r.connection)["forbidden discarded"])
	s.observed()
	require.Zero(t, s.plan(run).Operations)
	s.finish("")
}
