package outlook

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

func TestConfigNamesTheWrongField(t *testing.T) {
	good := Config{TenantID: "common", ClientID: "c", ClientSecret: "s", RedirectURL: "https://bridge.test/oauth/callback"}
	require.NoError(t, good.EnsureValid())
	for field, spoil := range map[string]func(*Config){
		"tenantId":     func(c *Config) { c.TenantID = "a/b" },
		"clientId":     func(c *Config) { c.ClientID = " " },
		"clientSecret": func(c *Config) { c.ClientSecret = "" },
		"redirectUrl":  func(c *Config) { c.RedirectURL = "/callback" },
		"loginUrl":     func(c *Config) { c.LoginURL = "login.test" },
		"graphUrl":     func(c *Config) { c.GraphURL = "https://graph.test/v1.0" },
	} {
		bad := good
		spoil(&bad)
		e := requireKind(t, contact.BadInput, bad.EnsureValid())
		require.Equal(t, field, e.Code)
		require.Contains(t, e.Sentence, field)
		_, err := NewClient(bad, NewSource(bad, "r", nil)).Me(t.Context())
		require.Equal(t, field, requireKind(t, contact.BadInput, err).Code)
	}
}

func TestSignInURL(t *testing.T) {
	cfg := Config{TenantID: "common", ClientID: "c", ClientSecret: "s", RedirectURL: "https://bridge.test/oauth/callback"}
	u, err := url.Parse(cfg.SignInURL("the-state", "the-verifier-of-this-sign-in-which-stays-here"))
	require.NoError(t, err)
	require.Equal(t, "https://login.microsoftonline.com/common/oauth2/v2.0/authorize", u.Scheme+"://"+u.Host+u.Path)
	q := u.Query()
	require.Equal(t, "Contacts.ReadWrite offline_access User.Read", q.Get("scope"))
	require.Equal(t, "S256", q.Get("code_challenge_method"))
	require.NotEmpty(t, q.Get("code_challenge"))
	require.Equal(t, "select_account", q.Get("prompt"))
	require.Equal(t, "the-state", q.Get("state"))
	require.NotContains(t, u.String(), "the-verifier")
}

func TestSignInRefusalsHaveKinds(t *testing.T) {
	for _, c := range []struct {
		status int
		code   string
		number int
		kind   contact.Kind
		want   string
	}{
		{400, "invalid_grant", 70008, contact.NeedsSignIn, "AADSTS70008"},
		{400, "invalid_grant", 700082, contact.NeedsSignIn, "AADSTS700082"},
		{400, "invalid_grant", 50173, contact.NeedsSignIn, "AADSTS50173"},
		{400, "invalid_grant", 65001, contact.NeedsSignIn, "AADSTS65001"},
		{400, "interaction_required", 50076, contact.NeedsSignIn, "AADSTS50076"},
		{400, "invalid_grant", 12345, contact.NeedsSignIn, "AADSTS12345"},
		{401, "invalid_client", 7000215, contact.NeedsAdmin, "AADSTS7000215"},
		{401, "invalid_client", 7000222, contact.NeedsAdmin, "AADSTS7000222"},
		{400, "unauthorized_client", 700016, contact.NeedsAdmin, "AADSTS700016"},
		{400, "invalid_request", 90002, contact.NeedsAdmin, "AADSTS90002"},
		{400, "unauthorized_client", 700011, contact.NeedsAdmin, "AADSTS700011"},
		{503, "temporarily_unavailable", 90033, contact.Unavailable, "AADSTS90033"},
		{500, "", 0, contact.Unavailable, ""},
		{429, "temporarily_unavailable", 0, contact.Throttled, "temporarily_unavailable"},
		{400, "brand_new", 0, contact.Unavailable, "brand_new"},
	} {
		asked := 0
		s := openStage(t, nil)
		s.token = func(w http.ResponseWriter, r *http.Request) {
			asked++
			_, _, basic := r.BasicAuth()
			require.False(t, basic)
			say(w, c.status, map[string]any{
				"error": c.code, "error_codes": []int{c.number}, "error_description": "AADSTS1: Ann is to blame. Trace ID: x",
			})
		}
		_, err := NewSource(s.config(), "r", nil).Token(t.Context())
		e := requireKind(t, c.kind, err)
		require.Equal(t, c.want, e.Code)
		require.NotEmpty(t, e.Sentence)
		require.Equal(t, 1, asked, "a refusal is asked for once")
	}
}

func TestHTMLFromTheSignInServiceIsAnOutage(t *testing.T) {
	s := openStage(t, nil)
	for _, status := range []int{200, 302, 502} {
		s.token = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); _, _ = w.Write([]byte("<html>")) }
		_, err := NewSource(s.config(), "r", nil).Token(t.Context())
		requireKind(t, contact.Unavailable, err)
	}
	s.Close()
	_, err := NewSource(s.config(), "r", nil).Token(t.Context())
	requireKind(t, contact.Unavailable, err)
}

func TestRedirectErrors(t *testing.T) {
	e := requireKind(t, contact.NeedsSignIn, RedirectError("access_denied", "AADSTS65004: Ann declined"))
	require.Equal(t, "AADSTS65004", e.Code)
	requireKind(t, contact.NeedsAdmin, RedirectError("unauthorized_client", ""))
}

// rotate answers with a new refresh token each time, or none.
func rotate(s *stage, refresh func(n int) string) {
	n := 0
	s.token = func(w http.ResponseWriter, _ *http.Request) {
		n++
		say(w, 200, map[string]any{"token_type": "Bearer", "access_token": "access", "expires_in": 3600, "refresh_token": refresh(n)})
	}
}

