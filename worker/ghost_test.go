package worker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// ghost is a vTiger contact that a first run saw and left standing, and that was deleted since; another one lives on.
func ghost(t *testing.T) *rig {
	r := newRig(t, nil, nil)
	id := r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Gone", "lastname": "Ghost", "email": "ghost@x.example"})
	r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Liv", "lastname": "Living", "email": "liv@x.example"})
	r.narrow("one", contact.ToVTiger)
	require.NoError(t, r.vtiger.Delete(id))
	return r
}

// What was deleted before it was ever synced is not inserted from memory.
func TestADeletedStrangerIsNotInserted(t *testing.T) {
	t.Parallel()
	r := ghost(t)
	r.sync("two")
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 1)
}

// Nor does it take a living contact for its partner and draw it after itself.
func TestADeletedStrangerDeletesNobody(t *testing.T) {
	t.Parallel()
	r := ghost(t)
	r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{
		"givenName": "Gone", "surname": "Ghost", "emailAddresses": []any{map[string]any{"address": "ghost@x.example"}},
	})
	r.sync("two")
	r.sync("three")
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 2)
}

// A page of the shared feed that was read before a deletion and is stored after it brings nobody back.
func TestALatePageRevivesNobody(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, time.Minute)
	id := r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"givenName": "Re", "surname": "Vived"})
	r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"givenName": "Liv", "surname": "Living"})
	s.whole("one")
	require.Len(t, r.vtiger.Contacts(), 2)
	require.NoError(t, r.microsoft.Delete(r.user.Mailbox, id))

	run := s.begin("two")
	s.plan(run)
	// Another connection's run has just read a page.
	f, err := r.ledger.Feed(t.Context(), r.connection.Feed(contact.VTiger))
	require.NoError(t, err)
	page, err := r.dial(r.ledger).Book("Contacts", 120*time.Second).Page(t.Context(), f.Cursor)
	require.NoError(t, err)
	require.NotEmpty(t, page.Records)
	s.apply(run)
	s.finish("")
	require.Len(t, r.vtiger.Contacts(), 1)
	_, err = r.ledger.StorePage(t.Context(), f, page, "Contacts")
	require.NoError(t, err)
	for _, key := range []string{"three", "four"} {
		s.whole(key)
		require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 1, "in run %s", key)
	}
}

// A contact that was given to somebody else and then deleted by them stays in the mailbox: leaving scope is no deletion.
func TestADeletionOutOfScopeDoesNotTravel(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	id := r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Mo", "lastname": "Ved"})
	r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Liv", "lastname": "Living"})
	r.sync("one")
	require.NoError(t, r.vtiger.Reassign(id, r.cast.Users[1].ID))
	r.sync("two")
	require.NoError(t, r.vtiger.Delete(id))
	r.sync("three")
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 2)
}
