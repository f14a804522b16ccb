package worker_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/vtigersim"
)

// inBonn is a rig whose connection syncs the members of a shared filter only: n contacts in Bonn, and one elsewhere.
func inBonn(t *testing.T, n int) (r *rig, filter string) {
	r = newRig(t, nil, nil)
	filter, err := r.vtiger.AddFilter(vtigersim.SavedFilter{
		Owner: r.cast.Admin.ID, Module: "Contacts", Name: "In Bonn", Shared: true, Where: "mailingcity = 'Bonn'",
	})
	require.NoError(t, err)
	for i := range n {
		r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Bo", "lastname": fmt.Sprintf("%03d", i), "mailingcity": "Bonn"})
	}
	r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "El", "lastname": "Sewhere", "mailingcity": "Köln"})
	r.change(func(s *ledger.Settings) { s.Filter = &ledger.Filter{ID: filter, Name: "In Bonn"} })
	r.connection = r.current()
	return r, filter
}

// inOutlook counts the mailbox's contacts.
func (r *rig) inOutlook() int { return len(r.microsoft.Contacts(r.user.Mailbox, "")) }

// All members are found over vTiger's lossy pages, and nobody else.
func TestOnlyMembersOfTheFilterSync(t *testing.T) {
	t.Parallel()
	r, _ := inBonn(t, 65)
	r.sync("one")
	require.Equal(t, 65, r.inOutlook())
	require.Empty(t, r.counts(r.sync("two")))
}

// Leaving the filter freezes the link; nothing is deleted, and coming back goes on from where it was.
func TestLeavingTheFilterIsNoDeletion(t *testing.T) {
	t.Parallel()
	r, _ := inBonn(t, 5)
	r.sync("one")
	id := r.vtiger.Contacts()[0]["id"]
	require.NoError(t, r.vtiger.Edit(id, map[string]string{"mailingcity": "Ulm", "title": "Away"}))
	r.sync("two")
	require.Equal(t, 5, r.inOutlook())
	require.NotContains(t, r.titles(), "Away")
	require.NoError(t, r.vtiger.Edit(id, map[string]string{"mailingcity": "Bonn"}))
	r.sync("three")
	require.Equal(t, 5, r.inOutlook())
	require.Contains(t, r.titles(), "Away")
}

func (r *rig) titles() (out []any) {
	for _, c := range r.microsoft.Contacts(r.user.Mailbox, "") {
		out = append(out, c["jobTitle"])
	}
	return out
}

// A filter that vTiger no longer has, or has under another name, pauses the connection and syncs nothing: vTiger shows all
// contacts for it.
func TestAVanishedFilterPausesTheConnection(t *testing.T) {
	t.Parallel()
	for name, vanish := range map[string]func(*rig, string) error{
		"deleted": func(r *rig, filter string) error { return r.vtiger.RemoveFilter(filter) },
		"renamed": func(r *rig, filter string) error {
			return r.vtiger.UpdateFilter(filter, func(f *vtigersim.SavedFilter) { f.Name = "In Beuel" })
		},
		"of another module": func(r *rig, filter string) error {
			foreign, err := r.vtiger.AddFilter(vtigersim.SavedFilter{Owner: r.cast.Admin.ID, Module: "Leads", Name: "Hot", Shared: true})
			r.change(func(s *ledger.Settings) { s.Filter = &ledger.Filter{ID: foreign, Name: "Hot"} })
			r.connection = r.current()
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, filter := inBonn(t, 3)
			r.sync("one")
			require.NoError(t, vanish(r, filter))
			r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "New", "mailingcity": "Bonn"})
			run := r.await(r.ask("two"))
			require.Equal(t, ledger.RunFailed, run.State)
			require.Contains(t, run.TroubleSentence, "saved filter")
			require.Equal(t, string(contact.NeedsAdmin), r.current().Trouble)
			require.Equal(t, 3, r.inOutlook())

			r.change(func(s *ledger.Settings) { s.Filter = nil })
			r.connection = r.current()
			r.sync("three")
			require.Empty(t, r.current().Trouble)
			require.Equal(t, 5, r.inOutlook())
		})
	}
}

// Listings that cannot be explained change nothing: who was a member stays one.
func TestAnUnknownMembershipChangesNothing(t *testing.T) {
	t.Parallel()
	r, _ := inBonn(t, 5)
	r.sync("one")
	r.vtiger.Fail("mobile.listmodulerecords", 100, vtigersim.EmptyList)
	r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "New", "mailingcity": "Bonn"})
	id := r.vtiger.Contacts()[0]["id"]
	require.NoError(t, r.vtiger.Edit(id, map[string]string{"title": "Edited"}))
	r.sync("two")
	require.Equal(t, 5, r.inOutlook())
	require.Contains(t, r.titles(), "Edited")
	r.vtiger.ClearFaults()
	r.sync("three")
	require.Equal(t, 6, r.inOutlook())
}

// Connections with the same filter share its listing, and the clock's runs list it only when it is due.
func TestAFilterIsListedOnceForAll(t *testing.T) {
	t.Parallel()
	r, filter := inBonn(t, 5)
	c := r.newcomer(1)
	c.Settings.Filter = &ledger.Filter{ID: filter, Name: "In Bonn"}
	require.NoError(t, r.ledger.SaveConnectionSettings(t.Context(), c))
	r.done([]ledger.Run{r.scheduled(r.connection, "one"), r.scheduled(c, "one")})
	listed := r.vtiger.Count("mobile.listmodulerecords")
	require.Positive(t, listed)
	r.done([]ledger.Run{r.scheduled(r.connection, "two"), r.scheduled(c, "two")})
	require.Equal(t, listed, r.vtiger.Count("mobile.listmodulerecords"))
	require.Equal(t, 5, r.inOutlook())
	require.Empty(t, r.microsoft.Contacts("user1@bridge.example", ""))
}

// A contact inserted into vTiger since the last listing is not taken for one that left the filter.
func TestANewLinkStaysInScopeUntilTheNextListing(t *testing.T) {
	t.Parallel()
	r, _ := inBonn(t, 2)
	r.sync("one")
	id := r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"givenName": "Ne", "surname": "W", "businessAddress": map[string]any{"city": "Bonn"}})
	r.done([]ledger.Run{r.scheduled(r.connection, "two")})
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, id, map[string]any{"jobTitle": "Travels"}))
	r.done([]ledger.Run{r.scheduled(r.connection, "three")})
	var found bool
	for _, v := range r.vtiger.Contacts() {
		found = found || v["title"] == "Travels"
	}
	require.True(t, found)
}
