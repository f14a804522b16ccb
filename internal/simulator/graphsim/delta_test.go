package graphsim

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// round walks a round of delta to its end.
func (r *rig) round(link string, headers ...string) (all []map[string]any, deltaLink string, pages int) {
	r.t.Helper()
	for {
		got := r.get(link, headers...)
		require.Equal(r.t, http.StatusOK, got.status, got.text)
		all = append(all, got.values()...)
		pages++
		next, more := got.body["@odata.nextLink"].(string)
		if !more {
			return all, got.body["@odata.deltaLink"].(string), pages
		}
		require.Contains(r.t, next, "$skiptoken=")
		link = next
	}
}

func removedIDs(list []map[string]any) []any {
	ids := []any{}
	for _, c := range list {
		if c["@removed"] != nil {
			ids = append(ids, c["id"])
		}
	}
	return ids
}

func TestDeltaRounds(t *testing.T) {
	r := newRig(t)
	r.fill(23)
	all, link, pages := r.round("/me/contacts/delta")
	require.Len(t, all, 23)
	require.Equal(t, 3, pages)
	require.Contains(t, link, "$deltatoken=")
	all, link, pages = r.round(link)
	require.Empty(t, all)
	require.Equal(t, 1, pages)

	made := r.create("/me/contacts", map[string]any{"givenName": "New"})
	first := r.get("/me/contacts").values()[0]["id"].(string)
	require.Equal(t, http.StatusNoContent, r.send("DELETE", "/me/contacts/"+first, nil).status)
	all, link, _ = r.round(link)
	require.Len(t, all, 2, "one's own writes come back")
	require.Equal(t, made.body["changeKey"], all[0]["changeKey"])
	require.Equal(t, map[string]any{"reason": "deleted"}, all[1]["@removed"])
	require.Equal(t, first, all[1]["id"])

	require.NoError(t, r.Edit(ann, made.id(), map[string]any{"surname": "X"}))
	require.NoError(t, r.Edit(ann, made.id(), map[string]any{"surname": "Y"}))
	all, _, _ = r.round(link)
	require.Len(t, all, 1, "several edits are one item")
	require.Equal(t, "Y", all[0]["surname"])
	all, _, _ = r.round("/me/contacts/delta")
	require.Len(t, all, 23)
	require.Empty(t, removedIDs(all))
	r.Configure(func(s *Settings) { s.Delta.RemovedInFirstRound, s.Delta.RemovedReason = true, "changed" })
	all, _, _ = r.round("/me/contacts/delta")
	require.Equal(t, []any{first}, removedIDs(all))
}

func TestDeltaSpellings(t *testing.T) {
	r := newRig(t)
	folder := r.AddFolder(ann, "Other")
	r.AddContact(ann, folder, map[string]any{"givenName": "A"})
	for _, collection := range []string{"/me/contactFolders/" + folder, "/users/" + ann + "/contactfolders('" + folder + "')"} {
		for _, function := range []string{"delta", "delta()", "delta%28%29", "microsoft.graph.delta()"} {
			all, link, _ := r.round(collection + "/contacts/" + function)
			require.Equal(t, []any{"A"}, names(all), function)
			all, _, _ = r.round(link)
			require.Empty(t, all)
		}
	}
}

func TestDeltaKeepsItsQuery(t *testing.T) {
	r := newRig(t)
	r.fill(5)
	got := r.get("/me/contacts/delta?$select=givenName", "Prefer", immutable, "Prefer", "odata.maxpagesize=3")
	require.Len(t, got.values(), 3)
	require.Len(t, got.values()[0], 3, "givenName, id, etag")
	require.True(t, strings.HasPrefix(got.values()[0]["id"].(string), immutablePrefix))
	got = r.get(got.body["@odata.nextLink"].(string), "Prefer", "odata.maxpagesize=1")
	require.Len(t, got.values(), 2, "the first page size stays")
	require.Len(t, got.values()[0], 3, "so does $select")
	require.True(t, strings.HasPrefix(got.values()[0]["id"].(string), defaultPrefix), "but the kind of id is asked for every time")

	r.fill(250)
	require.Len(t, r.get("/me/contacts/delta", "Prefer", "odata.maxpagesize=999").values(), 200)
	for _, option := range []string{"$filter=x", "$top=5", "$orderby=surname", "$expand=extensions", "$search=x"} {
		require.Equal(t, "ErrorInvalidUrlQuery", r.get("/me/contacts/delta?"+option).code(), option)
	}
}

func TestDeltaWhileWalking(t *testing.T) {
	r := newRig(t)
	r.fill(3)
	ids := r.Contacts(ann, "")
	page := r.get("/me/contacts/delta", "Prefer", "odata.maxpagesize=2", "Prefer", immutable)
	require.NoError(t, r.Edit(ann, ids[0]["id"].(string), map[string]any{"surname": "Again"}))
	require.NoError(t, r.Delete(ann, ids[1]["id"].(string)))
	rest, _, _ := r.round(page.body["@odata.nextLink"].(string), "Prefer", immutable)
	require.Equal(t, []any{"Name02", "Name00", nil}, names(rest), "an item edited meanwhile comes twice")
	require.Equal(t, []any{ids[1]["id"]}, removedIDs(rest), "one deleted meanwhile is reported")
}

