package console

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/client"
	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/vtigersim"
)

// protected are the headers of every page, whatever it shows.
func (p shown) protected() {
	p.t.Helper()
	require.Equal(p.t, "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		p.header.Get("Content-Security-Policy"))
	require.Equal(p.t, "nosniff", p.header.Get("X-Content-Type-Options"))
	require.Equal(p.t, "no-store", p.header.Get("Cache-Control"))
	require.Equal(p.t, "same-origin", p.header.Get("Referrer-Policy"))
	require.Equal(p.t, "same-origin", p.header.Get("Cross-Origin-Opener-Policy"))
	require.Equal(p.t, "text/html; charset=utf-8", p.header.Get("Content-Type"))
	for _, tag := range regexp.MustCompile(`<[^>]*>`).FindAllString(p.page, -1) {
		bare := regexp.MustCompile(`="[^"]*"`).ReplaceAllString(tag, "=")
		require.NotRegexp(p.t, `(?i)\s(on\w+|style)=|^<style`, bare, tag)
		if strings.HasPrefix(bare, "<script") || strings.HasPrefix(bare, "<img") || strings.HasPrefix(bare, "<link") {
			require.Regexp(p.t, `^<(script|img|link rel="\w+") (src|href)="/assets/`, tag)
		}
	}
}

func TestEveryPageIsProtected(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.as("admin")
	for _, p := range r.console.pages {
		if strings.Contains(p.path, ":") {
			continue
		}
		shown := b.open(p.path)
		require.Equal(t, http.StatusOK, shown.status, "%s: %s", p.path, shown.text())
		shown.protected()
		r.nobody().open(p.path).protected()
	}
	for path, status := range map[string]int{"/nowhere": 404, "/tokens/revoke": 404, "/assets/nothing.css": 404, "/tokens/": 404} {
		p := b.open(path)
		require.Equal(t, status, p.status, path)
		p.protected()
		p.says("There is no such page", "Ada Administrator")
	}
}

func TestErrorsArePagesToo(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.as("alice")
	failing := map[string]func(*visit) (any, error){
		"/panics": func(*visit) (any, error) { panic("with a secret") },
		"/fails":  func(*visit) (any, error) { return nil, errors.New("with a secret") },
	}
	extra := make([]*page, 0, len(failing))
	for path, show := range failing {
		extra = append(extra, &page{name: "tokens", path: path, who: signedIn, show: show})
	}
	extra = append(extra, &page{name: "tokens", path: "/few", who: admins, show: failing["/fails"]},
		&page{name: "tokens", path: "/later", who: signedIn, after1: true, show: failing["/fails"]})
	r.serving.Config.Handler = r.console.handler(append(pages(), extra...))
	for path, want := range map[string]struct {
		status int
		says   string
	}{
		"/panics": {500, "Something went wrong here"}, "/fails": {500, "Something went wrong here"},
		"/few": {403, "Only administrators may do this"}, "/later": {409, "Step 1 comes first"},
	} {
		p := b.open(path)
		require.Equal(t, want.status, p.status, path)
		p.says(want.says, "Alice Sales")
		require.NotContains(t, p.page, "with a secret")
		p.protected()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	require.Contains(t, r.logged.String(), "a page panicked")
	r.logged.Reset() // or the rig finds the panic
}

func TestWhatOtherSitesSendIsRefused(t *testing.T) {
	t.Parallel()
	b := newRig(t).as("alice")
	form := url.Values{"name": {"theirs"}, "access": {"write"}, "days": {"9"}}
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, {"Sec-Fetch-Site", "", "Origin", "https://evil.example"}} {
		p := b.visit(http.MethodPost, "/tokens", form, header...)
		require.Equal(t, http.StatusForbidden, p.status)
		p.says("Another site sent this through your browser. Nothing was done.")
		p.protected()
	}
	b.open("/tokens").says("You have no access tokens.")
}

func TestFormsThatAreTooLargeOrBrokenChangeNothing(t *testing.T) {
	t.Parallel()
	b := newRig(t).as("alice")
	p := b.visit(http.MethodPost, "/tokens", url.Values{"name": {strings.Repeat("x", maxForm)}})
	require.Equal(t, http.StatusRequestEntityTooLarge, p.status)
	p = b.visit(http.MethodPost, "/tokens?%zz", url.Values{"name": {"x"}})
	require.Equal(t, http.StatusBadRequest, p.status)
	b.open("/tokens").says("You have no access tokens.")
}

// The console's calls are the browser's: from its address, which a trusted proxy may say.
func TestTheAuditLogSaysWhereTheBrowserIs(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for trusted, address := range map[bool]string{false: "127.0.0.1", true: "203.0.113.9"} {
		r.server.TrustedProxies = nil
		if trusted {
			r.server.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		}
		r.serve()
		b := r.nobody()
		form := url.Values{"username": {"alice"}, "password": {"demo-alice"}, "with": {"password"}}
		require.Equal(t, http.StatusOK, b.visit(http.MethodPost, "/sign-in", form, "X-Forwarded-For", "198.51.100.1, 203.0.113.9", "X-Real-IP", "198.51.100.2").status)
		acts, err := r.server.Ledger.Audit(t.Context(), ledger.AuditFilter{Limit: 1})
		require.NoError(t, err)
		require.Equal(t, address, acts[0].Address)
	}
}

// What the API serves is the API's, at the console's door too.
func TestTheAPIsAddressesAreItsOwn(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../api/openapi.json")
	require.NoError(t, err)
	var document struct{ Paths map[string]any }
	require.NoError(t, json.Unmarshal(raw, &document))
	require.Greater(t, len(document.Paths), 50)
	for path := range document.Paths {
		require.True(t, ofAPI(path), path)
	}
	for _, p := range pages() {
		require.False(t, ofAPI(p.path), p.path)
	}
	b := newRig(t).nobody()
	for path, kind := range map[string]string{"/openapi.json": "application/openapi+json", "/openapi-3.0.json": "application/openapi+json", "/docs": "text/html; charset=utf-8", "/api/v1/nothing": "application/problem+json", "/healthz": "application/json"} {
		require.Equal(t, kind, b.open(path).header.Get("Content-Type"), path)
	}
}

// Of a page and what it loads a phone fetches less than 100 kB.
func TestPagesAreLight(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.as("admin")
	files := 0
	for _, name := range assets {
		p := b.open(assetPath(name))
		require.Equal(t, http.StatusOK, p.status)
		require.Equal(t, "public, max-age=31536000, immutable", p.header.Get("Cache-Control"))
		files += len(p.page)
		bare := b.open("/assets/" + name)
		require.Equal(t, "no-cache", bare.header.Get("Cache-Control"))
		require.Equal(t, http.StatusNotModified, b.visit(http.MethodGet, "/assets/"+name, nil, "If-None-Match", bare.header.Get("ETag")).status)
	}
	require.Positive(t, files)
	for _, p := range r.console.pages {
		if !strings.Contains(p.path, ":") {
			require.Less(t, len(b.open(p.path).page)+files, 100_000, p.path)
		}
	}
}

func TestStep1OpensTheOthers(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	v := &visit{console: r.console, page: &home, me: &client.MeOutputBody{}}
	r.console.pages = []*page{{name: "tokens", path: "/step2", after1: true}, {name: "tokens", path: "/users", who: admins}, {name: "tokens", path: "/step1"}, &tokens}
	paths := func() (all []string) {
		for _, e := range v.navigation() {
			all = append(all, e.Path+map[bool]string{true: " disabled"}[e.Disabled])
		}
		return all
	}
	require.Equal(t, []string{"/step1", "/step2 disabled"}, paths())
	v.me.Step1Done, v.me.Admin = true, true
	require.Equal(t, []string{"/step1", "/step2", "/users"}, paths())
}

// What vTiger says of people is text, whatever it is.
func TestHostileNamesAreText(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`
	r.vtiger.AddUser(vtigersim.User{UserName: "mallory", Password: "demo-mallory", FirstName: hostile, LastName: "{{.}}", TimeZone: "../../etc/passwd"})
	b := r.as("mallory")
	p := b.open("/tokens").says(hostile+" {{.}}", "Times are those of UTC.")
	p.protected()
	p = p.send("", "name", hostile).says(hostile)
	p.protected()
	p = b.open("/sign-in?to=" + url.QueryEscape(`/"><script>alert(1)</script>`))
	p.protected()

	browser := r.chromiumAs("mallory")
	browser.open("/tokens")
	browser.says("{{.}}")
	browser.fine()
}

// The flash travels through the browser, which may be told anything: it is shown as text, or not at all.
func TestAForgedNoticeIsText(t *testing.T) {
	t.Parallel()
	b := newRig(t).nobody()
	forge := func(text string) string {
		return flashCookie + "=" + base64.RawURLEncoding.EncodeToString([]byte(text))
	}
	p := b.visit(http.MethodGet, "/sign-in", nil, "Cookie", forge(`{"Kind":"good","Text":"<script>alert(1)</script>"}`)).says("<script>alert(1)</script>")
	p.protected()
	for _, broken := range []string{`{"Kind":"good\" onclick=\"x","Text":"no"}`, `[`, `{"Kind":"good"}`} {
		p = b.visit(http.MethodGet, "/sign-in", nil, "Cookie", forge(broken))
		require.NotContains(t, p.page, "notice")
	}
	require.NotContains(t, b.visit(http.MethodGet, "/sign-in", nil, "Cookie", flashCookie+"=%%%").page, "notice")
}
