package graphsim

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func authorizeQuery(pairs ...string) url.Values {
	q := url.Values{
		"client_id": {clientID}, "redirect_uri": {redirect}, "response_type": {"code"}, "scope": {allScope}, "state": {"s t"},
	}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q
}

func password(user, secret string) url.Values {
	return url.Values{"username": {user}, "password": {secret}, "action": {"signin"}}
}

// code signs Ann in and returns an authorization code.
func (r *rig) code(pairs ...string) string {
	r.t.Helper()
	b := r.browser()
	back := b.submit(b.open(tenant, authorizeQuery(pairs...)), password(ann, "ann's password")).redirect(r.t)
	require.Equal(r.t, "s t", back.Get("state"))
	require.NotEmpty(r.t, back.Get("code"), back)
	return back.Get("code")
}

func TestSignInWithPKCE(t *testing.T) {
	r := newRig(t)
	verifier := strings.Repeat("v", 50)
	sum := sha256.Sum256([]byte(verifier))
	challenge := base64.RawURLEncoding.EncodeToString(sum[:])
	redeem := func(code, verifier string) reply {
		return r.tokenRequest(tenant, appForm("grant_type", "authorization_code", "code", code, "redirect_uri", redirect, "code_verifier", verifier))
	}

	code := r.code("code_challenge", challenge, "code_challenge_method", "S256", "login_hint", ann, "prompt", "select_account")
	got := redeem(code, verifier)
	require.Equal(t, http.StatusOK, got.status, got.text)
	require.Equal(t, "Bearer", got.body["token_type"])
	require.EqualValues(t, 3599, got.body["expires_in"])
	require.Equal(t, "openid User.Read Contacts.ReadWrite", got.body["scope"])
	require.NotEmpty(t, got.body["refresh_token"])
	require.Len(t, strings.Split(got.body["id_token"].(string), "."), 3)
	r.token = got.body["access_token"].(string)
	require.Equal(t, ann, r.get("/me").body["userPrincipalName"])

	requireSignInError(t, redeem(code, verifier), 400, "invalid_grant", 54005)
	other := r.code("code_challenge", challenge, "code_challenge_method", "S256")
	requireSignInError(t, redeem(other, strings.Repeat("w", 50)), 400, "invalid_grant", 501481)
	requireSignInError(t, redeem(r.code("code_challenge", challenge, "code_challenge_method", "S256"), ""), 400, "invalid_grant", 501481)
	late := r.code()
	r.clock.advance(DefaultSettings().CodeLifetime)
	requireSignInError(t, redeem(late, ""), 400, "invalid_grant", 70008)
}

func requireSignInError(t *testing.T, got reply, status int, name string, number int) {
	t.Helper()
	require.Equal(t, status, got.status, got.text)
	require.Equal(t, name, got.body["error"])
	require.Equal(t, []any{float64(number)}, got.body["error_codes"])
	require.Regexp(t, `^AADSTS\d+: .* Trace ID: \S+ Correlation ID: \S+ Timestamp: \S+ \S+Z$`, got.body["error_description"])
	for _, name := range []string{"timestamp", "trace_id", "correlation_id", "error_uri"} {
		require.NotEmpty(t, got.body[name], name)
	}
}

func TestNoRefreshTokenWithoutOfflineAccess(t *testing.T) {
	r := newRig(t)
	got := r.tokenRequest(tenant, appForm("grant_type", "authorization_code", "redirect_uri", redirect,
		"code", r.code("scope", "https://graph.microsoft.com/Contacts.Read")))
	require.Equal(t, http.StatusOK, got.status, got.text)
	require.NotContains(t, got.body, "refresh_token")
	require.NotContains(t, got.body, "id_token")

	r.token = got.body["access_token"].(string)
	require.Equal(t, http.StatusOK, r.get("/me/contacts").status)
	require.Equal(t, "ErrorAccessDenied", r.send("POST", "/me/contacts", map[string]any{}).code())
	require.Equal(t, http.StatusForbidden, r.get("/me").status, "User.Read was not asked for")
}

func TestSignInPageMistakes(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	page := b.open(tenant, authorizeQuery("login_hint", ann))
	require.Contains(t, page.text, `value="`+ann+`"`)

	again := b.submit(page, password(ann, "wrong"))
	require.Contains(t, again.text, "AADSTS50126")
	require.Contains(t, b.submit(again, password("nobody@contoso.example", "x")).text, "AADSTS50034")
	require.Equal(t, http.StatusBadRequest, r.browser().submit(page, password(ann, "ann's password")).status, "another browser")
	require.NotEmpty(t, b.submit(again, password(ann, "ann's password")).redirect(t).Get("code"))

	require.NoError(t, r.BlockSignIn(ann, 50076))
	page = b.open(tenant, authorizeQuery())
	require.Contains(t, b.submit(page, password(ann, "ann's password")).text, "AADSTS50076")
	back := b.submit(page, url.Values{"action": {"cancel"}}).redirect(t)
	require.Equal(t, "access_denied", back.Get("error"))
	require.Contains(t, back.Get("error_description"), "AADSTS65004")
	require.Equal(t, "s t", back.Get("state"))
}

func TestAuthorizeErrorsAsPages(t *testing.T) {
	r := newRig(t)
	for name, test := range map[string]struct {
		tenant, text string
		query        url.Values
	}{
		"redirect differs by a slash": {tenant, "AADSTS50011", authorizeQuery("redirect_uri", redirect+"/")},
		"unknown app":                 {tenant, "AADSTS700016", authorizeQuery("client_id", "nobody")},
		"unknown tenant":              {"nowhere.example", "AADSTS90002", authorizeQuery()},
		"single tenant on common":     {"common", "AADSTS50194", authorizeQuery()},
	} {
		t.Run(name, func(t *testing.T) {
			got := r.browser().open(test.tenant, test.query)
			require.Equal(t, http.StatusBadRequest, got.status)
			require.Contains(t, got.text, test.text)
			require.Empty(t, got.header.Get("Location"))
		})
	}
}

func TestAuthorizeErrorsAsRedirects(t *testing.T) {
	r := newRig(t)
	for want, query := range map[string]url.Values{
		"unsupported_response_type": authorizeQuery("response_type", "token"),
		"invalid_scope":             authorizeQuery("scope", "openid Mail.Fly"),
		"login_required":            authorizeQuery("prompt", "none"),
		"invalid_request":           authorizeQuery("code_challenge", "short"),
	} {
		t.Run(want, func(t *testing.T) {
			back := r.browser().open("contoso.example", query).redirect(t)
			require.Equal(t, want, back.Get("error"))
			require.Equal(t, "s t", back.Get("state"))
		})
	}
}

func TestResponseModes(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	got := b.submit(b.open(tenant, authorizeQuery("response_mode", "fragment")), password(ann, "ann's password"))
	require.Regexp(t, `^`+redirect+`#code=`, got.header.Get("Location"))
	got = b.submit(b.open(tenant, authorizeQuery("response_mode", "form_post")), password(ann, "ann's password"))
	require.Regexp(t, `name="code" value="[^"]+"`, got.text)
	require.Equal(t, redirect, formAction.FindStringSubmatch(got.text)[1])
}
