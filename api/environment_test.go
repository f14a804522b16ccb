package api

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/vtiger"
)

func replaced(s, old, by string) string { return strings.ReplaceAll(s, old, by) }

// What the environment sets of vTiger wins over what is saved, is shown as such, and cannot be saved.
func TestTheEnvironmentWinsOverTheVTigerSettings(t *testing.T) {
	r := newDoor(t)
	require.NoError(t, r.server.Ledger.SaveVTiger(t.Context(), ledger.VTigerChange{VTiger: ledger.VTiger{
		URL: r.crm, Username: "ada", AccessKey: "old-access-key", Instance: r.crm,
	}}))
	r.server.VTiger.Fixed = vtiger.Config{AccessKey: adminKey}
	admin := r.as("ada")
	require.Contains(t, admin.do("GET", vtigerPath, nil).raw, `"setByEnvironment":["accessKey"]`)
	body := map[string]any{"url": r.crm, "username": "ada", "accessKey": "x-access-key"}
	p := admin.do("PUT", vtigerPath, body).refused(t, 409, "set-by-environment")
	require.Equal(t, "body.accessKey", p.Errors[0].Location)
	delete(body, "accessKey")
	require.Equal(t, 200, admin.do("PUT", vtigerPath, body).status, "what the environment leaves open can be saved")
	held, err := r.server.Ledger.VTiger(t.Context())
	require.NoError(t, err)
	require.Equal(t, "old-access-key", held.AccessKey, "the environment's key is not copied")
	require.EqualValues(t, 2, held.Version)

	r.server.VTiger.Fixed = vtiger.Config{URL: r.crm, Username: "ada", AccessKey: adminKey}
	admin.do("PUT", vtigerPath, body).refused(t, 409, "set-by-environment")
	require.Equal(t, 410, r.browser().visit("GET", SetupURL(r.url, r.invited()), nil).status)
	require.Contains(t, admin.checks()["accessKey"], "ok ")
}

// What the environment sets of the app registration counts as saved, wins, and is not copied into the database.
func TestTheEnvironmentWinsOverTheMicrosoftSettings(t *testing.T) {
	r := newRig(t)
	r.server.Microsoft = ledger.Microsoft{ClientID: clientID, ClientSecret: clientSecret, TenantID: tenantID, RedirectURL: r.url + "/oauth/callback"}
	admin := r.as("ada")
	admin.allow("alice")
	alice := r.as("alice")
	connection := alice.connection()
	r.browser().connect(alice.link(connection), "alice")
	require.Contains(t, alice.nextStep(connection), "Choose the Outlook folder")

	const path = "/api/v1/settings/microsoft"
	var v microsoftView
	admin.do("GET", path, nil).read(t, &v)
	require.True(t, v.Saved && v.ClientSecretSet)
	require.Equal(t, []string{"clientId", "clientSecret", "tenantId"}, v.ByEnvironment)
	for field, value := range map[string]any{"clientId": "other", "tenantId": "other.example", "clientSecret": "other"} {
		body := r.step1()
		delete(body, "clientSecret")
		body[field] = value
		p := admin.do("PUT", path, body).refused(t, 409, "set-by-environment")
		require.Equal(t, "body."+field, p.Errors[0].Location)
	}
	body := r.step1()
	delete(body, "clientSecret")
	body["mode"], body["secretExpiresAt"] = applicationMode, "2030-01-31"
	a := admin.do("PUT", path, body)
	require.Equal(t, 200, a.status, a.raw)
	held, err := r.server.Ledger.Microsoft(t.Context())
	require.NoError(t, err)
	require.True(t, held.Application)
	require.Empty(t, held.ClientSecret+held.ClientID+held.TenantID)
	var raw string
	require.NoError(t, r.server.Ledger.DB().NewRaw("SELECT string_agg(s::text, '') FROM settings s").Scan(t.Context(), &raw))
	require.NotContains(t, raw, clientSecret)
}
