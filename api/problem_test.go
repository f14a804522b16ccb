package api

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatTheRouterRefuses(t *testing.T) {
	r := newRig(t)
	nobody, admin := r.as(""), r.as("ada")
	nobody.do("GET", "/nothing/here", nil).refused(t, 404, "not-found")
	nobody.do("GET", "/api/v1/nothing", nil).refused(t, 404, "not-found")
	a := nobody.do("PATCH", "/api/v1/session", nil)
	a.refused(t, 405, "method-not-allowed")
	require.NotEmpty(t, a.header.Get("Allow"))

	const path = "/api/v1/settings/microsoft"
	admin.do("PUT", path, `{"clientId":`).refused(t, 400, "bad-request")
	admin.do("PUT", path, nil).refused(t, 400, "bad-request")
	admin.do("PUT", path, "clientId=x", "Content-Type", "application/x-www-form-urlencoded").refused(t, 415, "unsupported-media-type")
	for _, size := range []int{1 << 20, 3 << 20} {
		admin.do("PUT", path, `{"clientId":"`+strings.Repeat("x", size)+`"}`).refused(t, 413, "too-large")
	}
	// A value that does not fit is never repeated: it may be a secret at the wrong place.
	a = nobody.do("POST", "/api/v1/session", `{"username":"ada","password":["my-secret-word"]}`)
	a.refused(t, 422, "invalid")
	require.NotContains(t, a.raw, "my-secret-word")
	a = nobody.do("POST", "/api/v1/session", `{"username":"ada","password":my-secret-word}`)
	a.refused(t, 400, "bad-request")
	require.NotContains(t, a.raw, "my-secret-word")
}

func TestCrossOriginCallsAreRefused(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	admin.do("PUT", "/api/v1/settings/microsoft", r.step1(), "Sec-Fetch-Site", "cross-site").refused(t, 403, "cross-origin")
	require.Contains(t, admin.do("GET", "/api/v1/settings/microsoft", nil).raw, `"saved":false`)
}

func TestPanicsAreAnsweredAndLoggedWithoutBodies(t *testing.T) {
	r := newRig(t)
	broken := r.server.observed(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("a-contact's-name") }))
	w := httptest.NewRecorder()
	broken.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/me?cursor=hidden", nil))
	reply{w.Code, w.Header(), w.Body.String()}.refused(t, 500, "internal")
	require.Contains(t, r.logged.String(), "a handler panicked")
	require.NotContains(t, r.logged.String(), "a-contact's-name")
	require.NotContains(t, r.logged.String(), "cursor=hidden")
}

func TestInternalErrorsAreNotTold(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	r.exec("DROP TABLE operations CASCADE")
	a := admin.do("GET", "/api/v1/log", nil)
	a.refused(t, 500, "internal")
	require.NotContains(t, a.raw, "42P01")
	require.Contains(t, r.logged.String(), "42P01")
}

func TestEveryKindHasAMeaning(t *testing.T) {
	for k, m := range meanings {
		require.GreaterOrEqual(t, m.status, 400, k)
		require.NotEmpty(t, m.title, k)
	}
	for side, k := range ofSide {
		require.Contains(t, meanings, k, side)
	}
	require.Equal(t, internal, ofStatus(0))
	require.Equal(t, badRequest, ofStatus(http.StatusTeapot))
}

func TestProbes(t *testing.T) {
	r := newRig(t)
	nobody := r.as("")
	require.Equal(t, "1.2.3", nobody.do("GET", "/healthz", nil).text(t, "version"))
	require.Equal(t, 200, nobody.do("GET", "/readyz", nil).status)
	r.server.Ready = func(context.Context) error { return errors.New("down") }
	require.Contains(t, nobody.do("GET", "/readyz", nil).refused(t, 503, "not-ready").Detail, "Temporal")
	open := r.server.Ledger
	r.server.Ledger = r.closedLedger()
	require.Contains(t, nobody.do("GET", "/readyz", nil).refused(t, 503, "not-ready").Detail, "database")
	require.Equal(t, 200, nobody.do("GET", "/healthz", nil).status)
	r.server.Ledger = open
}
