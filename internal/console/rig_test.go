package console

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	temporal "go.temporal.io/sdk/client"
	quiet "go.temporal.io/sdk/log"

	"contactbridge/activities"
	"contactbridge/api"
	"contactbridge/internal/demo"
	"contactbridge/internal/devstack"
	"contactbridge/internal/integration"
	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/graphsim"
	"contactbridge/internal/simulator/vtigersim"
	"contactbridge/internal/vtiger"
	"contactbridge/migrations"
	"contactbridge/worker"
	"contactbridge/workflows"
)

func TestMain(m *testing.M) {
	flag.Parse()
	devstack.Main(m, stopChromium)
}

var migrated = devstack.NewTemplate(func(ctx context.Context, dsn string) error {
	l, err := ledger.Open(ctx, dsn, nil)
	if err != nil {
		return err
	}
	_, err = migrations.Up(ctx, l.DB())
	return errors.Join(err, l.Close())
})

// rig is the console in front of the API, over both simulators, as serve composes them. Its cast is the demo's: admin (Ada),
// alice and bob, whose passwords are demo-admin, demo-alice and demo-bob.
type rig struct {
	t         testing.TB
	url       string
	server    *api.Server
	console   *Console
	vtiger    *vtigersim.Server
	microsoft *graphsim.Server
	cast      demo.Cast
	crm       string // vTiger's address
	cloud     string // Microsoft's
	serving   *httptest.Server

	mu       sync.Mutex
	answered bytes.Buffer // every page that people got
	logged   bytes.Buffer
}

// newDoor is a rig without a vTiger: nobody can sign in before it is set up.
func newDoor(t testing.TB) *rig {
	t.Helper()
	r := &rig{t: t, vtiger: vtigersim.New(), microsoft: graphsim.New(), cast: demo.NewCast()}
	r.crm, r.cloud = started(t, r.vtiger.Start), started(t, r.microsoft.Start)
	text, err := ledger.NewKeyset()
	require.NoError(t, err)
	keyset, err := ledger.ParseKeyset(text)
	require.NoError(t, err)
	book, err := ledger.Open(t.Context(), migrated.Database(t), keyset)
	require.NoError(t, err)
	t.Cleanup(func() { book.Close() })
	account := &integration.Account{Ledger: book, Sessions: vtiger.Sessions}
	t.Cleanup(func() { account.Settle(context.Background()) })
	log := slog.New(slog.NewJSONHandler(lockedWriter{&r.mu, &r.logged}, nil))
	r.server = &api.Server{
		Ledger: book, VTiger: account, GraphURL: r.cloud, LoginURL: r.cloud, Log: log, Version: "1.2.3",
		Request: func(context.Context, string) error { return nil }, Ready: func(context.Context) error { return nil },
	}
	r.console = &Console{Log: log, Version: "1.2.3"}
	r.serving = httptest.NewUnstartedServer(nil)
	r.url = "http://" + r.serving.Listener.Addr().String()
	r.cast.Seed(r.vtiger, r.microsoft, api.RedirectURL(r.url))
	r.server.PublicURL, r.console.PublicURL = r.url, r.url
	r.serve()
	r.serving.Start()
	t.Cleanup(r.serving.Close)
	t.Cleanup(r.noSecrets)
	return r
}

// newRig is a rig whose vTiger is set up; nobody is allowed to sync, and step 1 is not done. Runs stay queued.
func newRig(t testing.TB) *rig {
	t.Helper()
	r := newDoor(t)
	require.NoError(t, r.server.Ledger.SaveVTiger(t.Context(), ledger.VTigerChange{VTiger: ledger.VTiger{
		URL: r.crm, Username: r.cast.Admin.UserName, AccessKey: r.cast.AccessKey, Instance: r.crm,
	}}))
	return r
}

// serve puts the handlers up as they are set now.
func (r *rig) serve() {
	r.console.API = r.server.Handler()
	r.serving.Config.Handler = r.console.Handler()
}

// work lets runs happen: Temporal and a worker, until the test ends.
func (r *rig) work() {
	r.t.Helper()
	address, namespace := devstack.Namespace(r.t)
	c, err := temporal.Dial(temporal.Options{HostPort: address, Namespace: namespace, Logger: quiet.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	require.NoError(r.t, err)
	r.t.Cleanup(c.Close)
	r.server.Request = func(ctx context.Context, connection string) error { return workflows.Request(ctx, c, connection) }
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- worker.Run(ctx, c, &activities.Activities{
			Ledger: r.server.Ledger, VTiger: r.server.VTiger.Client, GraphURL: r.cloud, LoginURL: r.cloud, Settle: 3 * time.Second,
		}, worker.Options{Namespace: namespace})
	}()
	r.t.Cleanup(func() {
		stop()
		require.NoError(r.t, <-ended)
	})
}

func started(t testing.TB, start func(string) (string, func(), error)) string {
	at, stop, err := start("")
	require.NoError(t, err)
	t.Cleanup(stop)
	return at
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

// noSecrets holds for every test: what was entered in confidence was on no page and in no line of the log.
func (r *rig) noSecrets() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, secret := range []string{r.cast.ClientSecret, r.cast.AccessKey, "demo-admin", "demo-alice", "demo-bob", "key-alice"} {
		require.NotContains(r.t, r.answered.String(), secret)
		require.NotContains(r.t, r.logged.String(), secret)
	}
	require.NotContains(r.t, r.logged.String(), "panicked")
}

// browser is a person's, with cookies and without scripts.
type browser struct {
	*rig
	client *http.Client
}

// nobody is a browser in which nobody is signed in.
func (r *rig) nobody() *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(r.t, err)
	return &browser{r, &http.Client{Jar: jar}}
}

