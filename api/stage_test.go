package api

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// saveStep1 is an admin's step 1.
func (c caller) saveStep1() {
	c.t.Helper()
	a := c.do("PUT", "/api/v1/settings/microsoft", c.step1())
	require.Equal(c.t, 200, a.status, a.raw)
}

func (r *rig) step1() map[string]any {
	return map[string]any{
		"clientId": clientID, "clientSecret": clientSecret, "tenantId": tenantID, "redirectUrl": r.url + "/oauth/callback",
	}
}

// allow lets users sync.
func (c caller) allow(names ...string) {
	c.t.Helper()
	for _, name := range names {
		a := c.do("PUT", "/api/v1/users/"+c.userID(name)+"/access", map[string]bool{"allowed": true})
		require.Equal(c.t, 200, a.status, a.raw)
	}
}

// userID finds a vTiger user's id through the list.
func (c caller) userID(name string) string {
	c.t.Helper()
	var list struct {
		Users []struct{ ID, UserName string }
	}
	c.do("GET", "/api/v1/users", nil).read(c.t, &list)
	for _, u := range list.Users {
		if u.UserName == name {
			return u.ID
		}
	}
	c.t.Fatalf("no user %s", name)
	return ""
}

// connection makes the caller's connection and gives its path.
func (c caller) connection() string {
	c.t.Helper()
	a := c.do("POST", "/api/v1/connections", map[string]string{"module": "Contacts"})
	require.Equal(c.t, 201, a.status, a.raw)
	return a.header.Get("Location")
}

// link asks for a sign-in link.
func (c caller) link(connection string) string {
	c.t.Helper()
	a := c.do("POST", connection+"/authorization", nil)
	require.Equal(c.t, 201, a.status, a.raw)
	link := a.text(c.t, "url")
	c.keepToken(strings.TrimPrefix(link, c.url+"/connect/"))
	return link
}

// staged is a rig in which step 1 is saved, alice and bob are allowed, and alice has a connection that could run.
func staged(t testing.TB) (r *rig, admin, alice caller, connection string) {
	t.Helper()
	r = newRig(t)
	admin = r.as("ada")
	admin.saveStep1()
	admin.allow("alice", "bob")
	alice = r.as("alice")
	connection = alice.connection()
	r.browser().connect(alice.link(connection), "alice")
	a := alice.do("PUT", connection+"/settings", map[string]any{"folderId": "Contacts"})
	require.Equal(t, 200, a.status, a.raw)
	r.seen(connection)
	return r, admin, alice, connection
}

// seen lets a connection sync as it is, as if its preview had been looked at.
func (r *rig) seen(connection string) {
	c, err := r.server.Ledger.Connection(r.t.Context(), strings.TrimPrefix(connection, connectionsPath+"/"))
	require.NoError(r.t, err)
	require.NoError(r.t, r.server.Ledger.SkipPreview(r.t.Context(), c))
}

// browser is a person's, with cookies.
type browser struct {
	*rig
	client *http.Client
}

func (r *rig) browser() browser {
	jar, err := cookiejar.New(nil)
	require.NoError(r.t, err)
	return browser{r, &http.Client{Jar: jar}}
}

// shown is a page, and where it is.
type shown struct {
	status int
	at     *url.URL
	page   string
	header http.Header
}

var tags = regexp.MustCompile(`(?s)<style.*?</style>|<[^>]*>`)

// text is what a person reads.
func (p shown) text() string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(p.page, " "))), " ")
}

// visit opens a page, or posts a form, and follows redirects.
func (b browser) visit(method, address string, form url.Values) shown {
	b.t.Helper()
	q, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(form.Encode()))
	require.NoError(b.t, err)
	if method == http.MethodPost {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		q.Header.Set("Origin", q.URL.Scheme+"://"+q.URL.Host)
	}
	a, err := b.client.Do(q)
	require.NoError(b.t, err)
	defer a.Body.Close()
	raw, err := io.ReadAll(a.Body)
	require.NoError(b.t, err)
	if a.Request.URL.Host == q.URL.Host {
		lockedWriter{&b.mu, &b.answered}.Write(raw)
	}
	return shown{a.StatusCode, a.Request.URL, string(raw), a.Header}
}

var (
	formAction = regexp.MustCompile(`<form method="post" action="([^"]+)">`)
	hidden     = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)
)

// answer fills in Microsoft's sign-in form; action is signin or cancel.
func (b browser) answer(p shown, name, action string) shown {
	b.t.Helper()
	form := url.Values{"username": {mail(name)}, "password": {name + "-password"}, "action": {action}}
	for _, h := range hidden.FindAllStringSubmatch(p.page, -1) {
		form.Set(h[1], html.UnescapeString(h[2]))
	}
	target := formAction.FindStringSubmatch(p.page)
	require.NotNil(b.t, target, p.page)
	to, err := p.at.Parse(html.UnescapeString(target[1]))
	require.NoError(b.t, err)
	return b.visit(http.MethodPost, to.String(), form)
}

// connect opens a link, presses its button and signs in.
func (b browser) connect(link, name string) shown {
	b.t.Helper()
	opened := b.visit(http.MethodGet, link, nil)
	require.Equal(b.t, 200, opened.status, opened.page)
	p := b.answer(b.visit(http.MethodPost, link, nil), name, "signin")
	require.Equal(b.t, 200, p.status, p.text())
	return p
}
