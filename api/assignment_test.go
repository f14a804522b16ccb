package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/graphsim"
	"contactbridge/internal/simulator/vtigersim"
)

// saveMicrosoft saves step 1 with changes.
func (c caller) saveMicrosoft(change map[string]any) reply {
	c.t.Helper()
	body := c.step1()
	for name, value := range change {
		body[name] = value
	}
	return c.do("PUT", "/api/v1/settings/microsoft", body)
}

// In application mode nobody signs in: an administrator names the mailbox, and refusals are told in words.
func TestApplicationMode(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	r.vtiger.AddUser(vtigersim.User{UserName: "dora", Password: "dora-password", AccessKey: "dora-access-key", LastName: "Sales", Email: mail("bob")})
	admin.saveMicrosoft(map[string]any{"mode": "application", "tenantId": "common"}).refused(t, 422, "invalid")
	require.Equal(t, 200, admin.saveMicrosoft(map[string]any{"mode": "application"}).status)
	admin.allow("dora")
	dora := r.as("dora")
	connection := dora.connection()
	dora.at("POST /authorization", connection, nil).refused(t, 409, "needs-admin")
	require.Equal(t, "An administrator must name the mailbox (step 2).", dora.nextStep(connection))
	var v connectionView
	dora.do("GET", connection, nil).read(t, &v)
	require.Equal(t, mail("bob"), v.Suggested)
	require.True(t, v.Assigned)

	name := func(mailbox string) reply {
		return admin.at("PUT /authorization", connection, map[string]string{"mailbox": mailbox})
	}
	require.Contains(t, name("nobody@bridge.example").refused(t, 422, "invalid").Detail, "knows no user")
	require.NoError(t, r.microsoft.DenyMailbox(mail("bob"), true))
	require.Contains(t, name(mail("bob")).refused(t, 409, "needs-admin").Detail, "access policy")
	require.NoError(t, r.microsoft.DenyMailbox(mail("bob"), false))
	a := name(mail("bob"))
	require.Equal(t, 200, a.status, a.raw)

	folder := r.microsoft.AddFolder(mail("bob"), "Customers")
	var list struct{ Folders []folderView }
	dora.at("GET /folders", connection, nil).read(t, &list)
	require.Equal(t, folder, list.Folders[1].ID)
	require.Equal(t, 200, dora.at("PUT /settings", connection, map[string]string{"folderId": folder}).status)
	require.Zero(t, r.microsoft.Count("token.refresh_token"), "nobody signed in")
	require.Zero(t, r.microsoft.Count("me"))

	// Back in the other mode the mailbox that was named is out of reach.
	require.Equal(t, 200, admin.saveMicrosoft(map[string]any{"mode": "delegated"}).status)
	require.Contains(t, dora.at("GET /folders", connection, nil).refused(t, 409, "needs-admin").Detail, "application mode")
	dora.do("GET", connection, nil).read(t, &v)
	require.False(t, v.Assigned)
	require.Contains(t, dora.at("DELETE /authorization", connection, nil).text(t, "sentence"), "entra.microsoft.com")
}

// An app that may not look up users needs the object id, and says so.
func TestAnAppForContactsOnlyNeedsTheObjectID(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	eve := r.microsoft.AddUser(graphsim.User{UPN: mail("eve"), Password: "eve-password", TenantID: tenantID})
	r.microsoft.AddApp(graphsim.App{ClientID: clientID, Secret: clientSecret, TenantID: tenantID, ContactsOnly: true})
	require.Equal(t, 200, admin.saveMicrosoft(map[string]any{"mode": "application"}).status)
	admin.allow("alice")
	connection := r.as("alice").connection()
	p := admin.at("PUT /authorization", connection, map[string]string{"mailbox": mail("eve")}).refused(t, 409, "needs-admin")
	require.Contains(t, p.Detail, "User.ReadBasic.All")
	a := admin.at("PUT /authorization", connection, map[string]string{"mailbox": eve})
	require.Equal(t, 200, a.status, a.raw)
	require.Equal(t, 200, admin.at("GET /folders", connection, nil).status)
}

