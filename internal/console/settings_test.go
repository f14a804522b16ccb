package console

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/vtigersim"
	"contactbridge/internal/vtiger"
)

func TestSettingsOfVTigerAreCheckedAndSaved(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.vtiger.AddUser(vtigersim.User{UserName: "other", Password: "demo-other", AccessKey: "other-access-key", LastName: "Other", Admin: true})
	b := r.as("admin")
	p := b.open("/settings").says("The connections belong to the vTiger at " + r.crm + ".")
	p = p.send("/settings/check").says("works vTiger 8.3.0 answers at this address.", "admin is an administrator there.", "vTiger accepts the access key.")

	p = p.open("/settings").send("", "username", "other", "accessKey", "not it")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Regexp(t, `id="field-accessKey-wrong">[^<]+`, p.page)
	require.Equal(t, "other", p.values("/settings").Get("username"))
	require.Regexp(t, `id="field-accessKey"[^>]* required`, p.page, "the key of before is not another user's")
	p.send("", "accessKey", "other-access-key").says("The settings of vTiger are saved.")
	held, err := r.server.VTiger.Settings(t.Context())
	require.NoError(t, err)
	require.Equal(t, "other", held.Username)
	require.Equal(t, "other-access-key", held.AccessKey)
	require.NotContains(t, b.open("/settings").page, "other-access-key")
}

func TestAnotherVTigerTakesThePlaceOnlyWhenAskedTo(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	other := vtigersim.New()
	at := started(t, other.Start)
	other.AddUser(vtigersim.User{UserName: "admin", Password: "demo-admin", AccessKey: r.cast.AccessKey, LastName: "Ada", Admin: true})
	b := r.as("admin")
	p := b.open("/settings")
	require.NotContains(t, p.page, "replaceInstance")
	p = p.send("", "url", at, "accessKey", r.cast.AccessKey)
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	p.says("This is another vTiger than "+r.crm, "Let this vTiger take the place of the other one")
	held, err := r.server.VTiger.Settings(t.Context())
	require.NoError(t, err)
	require.Equal(t, r.crm, held.Instance)
	p = p.send("", "replaceInstance", "true", "accessKey", r.cast.AccessKey)
	require.Equal(t, "/sign-in", p.at.Path, "everybody has to sign in again")
	held, err = r.server.VTiger.Settings(t.Context())
	require.NoError(t, err)
	require.Equal(t, at, held.Instance)
}

func TestVTigerOfTheEnvironmentCannotBeChanged(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.server.VTiger.Fixed = vtiger.Config{URL: r.crm, Username: "admin", AccessKey: r.cast.AccessKey}
	b := r.as("admin")
	p := b.open("/settings").says("The service's environment sets this; it cannot be changed here.")
	form := p.values("/settings")
	form.Set("username", "alice")
	form.Set("accessKey", "key-alice")
	p = b.visit(http.MethodPost, "/settings", form)
	require.Equal(t, http.StatusConflict, p.status, p.text())
}

func TestSettingsAreForAdministrators(t *testing.T) {
	t.Parallel()
	b := newRig(t).as("alice")
	for _, path := range []string{"/settings", "/settings/defaults", "/settings/alerts", "/audit"} {
		p := b.open(path)
		require.Equal(t, http.StatusForbidden, p.status)
		p.says("This page is for administrators of vTiger.")
		require.NotContains(t, p.page, `href="/settings"`)
	}
	require.Equal(t, http.StatusForbidden, b.visit(http.MethodPost, "/settings/defaults/apply", map[string][]string{"fields": {"direction"}}).status)
}

func TestDefaultsLocksAndCaps(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, connection := r.connected("alice")
	b := r.as("admin")
	p := b.open("/settings/defaults").says("Both ways", "New connections start with")
	form := p.values("/settings/defaults")
	form.Set("direction", "toOutlook")
	form.Set("syncFrom", "2026-01-31")
	form.Set("deleteInOutlook", "true")
	form.Set("deleteGuard.percent", "50")
	form.Del("caps.usersMayDeleteInVtiger")
	form["locked"] = []string{"direction", "mapping"}
	p = b.visit(http.MethodPost, "/settings/defaults", form)
	require.Equal(t, http.StatusOK, p.status, p.text())
	p.says("The settings of connections are saved.")
	form.Set("etag", p.values("/settings/defaults").Get("etag"))
	require.Equal(t, form, p.values("/settings/defaults"), "what was saved is shown")
	d, err := r.server.Ledger.Defaults(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"direction", "mapping"}, d.Locked)
	require.True(t, d.Caps.NoDeleteInVTiger)
	require.False(t, d.Caps.NoCreateInVTiger)
	require.Equal(t, "2026-01-31", d.Settings.SyncFrom)

	p = p.send("", "syncFrom", "", "intervalMinutes", "0")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Regexp(t, `id="field-intervalMinutes-wrong">[^<]+`, p.page)
	p = p.send("", "intervalMinutes", "often").says("Enter a whole number.")
	p.send("", "intervalMinutes", "30").says("The settings of connections are saved.")
	d, err = r.server.Ledger.Defaults(t.Context())
	require.NoError(t, err)
	require.Empty(t, d.Settings.SyncFrom)

	p = b.open("/settings/defaults").send("/settings/defaults/apply")
	p.says("Choose at least one setting.")
	form = p.values("/settings/defaults/apply")
	form["fields"] = []string{"direction"}
	p = b.visit(http.MethodPost, "/settings/defaults/apply", form)
	p.says("One connection had something else before.")
	c, err := r.server.Ledger.Connection(t.Context(), connection)
	require.NoError(t, err)
	require.Equal(t, "toOutlook", string(c.Settings.Direction))
}

