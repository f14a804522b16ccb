package outlook

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/graphsim"
)

// A password is traded for a refresh token that lives on without it, where Microsoft has this grant at all.
func TestAPasswordIsTraded(t *testing.T) {
	c := openCloud(t)
	source, err := c.config.SignInWithPassword(t.Context(), ann, annsWord)
	require.NoError(t, err)
	require.NoError(t, c.SetPassword(ann, "changed since"))
	_, err = NewSource(c.config, source.Refresh(), nil).Token(t.Context())
	require.NoError(t, err)

	for _, tenant := range []string{"common", "consumers", consumerTenant} {
		config := c.config
		config.TenantID = tenant
		_, err = config.SignInWithPassword(t.Context(), ann, annsWord)
		require.Equal(t, "tenantId", requireKind(t, contact.BadInput, err).Code)
	}
	before := c.Count("token")
	_, err = c.config.SignInWithPassword(t.Context(), ann, "ends with a space ")
	requireKind(t, contact.BadInput, err)
	require.Equal(t, before, c.Count("token"))
	c.Fail("token", 1, graphsim.Blank(503))
	_, err = c.config.SignInWithPassword(t.Context(), ann, "changed since")
	requireKind(t, contact.Unavailable, err)
}

// Refused passwords are worded with Microsoft's number, which tells an admin where to look.
func TestPasswordRefusalsAreWorded(t *testing.T) {
	for number, words := range map[int]string{
		50076: "second factor", 50079: "second factor", 50126: "Federated", 50034: "Federated", 7000218: "client secret",
		50053: "locked", 65001: "consent", 700016: "client id", 12345: "sign in again",
	} {
		s := openStage(t, nil)
		s.token = func(w http.ResponseWriter, _ *http.Request) {
			say(w, 400, map[string]any{"error": "invalid_grant", "error_codes": []int{number}, "error_description": "Ann's password"})
		}
		_, err := s.config().SignInWithPassword(t.Context(), "ann", "word")
		e := requireKind(t, contact.BadInput, err)
		require.Contains(t, e.Sentence, words)
		require.Contains(t, e.Sentence, "(AADSTS")
		require.NotContains(t, e.Error(), "Ann")
	}
}

// The app itself reaches a named mailbox and no /me, in one tenant only.
func TestTheAppReachesANamedMailbox(t *testing.T) {
	c := openCloud(t)
	config := c.config
	config.Mailbox = ann
	before := c.Count("me")
	client := NewClient(config, NewAppSource(config))
	box, err := client.Me(t.Context())
	require.NoError(t, err)
	require.Equal(t, c.ann, box.ObjectID)
	c.person(t, c.folder, map[string]string{"surname": "Somebody"})
	records, _, cursor := walk(t, client.Book(c.folder), "")
	require.Len(t, records, 1)
	_, _, _ = walk(t, client.Book(c.folder), cursor)
	require.Equal(t, before, c.Count("me"))

	require.NoError(t, c.DenyMailbox(ann, true))
	_, err = client.Folder(t.Context(), DefaultFolder)
	e := requireKind(t, contact.NeedsAdmin, err)
	require.Contains(t, e.Sentence, "access policy")

	config.TenantID = "organizations"
	_, err = NewAppSource(config).Token(t.Context())
	require.Equal(t, "tenantId", requireKind(t, contact.BadInput, err).Code)
}

// A challenge is answered by one refresh with its claims, in whatever base64 they came; a second refusal asks for a sign-in.
func TestAChallengeIsMetOnce(t *testing.T) {
	const claims = `{"access_token":{"nbf":{"essential":true,"value":"~~?"}}}`
	for _, spelled := range []string{
		base64.StdEncoding.EncodeToString([]byte(claims)), base64.RawURLEncoding.EncodeToString([]byte(claims)),
	} {
		s := openStage(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="", error="insufficient_claims", claims="`+spelled+`"`)
			say(w, 401, failure("InvalidAuthenticationToken"))
		})
		var forms []url.Values
		s.token = func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			forms = append(forms, r.PostForm)
			say(w, 200, map[string]any{"token_type": "Bearer", "access_token": r.PostForm.Get("claims") + "a", "expires_in": 3600})
		}
		_, err := s.client().Me(t.Context())
		requireKind(t, contact.NeedsSignIn, err)
		require.Len(t, forms, 2)
		require.Empty(t, forms[0].Get("claims"))
		require.JSONEq(t, claims, forms[1].Get("claims"))
		require.Equal(t, "refresh_token", forms[1].Get("grant_type"))
	}
	require.Empty(t, decodeClaims("bm90IGpzb24="))
}

// A stored link of another host, scheme or port is an error, and nobody is asked.
func TestAForeignLinkIsNotFollowed(t *testing.T) {
	s := openStage(t, nil)
	c := s.client()
	for _, link := range []string{"http://evil.test/v1.0/me", "https" + s.URL[len("http"):] + "/v1.0/me", "http://127.0.0.1:1/v1.0/me"} {
		_, err := c.follow("read the next page", link)
		requireKind(t, contact.NeedsAdmin, err)
	}
	require.Empty(t, s.heard())
}
