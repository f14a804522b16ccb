package graphsim

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// refreshToken signs Ann in and returns her refresh token.
func (r *rig) refreshToken() string {
	r.t.Helper()
	got := r.tokenRequest(tenant, appForm("grant_type", "password", "username", ann, "password", "ann's password", "scope", allScope))
	return got.body["refresh_token"].(string)
}

func (r *rig) refresh(token string, pairs ...string) reply {
	r.t.Helper()
	return r.tokenRequest(tenant, appForm(append([]string{"grant_type", "refresh_token", "refresh_token", token}, pairs...)...))
}

func TestRefreshRotatesAndKeepsTheOldToken(t *testing.T) {
	r := newRig(t)
	first := r.refreshToken()
	got := r.refresh(first, "scope", "offline_access Contacts.ReadWrite")
	require.Equal(t, http.StatusOK, got.status, got.text)
	require.Equal(t, "Contacts.ReadWrite", got.body["scope"])
	second := got.body["refresh_token"].(string)
	require.NotEqual(t, first, second)
	require.Equal(t, http.StatusOK, r.refresh(first).status, "the old one is not revoked")
	require.Equal(t, http.StatusOK, r.refresh(second).status)
	require.Equal(t, 3, r.Count("token.refresh_token"))

	r.clock.advance(DefaultSettings().RefreshLifetime)
	requireSignInError(t, r.refresh(second), 400, "invalid_grant", 700082)
}

func TestRefreshRefusals(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(*rig)
		scope   string
		error   string
		number  int
	}{
		"revoked":            {func(r *rig) { _ = r.RevokeTokens(ann) }, "", "invalid_grant", 50173},
		"expired":            {func(r *rig) { _ = r.ExpireRefreshTokens(ann) }, "", "invalid_grant", 70008},
		"second factor":      {func(r *rig) { _ = r.BlockSignIn(ann, 50076) }, "", "interaction_required", 50076},
		"consent taken back": {func(r *rig) { _ = r.RevokeConsent(ann) }, "", "invalid_grant", 65001},
		"never consented":    {func(*rig) {}, "Contacts.ReadWrite.Shared", "invalid_grant", 65001},
		"unknown scope":      {func(*rig) {}, "Nothing.Read", "invalid_scope", 70011},
		"injected":           {func(r *rig) { r.Fail("token", 1, SignInError(70043)) }, "", "invalid_grant", 70043},
		"injected anywhere":  {func(r *rig) { r.Fail("*", 1, SignInError(50196)) }, "", "invalid_grant", 50196},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			token := r.refreshToken()
			test.prepare(r)
			requireSignInError(t, r.refresh(token, "scope", test.scope), 400, test.error, test.number)
		})
	}
}

func TestConsentErrorNamesItsKind(t *testing.T) {
	r := newRig(t)
	token := r.refreshToken()
	require.NoError(t, r.RevokeConsent(ann))
	require.Equal(t, "consent_required", r.refresh(token).body["suberror"])
	r.signIn(ann, "ann's password") // consents again
	require.Equal(t, http.StatusOK, r.refresh(token).status)
}

func TestOwnPasswordChangeRevokesNothing(t *testing.T) {
	r := newRig(t)
	token := r.refreshToken()
	require.NoError(t, r.SetPassword(ann, "another"))
	require.Equal(t, http.StatusOK, r.refresh(token).status)
}

func TestClientAuthentication(t *testing.T) {
	r := newRig(t)
	password := []string{"grant_type", "password", "username", ann, "password", "ann's password", "scope", "User.Read"}
	with := func(pairs ...string) url.Values { return appForm(append(password, pairs...)...) }
	without := with()
	without.Del("client_secret")
	basic := without
	require.Equal(t, http.StatusOK, r.tokenRequest(tenant, basic, clientID, secret).status, "Basic")

	requireSignInError(t, r.tokenRequest(tenant, without), 401, "invalid_client", 7000218)
	requireSignInError(t, r.tokenRequest(tenant, with("client_secret", "the id")), 401, "invalid_client", 7000215)
	requireSignInError(t, r.tokenRequest(tenant, with("client_id", "nobody")), 400, "unauthorized_client", 700016)
	requireSignInError(t, r.tokenRequest("nowhere", with()), 400, "invalid_request", 90002)
	requireSignInError(t, r.tokenRequest("common", with()), 400, "unauthorized_client", 50194)
	requireSignInError(t, r.tokenRequest(tenant, with("grant_type", "wishes")), 400, "unsupported_grant_type", 70003)
	requireSignInError(t, r.tokenRequest(tenant, url.Values{}), 400, "invalid_request", 900144)
	require.NoError(t, r.ExpireSecret(clientID, true))
	requireSignInError(t, r.tokenRequest(tenant, with()), 401, "invalid_client", 7000222)
	require.NoError(t, r.ExpireSecret(clientID, false))
	require.Equal(t, http.StatusOK, r.tokenRequest(tenant, with()).status)
}

func TestPasswordGrant(t *testing.T) {
	r := newRig(t)
	r.AddApp(App{ClientID: "many", Secret: secret})
	ask := func(tenantName, user, password string) reply {
		return r.tokenRequest(tenantName, appForm("client_id", "many", "grant_type", "password", "username", user,
			"password", password, "scope", "User.Read"))
	}
	require.Equal(t, http.StatusOK, ask("organizations", ann, "ann's password").status)
	requireSignInError(t, ask("common", ann, "ann's password"), 400, "invalid_request", 9001023)
	requireSignInError(t, ask(tenant, ann, "wrong"), 400, "invalid_grant", 50126)
	requireSignInError(t, ask(tenant, ann, "ann's password "), 400, "invalid_grant", 50126)
	requireSignInError(t, ask(tenant, "nobody", "x"), 400, "invalid_grant", 50034)
}

func TestAppOnly(t *testing.T) {
	r := newRig(t)
	ask := func(tenantName, scope string) reply {
		return r.tokenRequest(tenantName, appForm("grant_type", "client_credentials", "scope", scope))
	}
	requireSignInError(t, ask(tenant, "Contacts.ReadWrite"), 400, "invalid_scope", 70011)
	got := ask(tenant, "https://graph.microsoft.com/.default")
	require.Equal(t, http.StatusOK, got.status, got.text)
	require.NotContains(t, got.body, "refresh_token")

	r.token = got.body["access_token"].(string)
	require.Equal(t, "BadRequest", r.get("/me/contacts").code())
	require.Equal(t, http.StatusOK, r.get("/users/"+bob+"/contacts").status)
	require.Equal(t, bob, r.get("/users('" + bob + "')").body["userPrincipalName"])
	require.Equal(t, "Request_ResourceNotFound", r.get("/users/nobody@contoso.example").code())
}

func TestAccessTokens(t *testing.T) {
	r := newRig(t)
	good := r.token
	require.Equal(t, http.StatusForbidden, r.get("/users/"+bob+"/contacts").status, "another person's mailbox")
	r.token = "made up"
	got := r.get("/me")
	require.Equal(t, http.StatusUnauthorized, got.status)
	require.Equal(t, "InvalidAuthenticationToken", got.code())

	r.token = good
	require.NoError(t, r.ExpireAccessTokens(ann))
	require.Equal(t, "InvalidAuthenticationToken", r.get("/me").code())
	r.token = r.signIn(ann, "ann's password")
	require.Equal(t, http.StatusOK, r.get("/me").status)
	r.clock.advance(3599*time.Second - 1)
	require.Equal(t, http.StatusOK, r.get("/me").status)
	r.clock.advance(1)
	require.Equal(t, http.StatusUnauthorized, r.get("/me").status)
}