// The service account's password is traded at once and kept nowhere; its mailbox is given by an administrator, and never
// stands for another user.
func TestServiceAccount(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	for number, words := range map[int]string{50076: "second factor", 50079: "second factor", 50126: "Federated", 50034: "no such user", 53003: "conditional access"} {
		require.NoError(t, r.microsoft.BlockSignIn(mail("bob"), number))
		p := admin.saveMicrosoft(map[string]any{"username": mail("bob"), "password": "bob-password"}).refused(t, 422, "invalid")
		require.Contains(t, p.Detail, words)
		require.Contains(t, p.Detail, "AADSTS5")
		require.Equal(t, "body.password", p.Errors[0].Location)
	}
	require.NoError(t, r.microsoft.BlockSignIn(mail("bob"), 0))
	admin.saveMicrosoft(map[string]any{"username": mail("bob"), "password": "wrong-password"}).refused(t, 422, "invalid")
	admin.saveMicrosoft(map[string]any{"username": mail("bob"), "password": "bob-password", "tenantId": "common"}).refused(t, 422, "invalid")
	require.False(t, func() bool {
		var v microsoftView
		admin.do("GET", "/api/v1/settings/microsoft", nil).read(t, &v)
		return v.Saved
	}())

	a := admin.saveMicrosoft(map[string]any{"username": mail("bob"), "password": "bob-password"})
	require.Equal(t, 200, a.status, a.raw)
	require.Equal(t, mail("bob"), a.text(t, "serviceMailbox"))
	for _, table := range []string{"settings", "credentials"} {
		var rows []string
		require.NoError(t, r.server.Ledger.DB().NewRaw("SELECT t::text || encode(convert_to(t::text, 'UTF8'), 'escape') FROM "+table+" t").Scan(t.Context(), &rows))
		for _, row := range rows {
			require.NotContains(t, row, "bob-password")
		}
	}

	admin.allow("alice")
	alice := r.as("alice")
	connection := alice.connection()
	alice.at("GET /folders", connection, nil).refused(t, 409, "needs-sign-in")
	admin.at("PUT /authorization", connection, map[string]string{"mailbox": mail("carl")}).refused(t, 422, "invalid")
	a = admin.at("PUT /authorization", connection, map[string]string{"mailbox": mail("bob")})
	require.Equal(t, 200, a.status, a.raw)
	require.Equal(t, 200, alice.at("GET /folders", connection, nil).status)
	require.Equal(t, 200, alice.at("GET /folders", connection, nil).status, "by the rotated token")

	// Another service account does not stand in for the one that was assigned.
	require.Equal(t, 200, admin.saveMicrosoft(map[string]any{"username": mail("carl"), "password": "carl-password"}).status)
	alice.at("GET /folders", connection, nil).refused(t, 503, "unavailable")
	admin.saveMicrosoft(map[string]any{"clientId": "another"}).refused(t, 422, "invalid")
	require.Equal(t, 200, admin.saveMicrosoft(map[string]any{"password": nil}).status)
	alice.at("GET /folders", connection, nil).refused(t, 409, "needs-sign-in")
	held, err := r.server.Ledger.ServiceAccount(t.Context())
	require.NoError(t, err)
	require.Equal(t, ledger.ServiceAccount{}, held)
}

// The check of step 1 really asks the redirect address and Microsoft.
func TestStep1IsTriedOut(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	admin.saveStep1()
	try := func() map[string]checkView {
		var out struct{ Checks []checkView }
		a := admin.do("POST", "/api/v1/settings/microsoft/check", nil)
		require.Equal(t, 200, a.status, a.raw)
		a.read(t, &out)
		states := map[string]checkView{}
		for _, c := range out.Checks {
			states[c.Field] = c
		}
		return states
	}
	got := try()
	require.Equal(t, "ok", got["redirectUrl"].State)
	require.Equal(t, "ok", got["clientSecret"].State)

	require.NoError(t, r.microsoft.ExpireSecret(clientID, true))
	require.Equal(t, "failed", try()["clientSecret"].State)
	require.Contains(t, try()["clientSecret"].Sentence, "expired")

	require.Equal(t, 200, admin.saveMicrosoft(map[string]any{"tenantId": "common"}).status)
	require.Equal(t, "unknown", try()["clientSecret"].State)

	// Behind another name something else answers, or nothing.
	for address, words := range map[string]string{r.server.GraphURL: "Something else", "http://127.0.0.1:9": "Nothing answers"} {
		config := r.server.config(ledger.Microsoft{RedirectURL: address + callbackPath})
		v := r.server.checkReturn(t.Context(), config)
		require.Equal(t, "failed", v.State)
		require.Contains(t, v.Sentence, words)
	}
}

// An admin's consent comes back to a page in words, once, from whatever browser.
func TestAdminConsent(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	admin.saveStep1()
	for _, action := range []string{"cancel", "accept"} {
		a := admin.do("POST", "/api/v1/settings/microsoft/consent", nil)
		require.Equal(t, 201, a.status, a.raw)
		b := r.browser()
		back := b.answer(b.visit(http.MethodGet, a.text(t, "url"), nil), "ada", action)
		if action == "accept" {
			require.Equal(t, 200, back.status, back.text())
			require.Contains(t, back.text(), "The organization has consented")
			again := b.visit(http.MethodGet, back.at.String(), nil)
			require.Equal(t, 400, again.status)
			require.Contains(t, again.text(), "used already")
		} else {
			require.Equal(t, 409, back.status, back.text())
			require.Contains(t, back.text(), "The consent was not given")
		}
	}
	forged := r.browser().visit(http.MethodGet, r.url+"/oauth/callback?admin_consent=True&state=made-up&tenant=x", nil)
	require.Equal(t, 400, forged.status)
}
