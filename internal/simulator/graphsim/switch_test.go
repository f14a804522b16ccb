package graphsim

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const immutableIDs = `IdType="ImmutableId"`

func TestDeletedItemsKeepWhatWasDeleted(t *testing.T) {
	r := newRig(t, func(s *Settings) { s.DeletedItems = true })
	id := r.AddContact(ann, "", map[string]any{"surname": "X"})
	home := r.Contact(ann, id)["parentFolderId"].(string)
	first := r.send("GET", "/me/contacts/delta", nil, "Prefer", immutableIDs)
	require.Equal(t, http.StatusNoContent, r.send("DELETE", "/me/contacts/"+id, nil).status)

	kept := r.send("GET", "/me/contacts/"+id, nil, "Prefer", immutableIDs)
	require.Equal(t, http.StatusOK, kept.status)
	bin := kept.body["parentFolderId"].(string)
	require.NotEqual(t, home, bin)
	require.Equal(t, "ErrorItemNotFound", r.send("GET", "/me/contactFolders/"+bin, nil).code())
	require.Empty(t, r.Contacts(ann, ""))
	removed := r.send("GET", first.body["@odata.deltaLink"].(string), nil, "Prefer", immutableIDs)
	require.Contains(t, removed.values()[0], "@removed")

	require.NoError(t, r.Move(ann, id, ""))
	require.Len(t, r.Contacts(ann, ""), 1)
	require.Equal(t, http.StatusNoContent, r.send("POST", "/me/contacts/"+id+"/permanentDelete", map[string]any{}).status)
	require.Equal(t, "ErrorItemNotFound", r.send("GET", "/me/contacts/"+id, nil).code())
}

func TestPartialAndLateChanges(t *testing.T) {
	r := newRig(t, func(s *Settings) { s.Delta.Partial = true })
	id := r.AddContact(ann, "", map[string]any{"surname": "X", "jobTitle": "A"})
	first := r.send("GET", "/me/contacts/delta", nil, "Prefer", immutableIDs)
	require.Equal(t, "A", first.values()[0]["jobTitle"], "a first round shows all")
	r.Configure(func(s *Settings) { s.Delta.Lag = 5 * time.Second })
	r.clock.advance(time.Minute)
	require.NoError(t, r.Edit(ann, id, map[string]any{"jobTitle": "B"}))
	second := r.send("GET", first.body["@odata.deltaLink"].(string), nil, "Prefer", immutableIDs)
	require.Empty(t, second.values(), "it is not visible yet")
	r.clock.advance(5 * time.Second)
	third := r.send("GET", second.body["@odata.deltaLink"].(string), nil, "Prefer", immutableIDs)
	require.Len(t, third.values(), 1)
	require.Equal(t, id, third.values()[0]["id"])
	require.NotContains(t, third.values()[0], "jobTitle")
}

func TestADeadTokenHasTheOrderedAnswer(t *testing.T) {
	r := newRig(t, func(s *Settings) { s.Delta.DeadStatus, s.Delta.DeadCode = http.StatusBadRequest, "resyncRequired" })
	link := r.send("GET", "/me/contacts/delta", nil).body["@odata.deltaLink"].(string)
	require.NoError(t, r.ResetDelta(ann))
	dead := r.send("GET", link, nil)
	require.Equal(t, http.StatusBadRequest, dead.status)
	require.Equal(t, "resyncRequired", dead.code())
}

func TestHabitsOfShowing(t *testing.T) {
	r := newRig(t, func(s *Settings) {
		s.DateOnlyBirthdays, s.NullAddresses, s.DefaultFolderListed, s.TopIsTotal = true, true, true, true
		s.ContactLists, s.LimitCode = 2, "RequestBodyRead"
	})
	id := r.AddContact(ann, "", map[string]any{"surname": "X", "birthday": "1974-07-22", "homeAddress": map[string]any{"city": "Ulm"}})
	r.AddContact(ann, "", map[string]any{"surname": "Y"})
	shown := r.send("GET", "/me/contacts/"+id, nil).body
	require.Equal(t, "1974-07-22", shown["birthday"])
	require.Nil(t, shown["otherAddress"])
	require.NotNil(t, shown["homeAddress"])
	require.Equal(t, "Contacts", r.send("GET", "/me/contactFolders", nil).values()[0]["displayName"])
	list := r.send("GET", "/me/contacts?$top=1&$count=true", nil)
	require.EqualValues(t, 4, list.body["@odata.count"])
	require.NotContains(t, list.body, "@odata.nextLink")
	refused := r.send("POST", "/me/contacts", map[string]any{"homePhones": []any{"1", "2", "3"}})
	require.Equal(t, "RequestBodyRead", refused.code())
}
