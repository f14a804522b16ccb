package outlook

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

func TestOneBrokenContactDoesNotCostThePage(t *testing.T) {
	partial := map[string]any{"id": "partial", "changeKey": "k", "jobTitle": "Boss"}
	s := openStage(t, nil)
	lookups := batched(t, func(p part) response {
		switch {
		case strings.Contains(p.URL, "partial"):
			return response{Status: 200, Body: wire("partial", map[string]any{"surname": "Whole", "jobTitle": "Boss"})}
		case strings.Contains(p.URL, "away"):
			return response{Status: 200, Body: wire("away", map[string]any{"parentFolderId": "elsewhere"})}
		}
		return response{Status: 200, Body: wire("broken", map[string]any{"surname": 7})}
	})
	s.graph = func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			lookups(w, r)
			return
		}
		say(w, 200, map[string]any{
			"value": []any{
				wire("good", map[string]any{"birthday": "1974-07-22"}), wire("broken", map[string]any{"surname": 7}), partial,
				map[string]any{"id": "left", "@removed": map[string]any{"reason": "deleted"}},
				map[string]any{"id": "away"},
				nil,
			},
			"@odata.deltaLink": s.URL + "/v1.0/me/contactFolders/folder/contacts/delta?$deltatoken=1",
		})
	}
	page, err := s.book().Page(t.Context(), "")
	require.NoError(t, err)
	require.True(t, page.Done)
	require.Len(t, page.Records, 2)
	require.Equal(t, "1974-07-22", page.Records[0].Values["birthday"])
	require.Equal(t, "Whole", page.Records[1].Values["surname"])
	require.ElementsMatch(t, []string{"left", "broken", "away"}, page.Gone)
}

func TestEveryPageAsksForImmutableIDs(t *testing.T) {
	s := openStage(t, nil)
	s.graph = func(w http.ResponseWriter, r *http.Request) {
		link, url := "@odata.nextLink", s.URL+"/v1.0/me/contactFolders/folder/contacts/delta?$skiptoken=1"
		if r.URL.RawQuery == "$skiptoken=1" {
			link = "@odata.deltaLink"
		}
		say(w, 200, map[string]any{"value": []any{}, link: url})
	}
	page, err := s.book().Page(t.Context(), "")
	require.NoError(t, err)
	require.False(t, page.Done)
	page, err = s.book().Page(t.Context(), page.Next)
	require.NoError(t, err)
	require.True(t, page.Done)
	for _, c := range s.heard() {
		require.Subset(t, c.header.Values("Prefer"), []string{`IdType="ImmutableId"`, "odata.maxpagesize=200"})
	}
	require.Contains(t, s.heard()[0].path, "/v1.0/me/contactFolders/folder/contacts/delta")
}

func TestTokensGoToTheConfiguredGraphOnly(t *testing.T) {
	thief := openStage(t, func(w http.ResponseWriter, _ *http.Request) { say(w, 200, map[string]any{}) })
	s := openStage(t, func(w http.ResponseWriter, _ *http.Request) {
		say(w, 200, map[string]any{"value": []any{}, "@odata.nextLink": thief.URL + "/v1.0/next"})
	})
	for _, cursor := range []string{"", thief.URL + "/v1.0/next", "https" + strings.TrimPrefix(s.URL, "http") + "/v1.0/next", "::"} {
		_, err := s.book().Page(t.Context(), cursor)
		requireKind(t, contact.NeedsAdmin, err)
	}
	require.Empty(t, thief.heard())
	require.Len(t, s.heard(), 1)
}

func TestAForgottenPositionBeginsAWholeWalk(t *testing.T) {
	for _, c := range []struct {
		status int
		code   string
	}{{410, "SyncStateNotFound"}, {400, "resyncRequired"}, {410, ""}, {404, "itemNotFound"}, {400, "SyncStateInvalid"}} {
		s := openStage(t, nil)
		s.graph = func(w http.ResponseWriter, r *http.Request) {
			if r.URL.RawQuery == "$deltatoken=old" {
				say(w, c.status, failure(c.code))
				return
			}
			say(w, 200, map[string]any{"value": []any{wire("1", nil)}, "@odata.deltaLink": s.URL + "/v1.0/new"})
		}
		page, err := s.book().Page(t.Context(), s.URL+"/v1.0/me/contactFolders/folder/contacts/delta?$deltatoken=old")
		require.NoError(t, err, c)
		require.True(t, page.Restarted)
		require.Len(t, page.Records, 1)
		require.Equal(t, s.URL+"/v1.0/new", page.Next)
	}
}

