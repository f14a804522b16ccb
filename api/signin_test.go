package api

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// linked is a rig with a sign-in link for alice's fresh connection.
func linked(t *testing.T) (r *rig, alice caller, connection, link string) {
	t.Helper()
	r = newRig(t)
	admin := r.as("ada")
	admin.saveStep1()
	admin.allow("alice")
	alice = r.as("alice")
	connection = alice.connection()
	return r, alice, connection, alice.link(connection)
}

// returns signs alice in and stops at the return to us, which it gives.
func (b browser) returns(link, action string) string {
	b.t.Helper()
	p := b.visit(http.MethodPost, link, nil)
	var back string
	b.client.CheckRedirect = func(q *http.Request, _ []*http.Request) error {
		back = q.URL.String()
		return http.ErrUseLastResponse
	}
	b.answer(p, "alice", action)
	b.client.CheckRedirect = nil
	require.Contains(b.t, back, "/oauth/callback?")
	return back
}

func (c caller) signedIn(connection string) bool {
	var v connectionView
	c.do("GET", connection, nil).read(c.t, &v)
	return v.Account.SignedIn
}

func TestReturnServesItsOwnBrowserOnce(t *testing.T) {
	r, alice, connection, link := linked(t)
	b := r.browser()
	back := b.returns(link, "signin")

	stolen := r.browser().visit(http.MethodGet, back, nil)
	require.Equal(t, 400, stolen.status)
	require.Contains(t, stolen.text(), "does not belong to a sign-in that this browser began")
	require.Contains(t, stolen.page, `<a class="button" href="/step2">Back to step 2 of Contact Bridge</a>`)
	require.False(t, alice.signedIn(connection))

	p := b.visit(http.MethodGet, back, nil)
	require.Equal(t, 200, p.status)
	require.Contains(t, p.page, `<a class="button" href="/step2/`+strings.TrimPrefix(connection, connectionsPath+"/")+`">Go on with step 2</a>`)
	require.True(t, alice.signedIn(connection))
	require.Equal(t, 400, b.visit(http.MethodGet, back, nil).status, "the cookie is gone")

	// The same browser with the cookie put back: the link is spent.
	at, err := url.Parse(back)
	require.NoError(t, err)
	b.client.Jar.SetCookies(at, []*http.Cookie{{Name: stateCookie, Value: at.Query().Get("state"), Path: "/oauth/callback"}})
	replayed := b.visit(http.MethodGet, back, nil)
	require.Equal(t, 400, replayed.status)
	require.Contains(t, replayed.text(), "used already")
	require.Equal(t, 410, b.visit(http.MethodPost, link, nil).status)
}

func TestExpiredLink(t *testing.T) {
	r, alice, connection, link := linked(t)
	b := r.browser()
	back := b.returns(link, "signin")
	r.exec("UPDATE tickets SET expires_at = now() - interval '1 second'")
	late := b.visit(http.MethodGet, back, nil)
	require.Equal(t, 400, late.status)
	require.Contains(t, late.text(), "came too late")
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		p := b.visit(method, link, nil)
		require.Equal(t, 410, p.status)
		require.Contains(t, p.text(), "Ask for a new one")
	}
	for _, token := range []string{"never-issued", strings.Repeat("x", 5000)} {
		require.Equal(t, 410, b.visit(http.MethodGet, r.url+"/connect/"+token, nil).status)
	}
	require.False(t, alice.signedIn(connection))
}

func TestOpeningALinkChangesNothing(t *testing.T) {
	r, _, _, link := linked(t)
	for range 3 {
		p := r.browser().visit(http.MethodGet, link, nil)
		require.Equal(t, 200, p.status)
		require.Empty(t, p.header.Get("Set-Cookie"))
	}
	require.Equal(t, 1, strings.Count(r.browser().visit(http.MethodGet, link, nil).page, "<button>"))
	require.Zero(t, r.microsoft.Count("authorize"))
	r.browser().connect(link, "alice")
}

func TestPressSetsTheStateCookie(t *testing.T) {
	r, _, _, link := linked(t)
	q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, link, nil)
	require.NoError(t, err)
	a := r.send(http.DefaultTransport, q)
	require.Equal(t, 303, a.status)
	cookie, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
	require.NoError(t, err)
	require.True(t, cookie.HttpOnly)
	require.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
	to, err := url.Parse(a.header.Get("Location"))
	require.NoError(t, err)
	require.Equal(t, cookie.Value, to.Query().Get("state"))
	require.Equal(t, "S256", to.Query().Get("code_challenge_method"))
}

func TestDeclinedAtMicrosoft(t *testing.T) {
	r, alice, connection, link := linked(t)
	b := r.browser()
	declined := b.visit(http.MethodGet, b.returns(link, "cancel"), nil)
	require.Equal(t, 409, declined.status)
	require.Contains(t, declined.text(), "declined")
	require.False(t, alice.signedIn(connection))
	b.connect(link, "alice") // the link still works
	require.True(t, alice.signedIn(connection))
}

func TestMicrosoftDownAtTheReturn(t *testing.T) {
	r, alice, connection, link := linked(t)
	b := r.browser()
	back := b.returns(link, "signin")
	require.NoError(t, r.microsoft.ExpireSecret(clientID, true))
	p := b.visit(http.MethodGet, back, nil)
	require.Equal(t, 409, p.status)
	require.Contains(t, p.text(), "client secret has expired")
	require.False(t, alice.signedIn(connection))
}

// Another mailbox empties the choice of the folder, and the one of before can be gone back to.
func TestAnotherMailboxBeginsAnew(t *testing.T) {
	r, alice, connection, link := linked(t)
	r.browser().connect(link, "alice")
	choose := func() {
		require.Equal(t, 200, alice.at("PUT /settings", connection, map[string]string{"folderId": "Contacts"}).status)
	}
	choose()
	a := alice.at("DELETE /authorization", connection, nil)
	require.Equal(t, 200, a.status)
	require.Contains(t, a.text(t, "sentence"), "https://myapps.microsoft.com")
	require.False(t, alice.signedIn(connection))

	link = alice.link(connection)
	require.Contains(t, r.browser().visit(http.MethodGet, link, nil).text(), "Until now it was connected with alice@bridge.example")
	require.Contains(t, r.browser().connect(link, "bob").text(), "What was linked with alice@bridge.example is kept")
	var v connectionView
	alice.do("GET", connection, nil).read(t, &v)
	require.Nil(t, v.Folder)
	require.Equal(t, "bob@bridge.example", v.Account.Address)
	alice.at("POST /runs", connection, nil).refused(t, 409, "needs-folder")
	choose()

	p := r.browser().connect(alice.link(connection), "alice")
	require.Contains(t, p.text(), "The mailbox alice@bridge.example is now connected")
	choose()
	alice.at("POST /runs", connection, nil).refused(t, 409, "needs-preview")
	require.Equal(t, 202, alice.at("POST /runs", connection, map[string]bool{"skipPreview": true}).status)
}

func TestForeignPagesCannotPress(t *testing.T) {
	r, _, _, link := linked(t)
	for _, header := range [][]string{{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}} {
		r.as("").do("POST", strings.TrimPrefix(link, r.url), nil, header...).refused(t, 403, "cross-origin")
	}
	require.Equal(t, 303, r.as("").do("POST", strings.TrimPrefix(link, r.url), nil, "Origin", r.url).status)
}
