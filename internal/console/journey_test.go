package console

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/demo"
	"contactbridge/internal/simulator/graphsim"
)

// From the set-up link to synced contacts and what the log says of them, as an administrator and as a user go it, with
// scripts and without, while Microsoft Graph is slow and fails.
func TestTheWholePath(t *testing.T) {
	for name, scripts := range map[string]bool{"with scripts": true, "without scripts": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newDoor(t)
			r.work()
			r.cast.People(r.vtiger, r.microsoft)
			ada := r.chromium()
			ada.scripts(scripts)
			ada.setsUp()
			ada.letsSync("alice")
			alice := r.chromiumAs("alice")
			alice.scripts(scripts)
			alice.choosesWhatToSync()
			r.trouble()
			alice.syncs()
			_, differences := demo.Compare(r.vtiger, r.microsoft, r.person("alice"))
			require.Empty(t, differences)
			alice.readsTheLog()
			ada.looksAfterAll()
		})
	}
}

// setsUp goes from the link of the first start to a saved and checked step 1.
func (t *tab) setsUp() {
	t.t.Helper()
	t.open(t.invited())
	t.fill("url", t.crm)
	t.fill("username", "admin")
	t.fill("accessKey", t.cast.AccessKey)
	t.press("main button")
	t.says("Contact Bridge is set up")
	t.press("main a.button")
	t.says("Not done yet")
	var waiting []string
	t.eval(`[...document.querySelectorAll('nav [aria-disabled="true"]')].map(e => e.textContent.trim().replace(/\s+/g, " "))`, &waiting)
	require.Len(t.t, waiting, 2, "steps 2 and 3 wait for step 1: %q", waiting)
	var redirect string
	t.eval(`document.querySelector('form[action="/step1"] input[readonly]').value`, &redirect)
	require.Equal(t.t, t.url+"/oauth/callback", redirect, "what is to be registered at Microsoft")
	t.fill("field-clientId", t.cast.ClientID)
	t.fill("field-tenantId", t.cast.TenantID)
	t.fill("field-clientSecret", t.cast.ClientSecret)
	t.press(`form[action="/step1"] .actions button`)
	t.says("The configuration is saved.")
	t.press(`form[action="/step1/check"] button`)
	t.says("Microsoft accepts the tenant, the client id and the secret.")
}

func (t *tab) letsSync(name string) {
	t.t.Helper()
	t.press(`nav a[href="/users"]`)
	t.click(`input[name="id"][value="` + t.person(name).ID + `"]`)
	t.press(`#bulk button[value="true"]`)
	t.says("1 more user may sync now.")
}

// choosesWhatToSync connects a mailbox and chooses its folder.
func (t *tab) choosesWhatToSync() {
	t.t.Helper()
	t.open("/")
	t.press(`nav a[href="/step2"]`)
	t.press("form.card .actions button")
	t.connect("alice")
	t.choose("field-folderId", 1)
	t.press("form > .actions button")
	t.says("The settings are saved.")
}

// trouble lets Microsoft Graph answer late, not at all, and after it did what it was asked for.
func (r *rig) trouble() {
	r.microsoft.Fail("delta", 1, graphsim.Throttled("1"))
	r.microsoft.Fail("contacts.create", 2, graphsim.GatewayTimeout().Committed())
	r.microsoft.Fail("contacts.create", 1, graphsim.Blank(http.StatusServiceUnavailable))
}

// syncs looks at a preview and does exactly that.
func (t *tab) syncs() {
	t.t.Helper()
	t.press(`.next a.button`)
	require.Equal(t.t, "/step3", t.at())
	t.press(`form[action="/step3/run"] button[value="preview"]`)
	t.says("15 contacts would be added in Outlook")
	t.press(`form[action$="/apply"] button`)
	t.says("15 contacts added in Outlook")
	t.says("15 contacts added in vTiger")
}

func (t *tab) readsTheLog() {
	t.t.Helper()
	t.press(`a[href^="/log?run="]`)
	t.says("Added")
	t.says("in Outlook")
	t.press(`nav a[href="/health"]`)
	t.says("in sync")
}

// looksAfterAll reads what an administrator is told of everybody, without anybody's values.
func (t *tab) looksAfterAll() {
	t.t.Helper()
	t.press(`nav a[href="/log"]`)
	t.says("alice")
	require.NotContains(t.t, t.text(), "Purchasing")
	t.press(`nav a[href="/health"]`)
	t.says("in sync")
	t.press(`nav a[href="/users"]`)
	t.says("alice@bridge.example")
	t.uncomplaining()
}