func TestAFolderThatIsGoneIsSaidSo(t *testing.T) {
	for _, code := range []string{"ErrorSyncFolderNotFound", "ErrorItemNotFound"} {
		s := openStage(t, func(w http.ResponseWriter, _ *http.Request) { say(w, 404, failure(code)) })
		for _, cursor := range []string{"", s.URL + "/v1.0/cursor"} {
			_, err := s.book().Page(t.Context(), cursor)
			require.Equal(t, folderGone, requireKind(t, contact.BadInput, err).Sentence)
		}
	}
}

func TestRubbishIsNotAnEmptyPage(t *testing.T) {
	for _, body := range []string{"", "<html>", `{"value":[]}`, "null"} {
		s := openStage(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
		_, err := s.book().Page(t.Context(), "")
		require.Error(t, err, body)
	}
}

func TestADeletionNeedsTheItemGoneAndTheFolderThere(t *testing.T) {
	folder := http.StatusOK
	s := openStage(t, nil)
	looks := batched(t, func(p part) response {
		switch {
		case strings.Contains(p.URL, "gone"):
			return response{Status: 404, Body: failure("ErrorItemNotFound")}
		case strings.Contains(p.URL, "odd"):
			return response{Status: 400, Body: failure("ErrorInvalidIdMalformed")}
		case strings.Contains(p.URL, "vague"):
			return response{Status: 404}
		case strings.Contains(p.URL, "moved"):
			return response{Status: 200, Body: wire("moved", map[string]any{"parentFolderId": "other"})}
		case strings.Contains(p.URL, "broken"):
			return response{Status: 200, Body: wire("broken", map[string]any{"surname": 7})}
		}
		return response{Status: 200, Body: wire("here", nil)}
	})
	s.graph = func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			looks(w, r)
			return
		}
		say(w, folder, map[string]any{"id": "folder"})
	}
	ids := []string{"gone", "odd", "vague", "moved", "broken", "here"}
	presences := func() []contact.Presence {
		got, err := s.book().Look(t.Context(), ids)
		require.NoError(t, err)
		var out []contact.Presence
		for _, sighting := range got {
			out = append(out, sighting.Presence)
		}
		return out
	}
	require.Equal(t, []contact.Presence{
		contact.Deleted, contact.Unknown, contact.Unknown, contact.Outside, contact.Unknown, contact.Present,
	}, presences())
	folder = http.StatusNotFound
	require.Equal(t, contact.Unknown, presences()[0])
}

func TestLookConcludesNothingFromTrouble(t *testing.T) {
	for status, kind := range map[int]contact.Kind{429: contact.Throttled, 503: contact.Unavailable, 403: contact.NeedsAdmin} {
		s := openStage(t, batched(t, func(p part) response {
			if strings.Contains(p.URL, "slow") {
				return response{Status: status, Headers: map[string]string{"Retry-After": "7"}}
			}
			return response{Status: 404, Body: failure("ErrorItemNotFound")}
		}))
		_, err := s.book().Look(t.Context(), []string{"gone", "slow"})
		requireKind(t, kind, err)
	}
	s := openStage(t, batched(t, func(part) response { return response{Status: 404, Body: failure("ResourceNotFound")} }))
	_, err := s.book().Look(t.Context(), []string{"1"})
	requireKind(t, contact.NeedsAdmin, err)
}

func TestAStampThatCannotBeAskedForIsNoAnswer(t *testing.T) {
	for _, status := range []int{0, 400, 404, 429, 503} {
		s := openStage(t, batched(t, func(p part) response { return response{Status: status, Body: failure("SomeCode")} }))
		_, err := s.book().FindStamped(t.Context(), []string{"OP"})
		require.Error(t, err, status)
	}
	s := openStage(t, batched(t, func(part) response {
		return response{Status: 200, Body: map[string]any{"value": []any{wire("1", map[string]any{"surname": 7})}}}
	}))
	_, err := s.book().FindStamped(t.Context(), []string{"OP"})
	requireKind(t, contact.BadRecord, err)
}

func TestStampsInAForm(t *testing.T) {
	var asked string
	s := openStage(t, batched(t, func(p part) response {
		asked = p.URL
		return response{Status: 200, Body: map[string]any{"value": []any{}}}
	}))
	found, err := s.book().FindStamped(t.Context(), []string{"it's"})
	require.NoError(t, err)
	require.Empty(t, found)
	require.Contains(t, asked, "it%27%27s")
	require.Contains(t, asked, "/me/contactFolders/folder/contacts?")
}
