package graphsim

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCreateShowsEverything(t *testing.T) {
	r := newRig(t)
	got := r.create("/me/contacts", map[string]any{
		"givenName": "Garth", "middleName": "M.", "surname": "Fort", "birthday": "1974-07-22",
		"emailAddresses": []any{map[string]any{"address": "garth@contoso.com"}},
		"homeAddress":    map[string]any{"city": "Ulm", "street": ""},
	})
	require.Equal(t, `W/"`+got.body["changeKey"].(string)+`"`, got.body["@odata.etag"])
	require.Equal(t, got.body["@odata.etag"], got.header.Get("ETag"))
	require.Equal(t, "Garth M. Fort", got.body["displayName"])
	require.Equal(t, "Fort, Garth M.", got.body["fileAs"])
	require.Equal(t, "G.M.F.", got.body["initials"])
	require.Equal(t, "1974-07-22T00:00:00Z", got.body["birthday"])
	require.Equal(t, "2026-11-02T09:30:00Z", got.body["createdDateTime"], "whole seconds")
	require.Equal(t, "2026-11-02T09:30:00Z", got.body["lastModifiedDateTime"])
	require.Equal(t, map[string]any{"city": "Ulm"}, got.body["homeAddress"])
	require.Equal(t, map[string]any{}, got.body["businessAddress"])
	require.Equal(t, []any{}, got.body["businessPhones"])
	require.Equal(t, "", got.body["personalNotes"])
	require.Contains(t, got.body, "companyName")
	require.Nil(t, got.body["companyName"])
	email := map[string]any{"address": "garth@contoso.com", "name": "garth@contoso.com"}
	require.Equal(t, []any{email}, got.body["emailAddresses"])
	require.Equal(t, email, got.body["primaryEmailAddress"])
	require.Equal(t, got.body["@odata.etag"], r.get("/me/contacts/" + got.id()).body["@odata.etag"])
}

func TestEmailNames(t *testing.T) {
	r := newRig(t)
	r.SetDirectoryName("boss@contoso.com", "The Boss")
	got := r.create("/me/contacts", map[string]any{"emailAddresses": []any{
		map[string]any{"address": "Boss@contoso.com", "name": "mine"},
		map[string]any{"address": "no address", "name": "Nobody"},
		map[string]any{"address": "/o=ExchangeLabs/cn=x", "name": "X"},
	}})
	require.Equal(t, []any{
		map[string]any{"address": "Boss@contoso.com", "name": "The Boss"},
		map[string]any{"name": "Nobody"},
		map[string]any{"address": "/o=ExchangeLabs/cn=x", "name": "X"},
	}, got.body["emailAddresses"])
}

func TestPatchIsPartial(t *testing.T) {
	r := newRig(t)
	c := r.create("/me/contacts", map[string]any{
		"givenName": "Ann", "jobTitle": "Cook", "mobilePhone": "1", "birthday": "1990-01-02T11:59:00Z",
		"businessPhones": []string{"2", "3"}, "categories": []string{"red"},
		"homeAddress": map[string]any{"city": "Ulm", "street": "Gasse 1"},
	})
	r.clock.advance(time.Minute)
	got := r.send("PATCH", "/me/contacts/"+c.id(), map[string]any{
		"jobTitle": nil, "birthday": nil, "businessPhones": []string{"4"}, "categories": []string{},
		"homeAddress": map[string]any{"street": nil},
	})
	require.Equal(t, http.StatusOK, got.status, got.text)
	require.Nil(t, got.body["jobTitle"])
	require.Nil(t, got.body["birthday"])
	require.Equal(t, "1", got.body["mobilePhone"])
	require.Equal(t, []any{"4"}, got.body["businessPhones"])
	require.Equal(t, []any{}, got.body["categories"])
	require.Equal(t, map[string]any{"city": "Ulm"}, got.body["homeAddress"])
	require.Equal(t, "2026-11-02T09:31:00Z", got.body["lastModifiedDateTime"])
	require.NotEqual(t, c.body["changeKey"], got.body["changeKey"])

	r.Configure(func(s *Settings) { s.ReplaceAddresses = true })
	got = r.send("PATCH", "/me/contacts/"+c.id(), map[string]any{"homeAddress": map[string]any{"street": "Weg 2"}})
	require.Equal(t, map[string]any{"street": "Weg 2"}, got.body["homeAddress"])
}

