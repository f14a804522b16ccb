package api

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/vtiger"
)

// invited gives the token of a new set-up link.
func (r *rig) invited() string {
	token := rand.Text()
	require.NoError(r.t, r.server.Ledger.IssueSetupLink(r.t.Context(), token, time.Now().Add(time.Hour)))
	r.keepToken(token)
	return token
}

// account is a whole request for the set-up.
func (r *rig) account(token, username, key string) map[string]any {
	return map[string]any{"token": token, "url": r.crm, "username": username, "accessKey": key}
}

// The first run from nothing: the set-up link names vTiger and the first administrator, who goes on to a user's first sync.
func TestFirstRunFromTheSetupLink(t *testing.T) {
	r := newDoor(t)
	nobody := r.as("")
	require.Contains(t, nobody.do("POST", "/api/v1/session", map[string]string{"username": "ada", "password": "ada-password"}).refused(t, 409, "needs-setup").Detail, "contactbridge setup")
	require.Equal(t, "needs-setup", nobody.do("GET", "/readyz", nil).text(t, "status"))
	require.Equal(t, "ok", nobody.do("GET", "/healthz", nil).text(t, "status"))

	link, b := SetupURL(r.url, r.invited()), r.browser()
	p := b.visit(http.MethodGet, link, nil)
	require.Equal(t, 200, p.status, p.page)
	require.Contains(t, p.text(), "Address of vTiger")
	require.NotContains(t, p.page, "replaceInstance", "there is none to be replaced")
	require.Contains(t, p.header.Get("Content-Security-Policy"), "default-src 'none'")
	require.Contains(t, p.header.Get("Content-Security-Policy"), "form-action 'self'")
	require.NotRegexp(t, `(src|href)="(https?:|//)`, p.page)
	require.Equal(t, "no-store", p.header.Get("Cache-Control"))

	for _, wrong := range []struct{ url, username, key, words string }{
		{r.crm, "ada", "wrong-access-key", "access key"},
		{r.crm, "nobody", "wrong-access-key", "no user of this name"},
		{r.crm, "alice", "alice-access-key", "no vTiger administrator"},
		{"http://127.0.0.1:1", "ada", adminKey, "cannot be reached"},
		{r.server.GraphURL, "ada", adminKey, "vTiger"},
		{"crm.example", "ada", adminKey, "https://"},
		{r.crm, "ada", "", "access key"},
	} {
		p = b.visit(http.MethodPost, link, url.Values{"url": {wrong.url}, "username": {wrong.username}, "accessKey": {wrong.key}})
		require.Equal(t, 422, p.status, p.text())
		require.Contains(t, p.text(), wrong.words)
		require.Contains(t, p.page, `value="`+wrong.username+`"`, "only the key is to be typed again")
	}
	require.Equal(t, "needs-setup", nobody.do("GET", "/readyz", nil).text(t, "status"), "what cannot work changes nothing")

	p = b.visit(http.MethodPost, link, url.Values{"url": {r.crm + "/index.php"}, "username": {"ada"}, "accessKey": {adminKey}})
	require.Equal(t, 200, p.status, p.text())
	require.Contains(t, p.text(), "works in vTiger 8.3.0 as Ada Admin (ada), its first administrator")
	me := b.visit(http.MethodGet, r.url+"/api/v1/me", nil)
	require.Equal(t, 200, me.status, "the browser is signed in")
	require.Contains(t, me.page, `"admin":true`)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		p = b.visit(method, link, url.Values{"url": {r.crm}})
		require.Equal(t, 410, p.status)
		require.Contains(t, p.text(), "set up already")
	}
	require.Equal(t, "ok", nobody.do("GET", "/readyz", nil).text(t, "status"))

	admin := r.as("ada")
	require.Contains(t, admin.do("GET", vtigerPath, nil).raw, `"instance":"`+r.crm+`"`)
	admin.saveStep1()
	admin.allow("alice")
	alice := r.as("alice")
	connection := alice.connection()
	r.browser().connect(alice.link(connection), "alice")
	require.Equal(t, 200, alice.at("PUT /settings", connection, map[string]any{"folderId": "Contacts"}).status)
	require.Equal(t, 202, alice.at("POST /runs", connection, map[string]bool{"preview": true}).status)
}

