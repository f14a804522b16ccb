package graphsim

import (
	"context"
	"go/build"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFaults(t *testing.T) {
	for name, test := range map[string]struct {
		fault  Fault
		code   string
		header string
		want   string
		text   string
	}{
		"throttled":        {Throttled("7"), "ApplicationThrottled", "Retry-After", "7", ""},
		"fraction":         {Throttled("2.128"), "ApplicationThrottled", "Retry-After", "2.128", ""},
		"no Retry-After":   {Throttled(""), "ApplicationThrottled", "Retry-After", "", ""},
		"blank":            {Blank(503), "", "Content-Type", "", ""},
		"page":             {Page(502), "", "Content-Type", "text/html", "<html>"},
		"gateway time-out": {GatewayTimeout(), "UnknownError", "", "", ""},
		"conflict":         {Conflict(), "ErrorIrresolvableConflict", "", "", ""},
		"claims":           {ClaimsChallenge(`{"a":1}`), "InvalidAuthenticationToken", "Www-Authenticate", `Bearer realm="", error="insufficient_claims", claims="eyJhIjoxfQ=="`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.Fail("contacts.create", 1, test.fault)
			require.Equal(t, http.StatusOK, r.get("/me/contacts").status, "another operation")
			got := r.send("POST", "/me/contacts", map[string]any{"givenName": "A"})
			require.Equal(t, test.fault.Status, got.status)
			require.Equal(t, test.code, got.code())
			require.Equal(t, test.want, got.header.Get(test.header))
			require.Contains(t, got.text, test.text)
			require.Empty(t, r.Contacts(ann, ""))
			r.create("/me/contacts", map[string]any{"givenName": "A"})
			require.Equal(t, 2, r.Count("contacts.create"))
		})
	}
}

func TestLostAnswers(t *testing.T) {
	r := newRig(t)
	r.Fail("contacts.create", 1, GatewayTimeout().Committed())
	r.Fail("contacts.create", 1, InternalError().Committed())
	require.Equal(t, 504, r.send("POST", "/me/contacts", map[string]any{"givenName": "A"}).status)
	require.Equal(t, 500, r.send("POST", "/me/contacts", map[string]any{"givenName": "B"}).status)
	require.Len(t, r.Contacts(ann, ""), 2)
	r.Fail("contacts.create", 1, Fault{Drop: true, AfterCommit: true})
	request, err := http.NewRequest("POST", r.base+"/v1.0/me/contacts", strings.NewReader(`{"givenName":"C"}`))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+r.token)
	request.Header.Set("Content-Type", "application/json")
	_, err = http.DefaultClient.Do(request)
	require.Error(t, err)
	require.Len(t, r.Contacts(ann, ""), 3)
}

func TestFaultsOfOneMailbox(t *testing.T) {
	r := newRig(t)
	fault := Throttled("1")
	fault.User = bob
	r.Fail("*", 2, fault)
	require.Equal(t, http.StatusOK, r.get("/me/contacts").status)
	r.token = r.signIn(bob, "bob's password")
	require.Equal(t, http.StatusTooManyRequests, r.get("/me/contacts").status)
	r.Heal()
	require.Equal(t, http.StatusOK, r.get("/me/contacts").status)
}

func TestMailboxSwitches(t *testing.T) {
	r := newRig(t)
	require.NoError(t, r.DisableMailbox(ann, true))
	codes := []string{r.get("/me/contacts").code(), r.get("/me/contacts").code(), r.get("/me/contacts").code()}
	require.Equal(t, []string{"MailboxNotEnabledForRESTAPI", "ResourceNotFound", "MailboxNotEnabledForRESTAPI"}, codes)
	require.Equal(t, http.StatusOK, r.get("/me").status)
	require.NoError(t, r.DisableMailbox(ann, false))
	require.NoError(t, r.DenyMailbox(ann, true))
	got := r.get("/me/contacts")
	require.Equal(t, http.StatusForbidden, got.status)
	require.Equal(t, "ErrorAccessDenied", got.code())
	require.Contains(t, got.text, "Access to OData is disabled.")
	require.Error(t, r.DenyMailbox("nobody", true))
}

func TestErrorShape(t *testing.T) {
	r := newRig(t)
	got := r.get("/me/contacts/"+defaultPrefix+"x", "client-request-id", "mine")
	inner := got.body["error"].(map[string]any)["innerError"].(map[string]any)
	require.Equal(t, "2026-11-02T09:30:00", inner["date"])
	require.Equal(t, "mine", inner["client-request-id"])
	require.Equal(t, got.header.Get("request-id"), inner["request-id"])
}

func TestHeldAnswersAreCommitted(t *testing.T) {
	r := newRig(t)
	release := r.Hold("contacts.create", 1)
	answered := make(chan reply, 1)
	go func() { answered <- r.send("POST", "/me/contacts", map[string]any{"givenName": "A"}) }()
	require.NoError(t, r.Await(t.Context(), func(c map[string]int) bool { return c["contacts.create"] == 1 }))
	require.Len(t, r.Contacts(ann, ""), 1)
	require.Empty(t, answered)
	release()
	require.Equal(t, http.StatusCreated, (<-answered).status)
	release()
	r.create("/me/contacts", map[string]any{})
}

func TestHoldEndsWithItsClient(t *testing.T) {
	r := newRig(t)
	defer r.Hold("contacts.list", 1)()
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() {
		request, _ := http.NewRequestWithContext(ctx, http.MethodGet, r.base+"/v1.0/me/contacts", nil)
		request.Header.Set("Authorization", "Bearer "+r.token)
		_, err := http.DefaultClient.Do(request)
		gone <- err
	}()
	require.NoError(t, r.Await(t.Context(), func(c map[string]int) bool { return c["contacts.list"] == 1 }))
	cancel()
	require.ErrorIs(t, <-gone, context.Canceled)
	r.Configure(func(s *Settings) { s.Concurrency = 1 })
	require.Eventually(t, func() bool { return r.get("/me/contacts").status == http.StatusOK }, waitLong, waitShort, "its place is free again")
}

func TestPostponed(t *testing.T) {
	r := newRig(t)
	commit := r.Postpone("contacts.create", 1, GatewayTimeout())
	require.Equal(t, 504, r.send("POST", "/me/contacts", map[string]any{"givenName": "Late"}).status)
	require.Empty(t, r.Contacts(ann, ""))
	commit()
	commit()
	require.Equal(t, "Late", r.Contacts(ann, "")[0]["givenName"])
	require.Len(t, r.Contacts(ann, ""), 1)
}

func TestStartStaysOnLoopback(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:80", "nonsense"} {
		_, _, err := New().Start(address)
		require.Error(t, err, address)
	}
	base, stop, err := New().Start("127.0.0.1:0")
	require.NoError(t, err)
	stop()
	_, err = http.Get(base)
	require.Error(t, err)
}

// The server must not share a line with the client it is used to test, mistakes included.
func TestImportsOnlyTheStandardLibrary(t *testing.T) {
	p, err := build.ImportDir(".", 0)
	require.NoError(t, err)
	require.NotEmpty(t, p.Imports)
	for _, path := range p.Imports {
		require.NotContains(t, strings.Split(path, "/")[0], ".", path)
		require.False(t, strings.HasPrefix(path, "contactbridge"), path)
	}
}