func TestDerivedNames(t *testing.T) {
	for name, test := range map[string]struct {
		create, patch             map[string]any
		display, fileAs, initials any
	}{
		"own display name is overwritten":       {map[string]any{"givenName": "A", "surname": "B", "displayName": "Own"}, map[string]any{"surname": "C"}, "A C", "C, A", "A.C."},
		"own display name repeated stays":       {map[string]any{"givenName": "A", "surname": "B", "displayName": "Own"}, map[string]any{"surname": "C", "displayName": "Own"}, "Own", "C, A", "A.C."},
		"other fields leave it":                 {map[string]any{"givenName": "A", "displayName": "Own"}, map[string]any{"jobTitle": "x", "companyName": "y"}, "Own", "A", "A."},
		"company stands in":                     {map[string]any{"companyName": "Inc"}, map[string]any{"companyName": "Ltd"}, "Ltd", "Ltd", nil},
		"display name alone is filed":           {map[string]any{"displayName": "Only"}, map[string]any{"mobilePhone": "1"}, "Only", "Only", nil},
		"cleared names leave nothing behind":    {map[string]any{"givenName": "A"}, map[string]any{"givenName": nil}, nil, nil, nil},
		"display name cleared stays cleared":    {map[string]any{"givenName": "A"}, map[string]any{"displayName": nil}, nil, "A", "A."},
		"own fileAs survives a foreign change":  {map[string]any{"givenName": "A", "fileAs": "Z"}, map[string]any{"jobTitle": "x"}, "A", "Z", "A."},
		"own initials are overwritten by names": {map[string]any{"givenName": "A", "initials": "Q"}, map[string]any{"givenName": "É"}, "É", "É", "É."},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			c := r.create("/me/contacts", test.create)
			got := r.send("PATCH", "/me/contacts/"+c.id(), test.patch)
			require.Equal(t, []any{test.display, test.fileAs, test.initials},
				[]any{got.body["displayName"], got.body["fileAs"], got.body["initials"]})
		})
	}
}

func TestRefusedContent(t *testing.T) {
	r := newRig(t)
	c := r.create("/me/contacts", map[string]any{"givenName": "A"})
	email := map[string]any{"address": "a@b.c"}
	for name, test := range map[string]struct {
		body   any
		status int
		text   string
	}{
		"four addresses":        {map[string]any{"emailAddresses": []any{email, email, email, email}}, 400, "The multi value property EmailAddresses has 4 entries, that exceeds the max allowed value of 3"},
		"three business phones": {map[string]any{"businessPhones": []string{"1", "2", "3"}}, 400, "The multi value property BusinessPhones has 3 entries, that exceeds the max allowed value of 2"},
		"three home phones":     {map[string]any{"homePhones": []string{"1", "2", "3"}}, 400, "HomePhones has 3"},
		"four im addresses":     {map[string]any{"imAddresses": []string{"1", "2", "3", "4"}}, 400, "ImAddresses has 4"},
		"number as a name":      {map[string]any{"givenName": 1}, 400, "RequestBodyRead"},
		"birthday in words":     {map[string]any{"birthday": "tomorrow"}, 400, "RequestBodyRead"},
		"bad stamp id":          {map[string]any{"singleValueExtendedProperties": []any{map[string]any{"id": "vtigerId", "value": "1"}}}, 400, "ErrorInvalidProperty"},
		"no json":               {"{", 400, "Unable to read JSON request payload"},
		"array":                 {"[]", 400, "Unable to read JSON request payload"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, got := range []reply{r.send("POST", "/me/contacts", test.body), r.send("PATCH", "/me/contacts/"+c.id(), test.body)} {
				require.Equal(t, test.status, got.status, got.text)
				require.Contains(t, got.text, test.text)
			}
		})
	}
	require.Len(t, r.Contacts(ann, ""), 1)
	require.Equal(t, "ErrorInternalServerError", r.send("POST", "/me/contacts", map[string]any{"homeAddress": nil}).code())
	require.Equal(t, "BadRequest", r.send("POST", "/me/contacts", map[string]any{}, "Content-Type", "text/plain").code())
	require.Equal(t, "ErrorInvalidRequest", r.send("PATCH", "/me/contacts", map[string]any{}).code())
}

func TestUnknownPropertiesAreAccepted(t *testing.T) {
	r := newRig(t)
	got := r.create("/me/contacts", map[string]any{"@odata.type": "#microsoft.graph.contact", "id": "mine", "fax": "1", "parentFolderId": "x"})
	require.NotContains(t, got.body, "fax")
	require.NotEqual(t, "mine", got.id())
}

