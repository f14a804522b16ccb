package graphsim

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFolders(t *testing.T) {
	r := newRig(t)
	require.Empty(t, r.get("/me/contactFolders").values(), "the default folder is not listed")
	contacts := r.get("/me/contactFolders/Contacts")
	require.Equal(t, "Contacts", contacts.body["displayName"])

	made := r.create("/me/contactFolders", map[string]any{"displayName": "CRM"})
	require.Equal(t, contacts.id(), made.body["parentFolderId"])
	again := r.send("POST", "/me/contactFolders", map[string]any{"displayName": "crm"})
	require.Equal(t, http.StatusConflict, again.status)
	require.Equal(t, "ErrorFolderExists", again.code())
	child := r.create("/me/contactFolders/"+made.id()+"/childFolders", map[string]any{"displayName": "CRM"})
	require.Equal(t, made.id(), child.body["parentFolderId"])
	require.Equal(t, child.id(), r.get("/me/contactFolders/" + made.id() + "/childFolders").values()[0]["id"])
	require.Len(t, r.get("/me/contactFolders/contacts/childFolders").values(), 1)
	require.Len(t, r.get("/me/contactFolders"+query("$filter", "displayName eq 'CRM'")).values(), 1)
	require.Empty(t, r.get("/me/contactFolders"+query("$filter", "displayName eq 'other'")).values())

	path := "/me/contactFolders/" + made.id()
	require.Equal(t, "People", r.send("PATCH", path, map[string]any{"displayName": "People"}).body["displayName"])
	require.Equal(t, "People", r.get(path).body["displayName"])
	inside := r.AddContact(ann, made.id(), map[string]any{"givenName": "A"})
	require.Equal(t, http.StatusNoContent, r.send("DELETE", path, nil).status)
	require.Equal(t, "ErrorItemNotFound", r.get(path).code())
	require.Equal(t, "ErrorItemNotFound", r.get("/me/contacts/"+inside).code())
	require.Equal(t, "ErrorItemNotFound", r.get("/me/contactFolders/"+child.id()).code(), "children go too")
	require.Equal(t, http.StatusBadRequest, r.send("DELETE", "/me/contactFolders/contacts", nil).status)

	twin := r.create("/me/contactFolders", map[string]any{"displayName": "People"})
	require.Equal(t, "ErrorFolderExists", r.send("DELETE", "/me/contactFolders/"+twin.id(), nil).code(), "one is in the bin")
	require.Equal(t, http.StatusBadRequest, r.send("POST", "/me/contactFolders", map[string]any{}).status)
}

func TestFolderPages(t *testing.T) {
	r := newRig(t)
	for _, name := range []string{"a", "b", "c"} {
		r.AddFolder(ann, name)
	}
	first := r.get("/me/contactFolders?$top=2")
	require.Len(t, first.values(), 2)
	second := r.get(first.body["@odata.nextLink"].(string))
	require.Equal(t, "c", second.values()[0]["displayName"])
	require.NotContains(t, second.body, "@odata.nextLink")
}

func TestUnknownPaths(t *testing.T) {
	r := newRig(t)
	require.Equal(t, "BadRequest", r.get("/me/messages").code())
	require.Equal(t, "BadRequest", r.get("/groups").code())
	require.Equal(t, http.StatusMethodNotAllowed, r.send("DELETE", "/me/contacts", nil).status)
	require.Equal(t, 3, r.Count("unknown"))
}
