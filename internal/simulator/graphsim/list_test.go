package graphsim

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func query(pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return "?" + q.Encode()
}

func (r *rig) fill(n int) {
	for i := range n {
		r.AddContact(ann, "", map[string]any{"givenName": fmt.Sprintf("Name%02d", i)})
	}
}

func names(list []map[string]any) []any {
	all := []any{}
	for _, c := range list {
		all = append(all, c["givenName"])
	}
	return all
}

func TestListPagesBySkip(t *testing.T) {
	r := newRig(t)
	r.fill(23)
	first := r.get("/me/contacts")
	require.Len(t, first.values(), 10)
	second := r.get(first.body["@odata.nextLink"].(string))
	require.Equal(t, "Name10", second.values()[0]["givenName"])
	third := r.get(second.body["@odata.nextLink"].(string))
	require.Len(t, third.values(), 3)
	require.NotContains(t, third.body, "@odata.nextLink")

	got := r.get("/me/contacts" + query("$top", "20", "$select", "givenName", "$count", "true"))
	require.Len(t, got.values(), 20)
	require.EqualValues(t, 23, got.body["@odata.count"])
	require.Len(t, got.values()[0], 3, "givenName, id and etag")
	next := r.get(got.body["@odata.nextLink"].(string))
	require.Equal(t, []any{"Name20", "Name21", "Name22"}, names(next.values()))
	require.Len(t, next.values()[0], 3, "the link keeps $select")

	require.NoError(t, r.Delete(ann, r.Contacts(ann, "")[0]["id"].(string)))
	require.Equal(t, "Name11", r.get(first.body["@odata.nextLink"].(string)).values()[0]["givenName"], "pages shift under change")
	for _, top := range []string{"0", "1001", "many"} {
		require.Equal(t, http.StatusBadRequest, r.get("/me/contacts"+query("$top", top)).status, top)
	}
}

func TestListIsTheDefaultFolderOnly(t *testing.T) {
	r := newRig(t)
	folder := r.AddFolder(ann, "Other")
	r.AddContact(ann, folder, map[string]any{"givenName": "There"})
	r.AddContact(ann, "", map[string]any{"givenName": "Here"})
	require.Equal(t, []any{"Here"}, names(r.get("/me/contacts").values()))
	require.Equal(t, []any{"Here"}, names(r.get("/me/contactFolders/Contacts/contacts").values()))
	require.Equal(t, []any{"There"}, names(r.get("/me/contactFolders/"+folder+"/contacts").values()))
	require.Equal(t, []any{"There"}, names(r.get("/users/"+ann+"/contactFolders('"+folder+"')/contacts").values()))
	require.Equal(t, "ErrorItemNotFound", r.get("/me/contactFolders/"+folderPrefix+"x/contacts").code())
	require.Equal(t, "ErrorInvalidIdMalformed", r.get("/me/contactFolders/x/contacts").code())
}

func TestFilters(t *testing.T) {
	r := newRig(t)
	add := func(name, address string) {
		r.AddContact(ann, "", map[string]any{"givenName": name, "emailAddresses": []any{map[string]any{"address": address}}})
	}
	add("Ann", "a'b@x.example")
	add("Anton", "power@x.example")
	add("Ben", "mpower@x.example")
	email := func(address string) string { return "emailAddresses/any(a:a/address eq '" + address + "')" }
	for filter, want := range map[string][]any{
		email("A''B@x.example"):                        {"Ann"},
		email("power@x.example"):                       {"Anton"},
		email("power@x.example") + " or " + email("q"): {"Anton", "Ben"}, // joined by or it matches parts
		"startswith(displayName,'AN')":                 {"Ann", "Anton"},
		"displayName eq 'ben'":                         {"Ben"},
	} {
		got := r.get("/me/contacts" + query("$filter", filter))
		require.Equal(t, want, names(got.values()), filter)
	}
	for _, filter := range []string{
		"emailAddresses/any(a:startswith(a/address,'x'))", "contains(displayName,'x')", "nonsense",
		"emailAddresses/any(a:b/address eq 'x')",
	} {
		require.Equal(t, "ErrorInvalidUrlQueryFilter", r.get("/me/contacts"+query("$filter", filter)).code(), filter)
	}
	sorted := r.get("/me/contacts" + query("$filter", "startswith(displayName,'A')", "$orderby", "displayName desc"))
	require.Equal(t, []any{"Anton", "Ann"}, names(sorted.values()))
	require.Equal(t, "InefficientFilter", r.get("/me/contacts"+query("$filter", "displayName eq 'x'", "$orderby", "surname")).code())
	require.Equal(t, "ErrorInvalidUrlQuery", r.get("/me/contacts"+query("$search", "x")).code())
}

func TestStamps(t *testing.T) {
	r := newRig(t)
	folder := r.AddFolder(ann, "Other")
	path := "/me/contactFolders/" + folder + "/contacts"
	stamped := r.create(path, map[string]any{
		"givenName": "A", "singleValueExtendedProperties": []any{map[string]any{"id": stampID, "value": "12x345"}},
	}, "Prefer", immutable)
	require.NotContains(t, stamped.body, "singleValueExtendedProperties")
	r.create(path, map[string]any{"givenName": "B"})

	find := func(path, name, value string, more ...string) []map[string]any {
		filter := fmt.Sprintf("singleValueExtendedProperties/Any(ep: ep/id eq '%s' and ep/value eq '%s')", name, value)
		got := r.get(path + query(append(more, "$filter", filter)...))
		require.Equal(t, http.StatusOK, got.status, got.text)
		return got.values()
	}
	expand := "singleValueExtendedProperties($filter=id eq '" + stampID + "')"
	found := find(path, stampID, "12X345", "$expand", expand)
	require.Len(t, found, 1, "values have no case")
	shownStamp := []any{map[string]any{"id": "String {c0ffee00-0000-4000-8000-0123456789ab} Name vtigerId", "value": "12x345"}}
	require.Equal(t, shownStamp, found[0]["singleValueExtendedProperties"])
	require.Empty(t, find(path, stampID+"x", "12x345"))
	require.Empty(t, find(path, "String {C0FFEE00-0000-4000-8000-0123456789AB} Name VTIGERID", "12x345"), "names do")
	require.Len(t, find("/me/contacts", stampID, "12x345"), 1, "whole mailbox")
	r.Configure(func(s *Settings) { s.StampsInFolderOnly = true })
	require.Empty(t, find("/me/contacts", stampID, "12x345"))

	_, err := r.CopyContact(ann, stamped.id(), folder)
	require.NoError(t, err)
	require.Len(t, find(path, stampID, "12x345"), 2, "a copy carries the stamp")
	all := r.get(path + query("$expand", expand)).values()
	require.Len(t, all, 3)
	require.NotContains(t, all[1], "singleValueExtendedProperties", "B has none")

	require.Equal(t, shownStamp, r.get("/me/contacts/" + stamped.id() + query("$expand", expand)).body["singleValueExtendedProperties"])
	change := map[string]any{"singleValueExtendedProperties": []any{map[string]any{"id": stampID, "value": "12x9"}}}
	require.Equal(t, http.StatusOK, r.send("PATCH", "/me/contacts/"+stamped.id(), change).status)
	require.Len(t, find(path, stampID, "12x345"), 1)
	require.NoError(t, r.Delete(ann, stamped.id()))
	require.Empty(t, find(path, stampID, "12x9"))
	require.Equal(t, http.StatusBadRequest, r.get(path+query("$expand", "extensions")).status)
}
