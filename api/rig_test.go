package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/devstack"
	"contactbridge/internal/integration"
	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/graphsim"
	"contactbridge/internal/simulator/vtigersim"
	"contactbridge/internal/vtiger"
	"contactbridge/migrations"
)

const (
	adminKey     = "AdminAccessKey-4711"
	clientID     = "66666666-7777-8888-9999-000000000000"
	clientSecret = "the-client-secret-value"
	tenantID     = "11111111-2222-3333-4444-555555555555"
)

func TestMain(m *testing.M) { devstack.Main(m) }

var migrated = devstack.NewTemplate(func(ctx context.Context, dsn string) error {
	l, err := ledger.Open(ctx, dsn, nil)
	if err != nil {
		return err
	}
	_, err = migrations.Up(ctx, l.DB())
	return errors.Join(err, l.Close())
})

// rig is a served API over both simulators, with everything it ever answered and logged.
type rig struct {
	t         testing.TB
	server    *Server
	url       string
	crm       string // vTiger's address
	vtiger    *vtigersim.Server
	microsoft *graphsim.Server
	dsn       string
	keyset    *ledger.Keyset

	mu       sync.Mutex
	asked    []string // connections whose workflow was requested
	deaf     error    // what Request answers
	tokens   []string // of sessions and links: answered once, never logged
	answered bytes.Buffer
	logged   bytes.Buffer
}

// newDoor serves ada, the admin, and the users alice, bob and carl; nobody is allowed yet, and no vTiger is set up.
func newDoor(t testing.TB) *rig {
	t.Helper()
	r := &rig{t: t, vtiger: vtigersim.New(), microsoft: graphsim.New(), dsn: migrated.Database(t)}
	text, err := ledger.NewKeyset()
	require.NoError(t, err)
	r.keyset, err = ledger.ParseKeyset(text)
	require.NoError(t, err)
	book, err := ledger.Open(t.Context(), r.dsn, r.keyset)
	require.NoError(t, err)
	t.Cleanup(func() { book.Close() })
	crm, stop, err := r.vtiger.Start("")
	require.NoError(t, err)
	t.Cleanup(stop)
	cloud, stop, err := r.microsoft.Start("")
	require.NoError(t, err)
	t.Cleanup(stop)
	r.server = &Server{
		Ledger:   book,
		VTiger:   &integration.Account{Ledger: book, Sessions: vtiger.Sessions},
		GraphURL: cloud, LoginURL: cloud, Request: r.request, Ready: func(context.Context) error { return nil },
		Log: slog.New(slog.NewJSONHandler(lockedWriter{&r.mu, &r.logged}, nil)), Version: "1.2.3",
	}
	r.crm = crm
	r.serve()
	r.people()
	t.Cleanup(r.noSecrets)
	return r
}

// newRig is a rig whose vTiger is set up.
func newRig(t testing.TB) *rig {
	r := newDoor(t)
	require.NoError(t, r.server.Ledger.SaveVTiger(t.Context(), ledger.VTigerChange{VTiger: ledger.VTiger{
		URL: r.crm, Username: "ada", AccessKey: adminKey, Instance: r.crm,
	}}))
	return r
}

func (r *rig) serve() {
	listening := httptest.NewUnstartedServer(nil)
	r.url = "http://" + listening.Listener.Addr().String()
	r.server.PublicURL = r.url
	listening.Config.Handler = r.server.Handler()
	listening.Start()
	r.t.Cleanup(listening.Close)
}

func (r *rig) people() {
	r.vtiger.AddUser(vtigersim.User{UserName: "ada", Password: "ada-password", AccessKey: adminKey, FirstName: "Ada", LastName: "Admin", Admin: true})
	for _, name := range []string{"alice", "bob", "carl"} {
		r.vtiger.AddUser(vtigersim.User{
			UserName: name, Password: name + "-password", AccessKey: name + "-access-key", FirstName: strings.ToUpper(name[:1]) + name[1:], LastName: "Sales",
		})
		r.microsoft.AddUser(graphsim.User{UPN: mail(name), Password: name + "-password", DisplayName: name, TenantID: tenantID})
	}
	r.microsoft.AddApp(graphsim.App{ClientID: clientID, Secret: clientSecret, TenantID: tenantID, RedirectURLs: []string{r.url + "/oauth/callback"}})
}

