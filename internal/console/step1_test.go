package console

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/api"
	"contactbridge/internal/ledger"
)

func (p shown) saveStep1(pairs ...string) shown {
	p.t.Helper()
	c := p.cast
	return p.send("/step1", append([]string{"clientId", c.ClientID, "tenantId", c.TenantID, "clientSecret", c.ClientSecret}, pairs...)...)
}

func TestStep1IsSavedAndChecked(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.as("admin")
	p := b.open("/")
	require.Equal(t, "/step1", p.at.Path)
	p.says("Not done yet")
	require.Equal(t, r.url+"/oauth/callback", attribute(p.page[indexOf(t, p.page, `id="field-redirectUrl"`):], "value"))
	p = p.saveStep1("secretExpiresAt", "2030-01-31")
	require.Equal(t, "/step1", p.at.Path)
	p.says("The configuration is saved.", "Done")
	stored, err := r.server.Ledger.Microsoft(t.Context())
	require.NoError(t, err)
	require.Equal(t, r.cast.ClientSecret, stored.ClientSecret)
	require.Equal(t, "2030-01-31", p.values("/step1").Get("secretExpiresAt"))

	// Saved again without the secret, it keeps the secret; without the day, it forgets the day.
	p = p.send("", "secretExpiresAt", "", "mode", "application")
	p.says("The configuration is saved.")
	stored, err = r.server.Ledger.Microsoft(t.Context())
	require.NoError(t, err)
	require.Equal(t, r.cast.ClientSecret, stored.ClientSecret)
	require.Empty(t, stored.SecretEnds)
	require.True(t, stored.Application)

	p.send("/step1/check").says("works The redirect address leads to Contact Bridge.", "works Microsoft accepts the tenant, the client id and the secret.")
	p.send("", "clientSecret", "another").send("/step1/check").says("does not work")
	p = p.open("/step1").send("/step1/consent")
	require.Regexp(t, `href="`+r.cloud+`/[^"]*adminconsent`, p.page)
}

func TestStep1NamesTheFieldThatCannotWork(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.as("admin").open("/step1").saveStep1("tenantId", "not a tenant", "secretExpiresAt", "2030-01-31")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	p.says("Something in the form cannot work. Nothing was changed")
	require.Regexp(t, `id="field-tenantId"[^>]*aria-invalid="true"`, p.page)
	require.Regexp(t, `id="field-tenantId-wrong">[^<]+`, p.page)
	require.Contains(t, p.page, r.url+"/oauth/callback")
	require.Equal(t, "not a tenant", p.values("/step1").Get("tenantId"))
	require.Equal(t, "2030-01-31", p.values("/step1").Get("secretExpiresAt"))
	m, err := r.server.Ledger.Microsoft(t.Context())
	require.NoError(t, err)
	require.Empty(t, m.ClientID)
}

func TestStep1TradesThePasswordOfAServiceAccount(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.as("admin").open("/step1").saveStep1("username", "bob@bridge.example", "password", "wrong one")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Regexp(t, `id="field-password-wrong">[^<]+`, p.page)
	p = p.saveStep1("username", "bob@bridge.example", "password", "demo-bob")
	p.says("Its mailbox is bob@bridge.example.")
	p = p.send("", "forget", "true")
	require.NotContains(t, p.text(), "Its mailbox is")
}

func TestStep1OfAnEarlierReadingOverwritesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.as("admin")
	early := b.open("/step1").saveStep1().open("/step1")
	b.open("/step1").send("", "mode", "application").says("The configuration is saved.")
	p := early.send("", "secretExpiresAt", "2030-01-31")
	require.Equal(t, http.StatusPreconditionFailed, p.status)
	p.says("Somebody else changed it after you read it")
	require.Equal(t, "2030-01-31", p.values("/step1").Get("secretExpiresAt"))
	p.send("").says("The configuration is saved.")
}

func TestWhatTheEnvironmentSetsCannotBeChanged(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.server.Microsoft = ledger.Microsoft{ClientID: r.cast.ClientID, ClientSecret: r.cast.ClientSecret, TenantID: r.cast.TenantID, RedirectURL: api.RedirectURL(r.url)}
	r.serve()
	b := r.as("admin")
	p := b.open("/step1").says("The service's environment sets this; it cannot be changed here.", "Done")
	require.Contains(t, p.page, `value="is set and never shown" readonly`)
	require.Regexp(t, `id="field-clientId"[^>]*readonly`, p.page)
	p.send("", "mode", "application").says("The configuration is saved.")
	form := p.open("/step1").values("/step1")
	form.Set("clientId", "77777777-7777-8888-9999-000000000000")
	p = b.visit(http.MethodPost, "/step1", form)
	require.Equal(t, http.StatusConflict, p.status, p.text())
}

func TestUsersSeeOfStep1WhetherItIsDone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.as("alice")
	p := b.open("/").says("An administrator must configure the app at Microsoft first.")
	require.Equal(t, "/step1", p.at.Path)
	r.step1()
	p = b.open("/step1").says("An administrator has configured the app at Microsoft.")
	require.NotContains(t, p.page, r.cast.ClientID)
	require.Equal(t, http.StatusForbidden, b.visit(http.MethodPost, "/step1", url.Values{"clientId": {"x"}, "tenantId": {"x"}}).status)
}

func TestStep1InChromium(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.chromiumAs("admin")
	b.open("/step1")
	b.scripts(false)
	b.open("/step1")
	b.fill("field-clientId", r.cast.ClientID)
	b.fill("field-tenantId", "nowhere at all")
	b.fill("field-clientSecret", r.cast.ClientSecret)
	b.press("form.card .actions button")
	b.says("Something in the form cannot work.")
	accessible(b)
	b.must("DOM.focus", map[string]any{"nodeId": b.node(`[id="field-tenantId"]`)}, nil)
	b.eval(`document.getElementById("field-tenantId").value = ""`, nil)
	b.fill("field-tenantId", r.cast.TenantID)
	b.fill("field-clientSecret", r.cast.ClientSecret)
	b.press("form.card .actions button")
	b.says("The configuration is saved.")
	b.press(`form[action="/step1/check"] button`)
	b.says("Microsoft accepts the tenant")
	accessible(b)
	b.picture("step1")
	b.fine()
}

// With scripts, the redirect address is copied by a button, and a form is sent once.
func TestWithScriptsSomeThingsAreEasier(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.chromiumAs("admin")
	require.NoError(t, b.browser.call(b.ctx, "", "Browser.grantPermissions", map[string]any{
		"origin": r.url, "permissions": []string{"clipboardReadWrite", "clipboardSanitizedWrite"}, "browserContextId": b.context,
	}, nil))
	b.open("/step1")
	b.click("[data-copy=field-redirectUrl]")
	b.says("Copied")
	var copied string
	b.eval("navigator.clipboard.readText()", &copied)
	require.Equal(t, r.url+"/oauth/callback", copied)
	var once []bool
	b.eval(`(f => [1, 2].map(() => f.dispatchEvent(new Event("submit", {bubbles: true, cancelable: true}))))(document.querySelector("form.card"))`, &once)
	require.Equal(t, []bool{true, false}, once)
	b.fine()
}
