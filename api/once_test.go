package api

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// However many ask at once with one key, they get one run; with the key of another request they are told so, whatever of
// it differs.
func TestOneKeyIsOneRunForAllWhoAskAtOnce(t *testing.T) {
	r, _, alice, connection := staged(t)
	preview := r.previewed(alice, connection)
	start := func(body any) reply { return alice.at("POST /runs", connection, body, "Idempotency-Key", "click") }
	places := make([]string, 8)
	var all sync.WaitGroup
	for i := range places {
		all.Go(func() { places[i] = start(jsonMap{"direction": "toOutlook"}).header.Get("Location") })
	}
	all.Wait()
	for _, place := range places {
		require.NotEmpty(t, place)
		require.Equal(t, places[0], place)
	}
	for _, other := range []any{nil, jsonMap{"direction": "toVtiger"}, jsonMap{"direction": "toOutlook", "preview": true}, jsonMap{"apply": preview}} {
		p := start(other).refused(t, 422, "idempotency-key-reused")
		require.Equal(t, "header.Idempotency-Key", p.Errors[0].Location)
	}
	var list struct{ Runs []runView }
	alice.do("GET", "/api/v1/runs", nil).read(t, &list)
	require.Len(t, list.Runs, 2, "the preview and the run")

	// The key is the connection's own: bob's run under it is another one.
	bob := r.as("bob")
	theirs := bob.connection()
	r.browser().connect(bob.link(theirs), "bob")
	require.Equal(t, 200, bob.do("PUT", theirs+"/settings", jsonMap{"folderId": "Contacts"}).status)
	a := bob.at("POST /runs", theirs, jsonMap{"skipPreview": true}, "Idempotency-Key", "click")
	require.Equal(t, 202, a.status, a.raw)
	require.NotEqual(t, places[0], a.header.Get("Location"))
}

// A call that panics deep below the router answers a problem too, and nothing of what it panicked with is answered or logged.
func TestAPanicBehindTheRouterIsAProblem(t *testing.T) {
	r, _, alice, connection := staged(t)
	r.server.Request = func(context.Context, string) error { panic("Zoë Curie, zoe@customer.test") }
	a := alice.at("POST /runs", connection, nil)
	a.refused(t, 500, "internal")
	require.NotContains(t, a.raw, "Curie")
	require.Contains(t, r.logged.String(), "a handler panicked")
	require.Contains(t, r.logged.String(), `"path":"`+connection+`/runs"`)
	for _, contact := range []string{"Curie", "customer.test"} {
		require.NotContains(t, r.logged.String(), contact)
	}
	r.server.Request = r.request
	require.Equal(t, 202, alice.at("POST /runs", connection, nil).status, "the service goes on")
}

// Each refusal before any handler is a whole problem, at every kind of address.
func TestRefusalsBeforeTheHandlersAreProblems(t *testing.T) {
	r, _, alice, connection := staged(t)
	for _, path := range []string{"/api/v1/nothing", connection + "/nothing", "/oauth/nothing", "/connect"} {
		alice.do(http.MethodGet, path, nil).refused(t, 404, "not-found")
	}
	for _, call := range []string{"PATCH " + defaultsPath, "DELETE " + accessPath, "PUT " + connection + "/invitation", "POST " + connection + "/settings", "POST /healthz"} {
		a := alice.at(call, "", nil)
		a.refused(t, 405, "method-not-allowed")
		require.NotEmpty(t, a.header.Get("Allow"), call)
	}
	admin := r.as("ada")
	for _, call := range []string{"PUT " + defaultsPath, "PUT " + accessPath, "POST " + connection + "/invitation", "PUT " + connection + "/settings"} {
		admin.at(call, "", "x=1", "Content-Type", "text/plain").refused(t, 415, "unsupported-media-type")
		admin.at(call, "", `{"x":`).refused(t, 400, "bad-request")
		big := make([]byte, maxBody+2)
		for i := range big {
			big[i] = ' '
		}
		admin.at(call, "", string(big)).refused(t, 413, "too-large")
		admin.at(call, "", `{"x":1}`).refused(t, 422, "invalid")
	}
}