// A script sets up by the token of the link, and is signed in as the administrator.
func TestSetupByScript(t *testing.T) {
	r := newDoor(t)
	nobody := r.as("")
	set := func(token, username, key string) reply {
		return nobody.do("POST", "/api/v1/setup", r.account(token, username, key))
	}
	set("guessed", "ada", adminKey).refused(t, 410, "link-spent")
	older, newer := r.invited(), r.invited()
	set(older, "ada", adminKey).refused(t, 410, "link-spent")
	require.Zero(t, r.vtiger.Counts().Total(), "nobody without a link makes us ask an address")
	for field, body := range map[string]map[string]any{
		"body.url":       {"token": newer, "username": "ada", "accessKey": adminKey},
		"body.username":  r.account(newer, "", adminKey),
		"body.accessKey": r.account(newer, "ada", ""),
	} {
		require.Equal(t, field, nobody.do("POST", "/api/v1/setup", body).refused(t, 422, "invalid").Errors[0].Location)
	}
	require.Equal(t, "body.accessKey", set(newer, "ada", "bad-access-key").refused(t, 422, "invalid").Errors[0].Location)
	require.Equal(t, "body.username", set(newer, "bob", "bob-access-key").refused(t, 422, "invalid").Errors[0].Location)
	r.exec("UPDATE setup_links SET expires_at = now() - interval '1 second'")
	set(newer, "ada", adminKey).refused(t, 410, "link-spent")
	require.Equal(t, 410, r.browser().visit(http.MethodGet, SetupURL(r.url, newer), nil).status)

	last := r.invited()
	nobody.do("POST", "/api/v1/setup", r.account(last, "ada", adminKey), "Sec-Fetch-Site", "cross-site").refused(t, 403, "cross-origin")
	a := set(last, "ada", adminKey)
	require.Equal(t, 200, a.status, a.raw)
	r.keepToken(a.text(t, "token"))
	require.Contains(t, caller{r, a.text(t, "token")}.do("GET", "/api/v1/me", nil).raw, `"admin":true`)
	set(r.invited(), "ada", adminKey).refused(t, 410, "link-spent")
}

// Of two who use the link at once one sets up.
func TestTheSetupLinkIsSpentOnce(t *testing.T) {
	r := newDoor(t)
	token, done := r.invited(), make(chan reply, 4)
	for range 4 {
		go func() { done <- r.as("").do("POST", "/api/v1/setup", r.account(token, "ada", adminKey)) }()
	}
	statuses := map[int]int{}
	for range 4 {
		a := <-done
		statuses[a.status]++
		if a.status == 200 {
			r.keepToken(a.text(t, "token"))
		}
	}
	require.Equal(t, map[int]int{200: 1, 410: 3}, statuses)
}

// What the environment sets is not asked for; a database of another vTiger asks before that one is replaced.
func TestSetupAsksForWhatIsMissing(t *testing.T) {
	r := newDoor(t)
	r.server.VTiger.Fixed = vtiger.Config{URL: r.crm}
	_, err := r.server.Ledger.Instance(t.Context(), "http://old.example")
	require.NoError(t, err)
	link, b := SetupURL(r.url, r.invited()), r.browser()
	p := b.visit(http.MethodGet, link, nil)
	require.Contains(t, p.text(), "The environment sets the address of vTiger.")
	require.NotContains(t, p.page, `name="url"`)
	require.Contains(t, p.text(), "belongs to the vTiger at http://old.example")
	form := url.Values{"username": {"ada"}, "accessKey": {adminKey}}
	p = b.visit(http.MethodPost, link, form)
	require.Equal(t, 422, p.status)
	require.Contains(t, p.text(), "another vTiger than http://old.example")
	form.Set("replaceInstance", "true")
	p = b.visit(http.MethodPost, link, form)
	require.Equal(t, 200, p.status, p.text())
	held, err := r.server.VTiger.Settings(t.Context())
	require.NoError(t, err)
	require.Equal(t, r.crm, held.Instance)
}