func TestARotatedRefreshTokenIsSavedBeforeItsAccessTokenIsUsed(t *testing.T) {
	s := openStage(t, nil)
	rotate(s, func(n int) string { return []string{"", "r1", "r2", ""}[n] })
	var saved []string
	broken := errors.New("the ledger is down")
	fail := broken
	source := NewSource(s.config(), "r0", func(_ context.Context, refresh string) error {
		saved = append(saved, refresh)
		return fail
	})
	token, err := source.Token(t.Context())
	require.ErrorIs(t, err, broken)
	requireKind(t, contact.Unavailable, err)
	require.Empty(t, token)
	require.Equal(t, "r0", source.Refresh(), "what could not be stored is not relied on")

	fail = nil
	token, err = source.Token(t.Context())
	require.NoError(t, err)
	require.Equal(t, "access", token)
	require.Equal(t, []string{"r1", "r2"}, saved)

	source.expire("")
	_, err = source.Token(t.Context())
	require.NoError(t, err)
	require.Equal(t, "r2", source.Refresh(), "without a new one the old one stays")
	require.Len(t, saved, 2)
}

func TestOneRefreshAtATime(t *testing.T) {
	s := openStage(t, nil)
	var mu sync.Mutex
	asked := 0
	s.token = func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked++
		say(w, 200, map[string]any{"token_type": "Bearer", "access_token": "access", "expires_in": 3600})
	}
	source := NewSource(s.config(), "r", nil)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			_, err := source.Token(context.Background())
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	require.Equal(t, 1, asked)
}

func TestWaitingForARefreshEndsWithTheContext(t *testing.T) {
	s := openStage(t, nil)
	entered, release := make(chan struct{}), make(chan struct{})
	s.token = func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-release
		say(w, 200, map[string]any{"token_type": "Bearer", "access_token": "access", "expires_in": 3600})
	}
	source := NewSource(s.config(), "r", nil)
	first := make(chan error, 1)
	go func() { _, err := source.Token(context.Background()); first <- err }()
	<-entered
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := source.Token(ctx)
	require.ErrorIs(t, err, context.Canceled)
	close(release)
	require.NoError(t, <-first)
}

func TestNobodySignedIn(t *testing.T) {
	s := openStage(t, nil)
	_, err := NewSource(s.config(), "", nil).Token(t.Context())
	requireKind(t, contact.NeedsSignIn, err)
}

func TestRedeem(t *testing.T) {
	s := openStage(t, nil)
	var form url.Values
	answer := map[string]any{
		"token_type": "Bearer", "access_token": "access", "refresh_token": "r1", "expires_in": 3600,
		"scope": "https://graph.microsoft.com/Contacts.ReadWrite User.Read",
	}
	s.token = func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		form = r.PostForm
		say(w, 200, answer)
	}
	source, err := s.config().Redeem(t.Context(), "the-code", "the-verifier")
	require.NoError(t, err)
	require.Equal(t, "r1", source.Refresh())
	require.Equal(t, "the-verifier", form.Get("code_verifier"))
	form = nil
	token, err := source.Token(t.Context())
	require.NoError(t, err)
	require.Equal(t, "access", token)
	require.Nil(t, form, "the access token of the sign-in is used")

	answer["scope"] = "User.Read"
	_, err = s.config().Redeem(t.Context(), "the-code", "the-verifier")
	requireKind(t, contact.NeedsSignIn, err)
	delete(answer, "scope")
	delete(answer, "refresh_token")
	_, err = s.config().Redeem(t.Context(), "the-code", "the-verifier")
	requireKind(t, contact.NeedsAdmin, err)
}

func TestAnExpiredAccessTokenIsRenewedOnce(t *testing.T) {
	s := openStage(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer a2" {
			say(w, 401, failure("InvalidAuthenticationToken"))
			return
		}
		say(w, 200, map[string]string{"id": "u1", "displayName": "Ann", "userPrincipalName": "ann@example.test"})
	})
	box, err := s.client().Me(t.Context())
	require.NoError(t, err)
	require.Equal(t, Mailbox{Tenant: "tenant.test", ObjectID: "u1", Address: "ann@example.test", Name: "Ann"}, box)
	require.Len(t, s.heard(), 2)

	s.graph = func(w http.ResponseWriter, _ *http.Request) { say(w, 401, failure("InvalidAuthenticationToken")) }
	_, err = s.client().Me(t.Context())
	requireKind(t, contact.NeedsSignIn, err)
	require.Len(t, s.heard(), 4)
}

func TestABearerGivesItsTokenToTheConfiguredAddressOnly(t *testing.T) {
	s := openStage(t, nil)
	b := &bearer{tokens: NewSource(s.config(), "r", nil), base: s.URL + graphVersion}
	ask := func(address string) error {
		to, err := url.Parse(address)
		require.NoError(t, err)
		_, err = b.GetAuthorizationToken(t.Context(), to, nil)
		return err
	}
	require.NoError(t, ask(s.URL+"/v1.0/me"))
	for _, address := range []string{"http://127.0.0.1/v1.0/me", "https://" + s.URL[len("http://"):], "http://graph.test/v1.0/me"} {
		requireKind(t, contact.NeedsAdmin, ask(address))
	}
	require.True(t, sameOrigin(&url.URL{Scheme: "https", Host: "Graph.test:443"}, "https://graph.test"))
}