func mail(name string) string { return name + "@bridge.example" }

func (r *rig) request(_ context.Context, connectionID string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, connectionID)
	return r.deaf
}

// noSecrets holds for every test: nothing that was entered or given in confidence was answered or logged.
func (r *rig) noSecrets() {
	secrets := []string{clientSecret, adminKey, "-password", "-access-key"}
	list, err := r.server.Ledger.Connections(context.Background(), "")
	require.NoError(r.t, err)
	for _, c := range list {
		if refresh, _, err := r.server.Ledger.Refresh(context.Background(), c.ID); err == nil {
			secrets = append(secrets, refresh)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, secret := range secrets {
		require.NotContains(r.t, r.answered.String(), secret)
		require.NotContains(r.t, r.logged.String(), secret)
	}
	for _, hidden := range []string{"code=", "state=", "@bridge.example"} {
		require.NotContains(r.t, r.logged.String(), hidden)
	}
	for _, token := range r.tokens {
		require.NotContains(r.t, r.logged.String(), token)
	}
}

type lockedWriter struct {
	mu *sync.Mutex
	to *bytes.Buffer
}

func (w lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(p)
}

// caller is somebody with a bearer token, or nobody.
type caller struct {
	*rig
	token string
}

// reply is an answer of the API.
type reply struct {
	status int
	header http.Header
	raw    string
}

// as signs somebody of the cast in; "" is an anonymous caller.
func (r *rig) as(name string) caller {
	r.t.Helper()
	if name == "" {
		return caller{r, ""}
	}
	a := caller{r, ""}.do("POST", "/api/v1/session", map[string]string{"username": name, "password": name + "-password"})
	require.Equal(r.t, 200, a.status, a.raw)
	r.keepToken(a.text(r.t, "token"))
	return caller{r, a.text(r.t, "token")}
}

func (r *rig) keepToken(token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tokens = append(r.tokens, token)
}

// do makes a call; header holds names and values in turn.
func (c caller) do(method, path string, body any, header ...string) reply {
	c.t.Helper()
	var sent io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		sent = strings.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		require.NoError(c.t, err)
		sent = bytes.NewReader(raw)
	}
	q, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, sent)
	require.NoError(c.t, err)
	q.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		q.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	return c.send(http.DefaultTransport, q)
}

// send follows no redirects.
func (r *rig) send(through http.RoundTripper, q *http.Request) reply {
	r.t.Helper()
	a, err := through.RoundTrip(q)
	require.NoError(r.t, err)
	defer a.Body.Close()
	raw, err := io.ReadAll(a.Body)
	require.NoError(r.t, err)
	lockedWriter{&r.mu, &r.answered}.Write(raw)
	for _, line := range a.Header.Values("Set-Cookie") {
		if cookie, err := http.ParseSetCookie(line); err == nil && cookie.Value != "" {
			r.keepToken(cookie.Value)
		}
	}
	return reply{a.StatusCode, a.Header, string(raw)}
}

// read decodes the body.
func (a reply) read(t testing.TB, into any) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(a.raw), into), a.raw)
}

// text reads one top field.
func (a reply) text(t testing.TB, name string) string {
	t.Helper()
	var fields map[string]any
	a.read(t, &fields)
	value, _ := fields[name].(string)
	return value
}

// refused demands a whole problem.
func (a reply) refused(t testing.TB, status int, kind string) problem {
	t.Helper()
	require.Equal(t, status, a.status, a.raw)
	require.Equal(t, "application/problem+json", a.header.Get("Content-Type"))
	var p problem
	a.read(t, &p)
	require.Equal(t, kind, string(p.Kind), a.raw)
	require.Equal(t, "urn:contactbridge:problem:"+kind, p.Type)
	require.Equal(t, status, p.Status)
	require.NotEmpty(t, p.Title)
	require.True(t, strings.HasSuffix(p.Detail, "."), p.Detail)
	return p
}

// closedLedger is a database that does not answer.
func (r *rig) closedLedger() *ledger.Ledger {
	book, err := ledger.Open(r.t.Context(), r.dsn, r.keyset)
	require.NoError(r.t, err)
	require.NoError(r.t, book.Close())
	return book
}