func TestDeltaOfMoves(t *testing.T) {
	for name, test := range map[string]struct {
		headers []string
		back    int // what the source shows after A→B→A
	}{
		"default ids":   {nil, 2},
		"immutable ids": {[]string{"Prefer", immutable}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			folder := r.AddFolder(ann, "B")
			id := r.AddContact(ann, "", map[string]any{"givenName": "A"})
			_, linkA, _ := r.round("/me/contacts/delta", test.headers...)
			_, linkB, _ := r.round("/me/contactFolders/"+folder+"/contacts/delta", test.headers...)
			require.NoError(t, r.Move(ann, id, folder))
			gone, _, _ := r.round(linkA, test.headers...)
			require.Len(t, removedIDs(gone), 1)
			came, _, _ := r.round(linkB, test.headers...)
			require.Equal(t, []any{"A"}, names(came))
			require.Equal(t, len(test.headers) > 0, gone[0]["id"] == came[0]["id"])

			require.NoError(t, r.Move(ann, id, ""))
			_, linkA, _ = r.round("/me/contacts/delta", test.headers...)
			require.NoError(t, r.Move(ann, id, folder))
			require.NoError(t, r.Move(ann, id, ""))
			shown, _, _ := r.round(linkA, test.headers...)
			require.Len(t, removedIDs(shown), 1)
			require.Len(t, shown, test.back, "with immutable ids it never comes back")
			whole, _, _ := r.round("/me/contacts/delta", test.headers...)
			require.Equal(t, []any{"A"}, names(whole), "a new enumeration has it")
		})
	}
}

func TestDeltaFaults(t *testing.T) {
	r := newRig(t, func(s *Settings) { s.Delta.Duplicates, s.Delta.EmptyPages, s.Delta.Replays = true, true, 2 })
	r.fill(4)
	first := r.get("/me/contacts/delta", "Prefer", "odata.maxpagesize=3")
	require.Empty(t, first.values())
	all, link, pages := r.round(first.body["@odata.nextLink"].(string))
	require.Equal(t, []any{"Name00", "Name01", "Name00", "Name02", "Name03", "Name02"}, names(all))
	require.Equal(t, 3, pages, "an empty page before each")
	r.Configure(func(s *Settings) { s.Delta.Duplicates = false })
	all, _, _ = r.round(link)
	require.Equal(t, []any{"Name02", "Name03"}, names(all), "replayed")
}

func TestDeltaTokensDie(t *testing.T) {
	for name, test := range map[string]struct {
		settings func(*Settings)
		kill     func(r *rig)
	}{
		"reset":           {nil, func(r *rig) { _ = r.ResetDelta(ann) }},
		"by count":        {func(s *Settings) { s.Delta.TokenCache = 2 }, func(r *rig) { r.round("/me/contacts/delta") }},
		"walked too slow": {func(s *Settings) { s.Delta.NextLinkLifetime = time.Minute }, func(r *rig) { r.clock.advance(61 * time.Second) }},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.fill(12)
			if test.settings != nil {
				r.Configure(test.settings)
			}
			link := r.get("/me/contacts/delta").body["@odata.nextLink"].(string)
			require.Equal(t, http.StatusOK, r.get(link).status)
			test.kill(r)
			got := r.get(link)
			require.Equal(t, http.StatusGone, got.status, got.text)
			require.Equal(t, "SyncStateNotFound", got.code())
			all, _, _ := r.round(got.header.Get("Location"))
			require.Len(t, all, 12)
			r.Configure(func(s *Settings) { s.Delta.GoneWithoutLocation = true })
			require.Empty(t, r.get(link).header.Get("Location"))
		})
	}
}

func TestDeltaTokenMistakes(t *testing.T) {
	r := newRig(t)
	folder := r.AddFolder(ann, "Other")
	_, link, _ := r.round("/me/contactFolders/" + folder + "/contacts/delta")
	require.Equal(t, "SyncStateInvalid", r.get("/me/contacts/delta?$deltatoken=rubbish").code())
	require.Equal(t, "SyncStateInvalid", r.get(strings.Replace(link, "contactfolders('"+folder+"')/", "", 1)).code())
	require.Equal(t, "SyncStateInvalid", r.get(strings.Replace(link, "deltatoken", "skiptoken", 1)).code())
	require.NoError(t, r.DeleteFolder(ann, folder))
	require.Equal(t, "ErrorSyncFolderNotFound", r.get(link).code())
}

func TestManyContacts(t *testing.T) {
	r := newRig(t)
	const n = 20_000
	for i := range n {
		r.AddContact(ann, "", map[string]any{
			"givenName":                     fmt.Sprint(i),
			"singleValueExtendedProperties": []any{map[string]any{"id": stampID, "value": fmt.Sprint(i)}},
		})
	}
	all, _, pages := r.round("/me/contacts/delta?$select=givenName", "Prefer", "odata.maxpagesize=200")
	require.Len(t, all, n)
	require.Equal(t, n/200, pages)
	filter := "singleValueExtendedProperties/Any(ep: ep/id eq '" + stampID + "' and ep/value eq '19999')"
	require.Len(t, r.get("/me/contacts"+query("$filter", filter)).values(), 1)
}
