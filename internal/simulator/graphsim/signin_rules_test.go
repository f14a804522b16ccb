package graphsim

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

// Personal accounts sign in through common and consumers, work accounts through common and organizations.
func TestAccountsSignInWhereTheyMay(t *testing.T) {
	r := newRig(t)
	r.AddApp(App{ClientID: "many", Secret: secret, RedirectURLs: []string{redirect}})
	r.AddUser(User{UPN: "me@outlook.example", Password: "mine", TenantID: PersonalTenant})
	for _, c := range []struct {
		tenant, user, password string
		refused                bool
	}{
		{"common", ann, "ann's password", false},
		{"organizations", ann, "ann's password", false},
		{"consumers", ann, "ann's password", true},
		{"common", "me@outlook.example", "mine", false},
		{"consumers", "me@outlook.example", "mine", false},
		{"organizations", "me@outlook.example", "mine", true},
		{tenant, "me@outlook.example", "mine", true},
	} {
		_, failed := r.checkPerson(c.user, c.password, c.tenant)
		require.Equal(t, c.refused, failed != nil, "%s through %s", c.user, c.tenant)
		if c.refused {
			require.Equal(t, 50020, failed.number)
		}
	}
}

// A challenged token is refused with the claims until one was asked for with them.
func TestClaimsChallenge(t *testing.T) {
	r := newRig(t)
	const claims = `{"access_token":{"nbf":{"essential":true}}}`
	require.NoError(t, r.ChallengeTokens(ann, claims))
	refused := r.get("/me")
	require.Equal(t, http.StatusUnauthorized, refused.status)
	require.Contains(t, refused.header.Get("WWW-Authenticate"), `claims="`+base64.StdEncoding.EncodeToString([]byte(claims))+`"`)
	got := r.tokenRequest(tenant, appForm("grant_type", "password", "username", ann, "password", "ann's password", "scope", allScope, "claims", claims))
	r.token = got.body["access_token"].(string)
	require.Equal(t, http.StatusOK, r.get("/me").status)
}

// An app without a permission for the directory reaches mailboxes and looks up nobody.
func TestAnAppForContactsOnly(t *testing.T) {
	r := newRig(t)
	r.AddApp(App{ClientID: clientID, Secret: secret, TenantID: tenant, ContactsOnly: true})
	got := r.tokenRequest(tenant, appForm("grant_type", "client_credentials", "scope", graphResource+".default"))
	r.token = got.body["access_token"].(string)
	require.Equal(t, "Authorization_RequestDenied", r.get("/users/" + ann).body["error"].(map[string]any)["code"])
	require.Equal(t, http.StatusOK, r.get("/users/"+ann+"/contactFolders/Contacts").status)
}

// An admin's consent returns with admin_consent=True, a refusal with permission_denied.
func TestAdminConsent(t *testing.T) {
	r := newRig(t)
	require.NoError(t, r.RevokeConsent(ann))
	for _, action := range []string{"cancel", "accept"} {
		query := url.Values{"client_id": {clientID}, "redirect_uri": {redirect}, "state": {"s t"}}
		page, err := http.Get(r.base + "/" + tenant + "/adminconsent?" + query.Encode())
		require.NoError(t, err)
		require.NoError(t, page.Body.Close())
		require.Equal(t, http.StatusOK, page.StatusCode)
		var id string
		for id = range r.grants.signIns {
		}
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		back, err := client.PostForm(r.base+"/"+tenant+"/adminconsent", url.Values{"ctx": {id}, "action": {action}})
		require.NoError(t, err)
		require.NoError(t, back.Body.Close())
		to, err := back.Location()
		require.NoError(t, err)
		require.Equal(t, "s t", to.Query().Get("state"))
		require.Equal(t, action == "accept", to.Query().Get("admin_consent") == "True")
		require.Equal(t, action == "cancel", to.Query().Get("error") == "permission_denied")
	}
	require.True(t, r.directory.consented(r.directory.account(ann), clientID, []string{"Contacts.ReadWrite"}))
}