func TestIfMatch(t *testing.T) {
	r := newRig(t)
	c := r.create("/me/contacts", map[string]any{"givenName": "A"})
	path, old := "/me/contacts/"+c.id(), c.body["@odata.etag"].(string)
	got := r.send("PATCH", path, map[string]any{"givenName": "B"}, "If-Match", old)
	require.Equal(t, http.StatusOK, got.status)
	for _, method := range []string{"PATCH", "DELETE"} {
		got := r.send(method, path, map[string]any{}, "If-Match", old)
		require.Equal(t, http.StatusPreconditionFailed, got.status)
		require.Equal(t, "ErrorIrresolvableConflict", got.code())
	}
	require.Equal(t, http.StatusOK, r.send("PATCH", path, map[string]any{}, "If-Match", "*").status)
	r.Configure(func(s *Settings) { s.IgnoreIfMatch = true })
	require.Equal(t, http.StatusNoContent, r.send("DELETE", path, nil, "If-Match", old).status)
	require.Equal(t, "ErrorItemNotFound", r.get(path).code())
	require.Equal(t, "ErrorItemNotFound", r.send("DELETE", path, nil).code())
	require.Equal(t, "ErrorInvalidIdMalformed", r.get("/me/contacts/12x3").code())
}

func TestCompressedRequests(t *testing.T) {
	r := newRig(t)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write([]byte(`{"givenName":"Zipped"}`))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	got := r.send("POST", "/me/contacts", packed.Bytes(), "Content-Encoding", "gzip")
	require.Equal(t, "Zipped", got.body["givenName"], got.text)
	require.Equal(t, http.StatusBadRequest, r.send("POST", "/me/contacts", "plain", "Content-Encoding", "gzip").status)
	require.Equal(t, http.StatusUnsupportedMediaType, r.send("POST", "/me/contacts", "x", "Content-Encoding", "br").status)
	require.Equal(t, http.StatusRequestEntityTooLarge, r.send("POST", "/me/contacts", strings.Repeat(" ", maxBodyBytes+1)).status)
}

func TestIdsByHeader(t *testing.T) {
	r := newRig(t)
	folder := r.AddFolder(ann, "Other")
	regular := r.create("/me/contacts", map[string]any{"givenName": "A"})
	fixed := r.get("/me/contacts/"+regular.id(), "Prefer", immutable)
	require.NotEqual(t, regular.id(), fixed.id())
	require.Equal(t, fixed.id(), r.get("/me/contacts", "Prefer", "odata.maxpagesize=5", "Prefer", immutable).values()[0]["id"])
	require.Equal(t, regular.id(), r.DefaultID(ann, fixed.id()))

	require.NoError(t, r.Move(ann, fixed.id(), folder))
	require.Equal(t, "ErrorItemNotFound", r.get("/me/contacts/"+regular.id()).code(), "the default id changed")
	moved := r.get("/me/contacts/"+fixed.id(), "Prefer", immutable)
	require.Equal(t, fixed.id(), moved.id())
	require.Equal(t, folder, moved.body["parentFolderId"])
	require.NotEqual(t, fixed.body["changeKey"], moved.body["changeKey"])
	require.Equal(t, http.StatusOK, r.get("/me/contactFolders/"+folder+"/contacts/"+fixed.id()).status)
	require.Equal(t, "ErrorItemNotFound", r.get("/me/contactFolders/contacts/contacts/"+fixed.id()).code())
}

func TestIdsDifferByCase(t *testing.T) {
	r := newRig(t)
	seen := map[string]int{}
	for range 4 {
		seen[strings.ToLower(r.AddContact(ann, "", nil))]++
	}
	require.Less(t, len(seen), 4)
}

func TestSeeding(t *testing.T) {
	r := newRig(t)
	folder := r.AddFolder(ann, "Friends")
	id := r.AddContact(ann, "friends", map[string]any{
		"givenName": "A", "businessPhones": []string{"1"}, "surname": "B",
		"singleValueExtendedProperties": []map[string]string{{"id": stampID, "value": "12x1"}},
	})
	require.Equal(t, "12x1", r.Stamp(ann, id))
	require.NoError(t, r.Edit(ann, id, map[string]any{"surname": "C"}))
	copied, err := r.CopyContact(ann, id, "")
	require.NoError(t, err)
	require.NotEqual(t, id, copied)
	require.Equal(t, "12x1", r.Stamp(ann, copied))
	require.Equal(t, "A C", r.Contacts(ann, "")[0]["displayName"])
	require.Equal(t, id, r.Contacts(ann, folder)[0]["id"])
	r.Contact(ann, id)["businessPhones"].([]any)[0] = "changed by the caller"
	require.Equal(t, []any{"1"}, r.Contact(ann, id)["businessPhones"])

	require.NoError(t, r.Delete(ann, id))
	require.Nil(t, r.Contact(ann, id))
	require.Empty(t, r.Contacts(ann, folder))
	require.Empty(t, r.AddFolder(ann, "FRIENDS"), "taken")
	require.Empty(t, r.AddContact("nobody", "", nil))
	_, err = r.Create(ann, "", map[string]any{"homePhones": []string{"1", "2", "3"}})
	require.ErrorContains(t, err, "HomePhones has 3 entries")
	require.Error(t, r.Delete(ann, id))
	require.Error(t, r.Move(ann, copied, "nowhere"))
}