func TestAlertsAreSavedAndTried(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	got := make(chan string, 1)
	hook := started(t, func(string) (string, func(), error) { return hooked(got) })
	b := r.as("admin")
	p := b.open("/settings/alerts")
	require.NotContains(t, p.page, "/settings/alerts/check", "there is nobody to be told")
	p = p.send("", "smtpHost", "mail.example", "smtpPort", "")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Regexp(t, `id="field-from-wrong">A mail needs a sender`, p.page)
	p = p.send("", "smtpHost", "", "webhookUrl", hook, "webhookSecret", "whsec_c2VjcmV0LW9mLWEtd2ViaG9vaw==")
	p.says("The alerts are saved.")
	require.NotContains(t, p.page, "whsec_")
	p = p.send("/settings/alerts/check").says("works The webhook took a test message.")
	require.Contains(t, <-got, "An administrator tried out the alerts")
	p = p.open("/settings/alerts").send("", "webhookSecret.forget", "true")
	a, err := r.server.Ledger.AlertSettings(t.Context())
	require.NoError(t, err)
	require.Empty(t, a.WebhookSecret)
	require.Equal(t, hook, a.WebhookURL)
	require.Equal(t, http.StatusOK, p.status)
}

func TestTheAuditLogIsReadByPages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.step1()
	b := r.as("admin")
	b.open("/settings/defaults").send("", "intervalMinutes", "20")
	bad := r.nobody().open("/sign-in")
	bad.send("", "username", "alice", "password", "guess")
	p := b.open("/audit").says("saved the authentication configuration", "saved the settings of connections changed: intervalMinutes", "was refused to sign in", "127.0.0.1")
	p = p.open("/audit?action=put-defaults").says("saved the settings of connections")
	require.Equal(t, 1, strings.Count(p.page, `<td data-label="What">`))
	require.Contains(t, p.page, `<option value="put-defaults" selected>`)
	p.open("/audit?user=" + r.person("alice").ID + "&from=2001-01-01&to=2001-01-02").says("Nothing of this kind was done.")

	for range 60 {
		a := &ledger.Audited{Act: ledger.Act{Action: "put-alerts", UserName: "admin"}, Due: true}
		require.NoError(t, r.server.Ledger.Keep(t.Context(), a))
	}
	p = b.open("/audit?from=2001-01-01&action=put-alerts")
	next := regexpLink(p.page, "Next page")
	require.NotEmpty(t, next)
	p = p.open("/audit" + next)
	require.Equal(t, http.StatusOK, p.status)
	require.Empty(t, regexpLink(p.page, "Next page"))
	require.Equal(t, "?action=put-alerts&from=2001-01-01", regexpLink(p.page, "First page"))
}

func TestSettingsInChromium(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.step1()
	b := r.chromiumAs("admin")
	for path, name := range map[string]string{"/settings": "settings", "/settings/defaults": "settings-defaults", "/settings/alerts": "settings-alerts", "/audit": "audit"} {
		b.open(path)
		accessible(b)
		b.picture(name)
	}
	b.fine()
}

// A setting that the page forgot would be unlocked by whoever saves it.
func TestAllSettingsCanBeLockedAndGiven(t *testing.T) {
	t.Parallel()
	var document struct {
		Components struct {
			Schemas map[string]struct {
				Properties map[string]struct{ Items struct{ Enum []string } }
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(newDoor(t).nobody().open("/openapi.json").page), &document))
	of := func(schema, field string) []string {
		return document.Components.Schemas[schema].Properties[field].Items.Enum
	}
	require.NotEmpty(t, of("DefaultsChange", "locked"))
	require.ElementsMatch(t, of("DefaultsChange", "locked"), lockable)
	require.ElementsMatch(t, of("SpreadInputBody", "fields"), applicable)
}
