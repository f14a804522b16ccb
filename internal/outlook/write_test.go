package outlook

import (
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

func oneOfEach() []contact.Write {
	before := contact.Record{ID: "1", Version: "key", Values: map[string]string{"jobTitle": "Engineer"}}
	gone := before
	gone.ID = "2"
	return []contact.Write{
		{Action: contact.Insert, Values: map[string]string{"surname": "Example"}, Stamp: "OP"},
		{Action: contact.Update, ID: "1", Values: map[string]string{"jobTitle": "Boss"}, Before: before},
		{Action: contact.Delete, ID: "2", Before: gone},
	}
}

func TestAnswersBecomeOutcomes(t *testing.T) {
	const done, stale, gone, unclear, later, refused = contact.Done, contact.Stale, contact.Gone, contact.Unclear, contact.Postponed, contact.Refused
	for _, c := range []struct {
		status               int
		code                 string
		insert, update, kill contact.Outcome
		kind                 contact.Kind
	}{
		{400, "ErrorInvalidRequest", refused, refused, refused, contact.BadRecord},
		{403, "ErrorAccessDenied", refused, refused, refused, contact.NeedsAdmin},
		{404, "ErrorItemNotFound", refused, gone, gone, contact.BadInput},
		{404, "MailboxNotEnabledForRESTAPI", refused, refused, refused, contact.NeedsAdmin},
		{409, "ErrorIrresolvableConflict", later, stale, stale, contact.Unavailable},
		{412, "ErrorIrresolvableConflict", later, stale, stale, contact.Unavailable},
		{429, "TooManyRequests", later, later, later, contact.Throttled},
		{507, "ErrorQuotaExceeded", refused, refused, refused, contact.NeedsAdmin},
		{500, "ErrorInternalServerError", unclear, unclear, unclear, contact.Unavailable},
		{503, "ErrorServerBusy", unclear, unclear, unclear, contact.Unavailable},
		{504, "UnknownError", unclear, unclear, unclear, contact.Unavailable},
		{0, "", unclear, unclear, unclear, contact.Unavailable},
	} {
		s := openStage(t, batched(t, func(p part) response {
			if p.Method == http.MethodGet {
				return response{Status: 200, Body: wire("1", map[string]any{"jobTitle": "Director"})}
			}
			return response{Status: c.status, Body: failure(c.code), Headers: map[string]string{"retry-after": "1.5"}}
		}))
		got, err := s.book().Write(t.Context(), oneOfEach())
		require.NoError(t, err)
		require.Equal(t, []contact.Outcome{c.insert, c.update, c.kill},
			[]contact.Outcome{got[0].Outcome, got[1].Outcome, got[2].Outcome}, "%d %s", c.status, c.code)
		for _, w := range got {
			e := requireKind(t, c.kind, w.Err)
			if c.kind == contact.Throttled {
				require.Equal(t, 1500*time.Millisecond, e.RetryAfter)
			}
		}
		if c.update == stale {
			require.Equal(t, "Director", got[1].Record.Values["jobTitle"])
		}
		require.NotEqual(t, done, got[0].Outcome)
	}
}

func TestWritesCarryVersionStampAndImmutableIDs(t *testing.T) {
	var parts []part
	s := openStage(t, batched(t, func(p part) response {
		parts = append(parts, p)
		switch p.Method {
		case http.MethodPost:
			return response{Status: 201, Body: wire("new", map[string]any{"surname": "Example"})}
		case http.MethodPatch:
			return response{Status: 200, Body: wire("1", map[string]any{"jobTitle": "Boss"})}
		}
		return response{Status: 204}
	}))
	got, err := s.book().Write(t.Context(), oneOfEach())
	require.NoError(t, err)
	require.Equal(t, contact.Record{
		ID: "new", Version: "key-new", Values: map[string]string{"surname": "Example"}, Stamp: "OP",
	}, got[0].Record)
	require.Equal(t, "Boss", got[1].Record.Values["jobTitle"])
	require.Equal(t, contact.Written{Outcome: contact.Done}, got[2])
	for _, p := range parts {
		require.Contains(t, p.Headers["Prefer"], `IdType="ImmutableId"`)
		require.NotContains(t, p.Headers, "Authorization")
		if p.Method == http.MethodPost {
			require.Equal(t, "/me/contactFolders/folder/contacts", p.URL)
			require.NotContains(t, p.Headers, "If-Match")
			require.Equal(t, "application/json", p.Headers["Content-Type"])
			continue
		}
		require.Equal(t, `W/"key"`, p.Headers["If-Match"])
		require.True(t, strings.HasPrefix(p.URL, "/me/contacts/"))
	}
}

func TestAReplyThatShowsNoContactIsReadAgain(t *testing.T) {
	s := openStage(t, batched(t, func(p part) response {
		switch p.Method {
		case http.MethodPost:
			return response{Status: 201, Body: map[string]any{"id": "new"}}
		case http.MethodPatch:
			return response{Status: 204}
		case http.MethodGet:
			return response{Status: 200, Body: wire("new", map[string]any{"surname": "Example"})}
		}
		return response{Status: 204}
	}))
	got, err := s.book().Write(t.Context(), oneOfEach())
	require.NoError(t, err)
	require.Equal(t, contact.Done, got[0].Outcome)
	require.Equal(t, "OP", got[0].Record.Stamp)
	require.Equal(t, contact.Done, got[1].Outcome)
}

func TestAnEnvelopeThatWasNotLetInIsAnError(t *testing.T) {
	for status, kind := range map[int]contact.Kind{
		401: contact.NeedsSignIn, 403: contact.NeedsAdmin, 429: contact.Throttled, 400: contact.Bug,
	} {
		s := openStage(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3")
			say(w, status, failure("SomeCode"))
		})
		_, err := s.book().Write(t.Context(), oneOfEach())
		e := requireKind(t, kind, err)
		if status == 429 {
			require.Equal(t, 3*time.Second, e.RetryAfter)
		}
	}
}