// as is the browser of somebody of the cast, signed in by the form.
func (r *rig) as(name string) *browser {
	r.t.Helper()
	b := r.nobody()
	b.open("/sign-in").send("", "username", name, "password", "demo-"+name)
	_, err := b.tryOpen("/tokens")
	require.NoError(r.t, err)
	return b
}

// shown is a page, and where it is.
type shown struct {
	*browser
	status int
	at     *url.URL
	page   string
	header http.Header
}

// open opens a page and follows redirects.
func (b *browser) open(path string) shown {
	b.t.Helper()
	return b.visit(http.MethodGet, path, nil)
}

func (b *browser) tryOpen(path string) (shown, error) {
	p := b.open(path)
	if p.status != http.StatusOK || p.at.Path != path {
		return p, errors.New(path + " shows " + p.at.Path + ": " + p.text())
	}
	return p, nil
}

// visit makes a request; header holds names and values in turn.
func (b *browser) visit(method, path string, form url.Values, header ...string) shown {
	b.t.Helper()
	q, err := http.NewRequestWithContext(b.t.Context(), method, b.resolve(path), strings.NewReader(form.Encode()))
	require.NoError(b.t, err)
	if method == http.MethodPost {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		q.Header.Set("Origin", b.url)
		q.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i+1 < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	a, err := b.client.Do(q)
	require.NoError(b.t, err)
	defer a.Body.Close()
	raw, err := io.ReadAll(a.Body)
	require.NoError(b.t, err)
	lockedWriter{&b.mu, &b.answered}.Write(raw)
	return shown{b, a.StatusCode, a.Request.URL, string(raw), a.Header}
}

func (r *rig) resolve(path string) string {
	if strings.HasPrefix(path, "http") {
		return path
	}
	return r.url + path
}

var (
	forms    = regexp.MustCompile(`(?s)<form([^>]*)>(.*?)</form>`)
	controls = regexp.MustCompile(`(?s)<input([^>]*)>|<select([^>]*)>(.*?)</select>|<textarea([^>]*)>(.*?)</textarea>`)
	chosen   = regexp.MustCompile(`<option value="([^"]*)" selected>`)
	anyTag   = regexp.MustCompile(`(?s)<title>.*?</title>|<[^>]*>`)
)

// text is what a person reads, without what the menu and the head say.
func (p shown) text() string {
	return strings.Join(strings.Fields(html.UnescapeString(anyTag.ReplaceAllString(p.page, " "))), " ")
}

// says demands sentences.
func (p shown) says(sentences ...string) shown {
	p.t.Helper()
	for _, s := range sentences {
		require.Contains(p.t, p.text(), s, "at %s (%d)", p.at, p.status)
	}
	return p
}

// values is what the form that is posted to action would send as it is shown; a test fails without such a form.
func (p shown) values(action string) url.Values {
	p.t.Helper()
	for _, f := range forms.FindAllStringSubmatch(p.page, -1) {
		if attribute(f[1], "method") == "post" && attribute(f[1], "action") == action {
			return controlsOf(f[2])
		}
	}
	require.Fail(p.t, "no form for "+action, p.page)
	return nil
}

func controlsOf(inner string) url.Values {
	values := url.Values{}
	for _, c := range controls.FindAllStringSubmatch(inner, -1) {
		attributes := c[1] + c[2] + c[4]
		name, kind := attribute(attributes, "name"), attribute(attributes, "type")
		off := (kind == "checkbox" || kind == "radio") && !strings.Contains(attributes, " checked")
		if name == "" || off || strings.Contains(attributes, " disabled") {
			continue
		}
		value := attribute(attributes, "value")
		switch {
		case c[3] != "":
			if m := chosen.FindStringSubmatch(c[3]); m != nil {
				value = html.UnescapeString(m[1])
			} else {
				value = attribute(c[3], "value")
			}
		case c[4] != "":
			value = html.UnescapeString(c[5])
		}
		values.Add(name, value)
	}
	return values
}

func attribute(tag, name string) string {
	m := regexp.MustCompile(`(?:^|\s)` + name + `="([^"]*)"`).FindStringSubmatch(tag)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

// send fills in the page's form that is posted to action ("" is the page's own address) and presses its button; pairs are
// names and values in turn, and an empty value leaves a field out.
func (p shown) send(action string, pairs ...string) shown {
	p.t.Helper()
	if action == "" {
		action = p.at.Path
	}
	form := p.values(action)
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return p.visit(http.MethodPost, action, form)
}

func indexOf(t testing.TB, page, part string) int {
	t.Helper()
	i := strings.Index(page, part)
	require.GreaterOrEqual(t, i, 0, part)
	return i
}