func TestAnEnvelopeWithoutAClearAnswerLeavesAllUnclear(t *testing.T) {
	for name, graph := range map[string]http.HandlerFunc{
		"gateway":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502); _, _ = w.Write([]byte("<html>")) },
		"not json": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("OK")) },
		"empty":    func(w http.ResponseWriter, _ *http.Request) { say(w, 200, map[string]any{}) },
		"broken":   func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			s := openStage(t, graph)
			got, err := s.book().Write(t.Context(), oneOfEach())
			require.NoError(t, err)
			for _, w := range got {
				require.Equal(t, contact.Unclear, w.Outcome)
				requireKind(t, contact.Unavailable, w.Err)
			}
			require.Len(t, s.heard(), 1, "a write is never repeated by itself")
		})
	}
}

func TestASilentServerLeavesAllUnclear(t *testing.T) {
	release := make(chan struct{})
	s := openStage(t, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	got, err := s.client(WithTimeout(100*time.Millisecond)).Book("folder").Write(t.Context(), oneOfEach())
	require.NoError(t, err)
	require.Equal(t, contact.Unclear, got[0].Outcome)
	require.False(t, requireKind(t, contact.Unavailable, got[0].Err).Refused)
}

func TestARefusedConnectionIsAnErrorAndNothingBegan(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	free := "http://" + l.Addr().String()
	require.NoError(t, l.Close())
	s := openStage(t, nil)
	cfg := s.config()
	cfg.GraphURL = free
	_, err = NewClient(cfg, NewSource(cfg, "r", nil)).Book("folder").Write(t.Context(), oneOfEach())
	require.True(t, requireKind(t, contact.Unavailable, err).Refused)
}

func TestPartsThatRefuseTheTokenAreTriedWithAFreshOne(t *testing.T) {
	s := openStage(t, nil)
	s.graph = func(w http.ResponseWriter, r *http.Request) {
		status := 401
		if r.Header.Get("Authorization") == "Bearer a2" {
			status = 204
		}
		batched(t, func(part) response { return response{Status: status} })(w, r)
	}
	got, err := s.book().Write(t.Context(), oneOfEach()[2:])
	require.NoError(t, err)
	require.Equal(t, contact.Done, got[0].Outcome)
	require.Len(t, s.heard(), 2)

	s.graph = batched(t, func(part) response { return response{Status: 401, Body: failure("InvalidAuthenticationToken")} })
	_, err = s.book().Write(t.Context(), oneOfEach())
	requireKind(t, contact.NeedsSignIn, err)
}

func TestTooManyWritesAreRefused(t *testing.T) {
	s := openStage(t, nil)
	_, err := s.book().Write(t.Context(), make([]contact.Write, s.book().Batch()+1))
	requireKind(t, contact.Bug, err)
	require.Empty(t, s.heard())
}
