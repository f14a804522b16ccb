package api

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/simulator/vtigersim"
)

func TestATokenIsShownOnceAndListed(t *testing.T) {
	r := newRig(t)
	alice := r.as("alice")
	a := alice.do("POST", "/api/v1/tokens", map[string]any{"name": " nightly export ", "access": "write", "days": 7})
	require.Equal(t, 201, a.status, a.raw)
	token := a.text(t, "token")
	r.keepToken(token)
	require.Regexp(t, `^cb_[A-Z2-7]{26}$`, token)
	require.Equal(t, "/api/v1/tokens/"+a.text(t, "id"), a.header.Get("Location"))

	var list struct{ Tokens []TokenView }
	listed := alice.do("GET", "/api/v1/tokens", nil)
	require.NotContains(t, listed.raw, token)
	listed.read(t, &list)
	require.Len(t, list.Tokens, 1)
	v := list.Tokens[0]
	require.Equal(t, "nightly export", v.Name)
	require.Equal(t, "write", v.Access)
	require.WithinDuration(t, time.Now().AddDate(0, 0, 7), v.ExpiresAt, time.Minute)
	require.Nil(t, v.UsedAt)
	var kept string
	require.NoError(t, r.server.Ledger.DB().QueryRowContext(t.Context(), "SELECT t::text FROM tokens t").Scan(&kept))
	require.NotContains(t, kept, token)

	program := caller{r, token}
	require.Equal(t, "alice", program.do("GET", "/api/v1/me", nil).text(t, "userName"))
	alice.do("GET", "/api/v1/tokens", nil).read(t, &list)
	require.WithinDuration(t, time.Now(), *list.Tokens[0].UsedAt, time.Minute)

	require.Equal(t, 204, alice.do("DELETE", "/api/v1/tokens/"+v.ID, nil).status)
	program.do("GET", "/api/v1/me", nil).refused(t, 401, "not-signed-in")
	alice.do("DELETE", "/api/v1/tokens/"+v.ID, nil).refused(t, 404, "not-found")
}

func TestATokenLivesNinetyDaysUnlessTold(t *testing.T) {
	alice := newRig(t).as("alice")
	_, id := alice.tokenFor("read")
	var list struct{ Tokens []TokenView }
	alice.do("GET", "/api/v1/tokens", nil).read(t, &list)
	require.Equal(t, id, list.Tokens[0].ID)
	require.WithinDuration(t, time.Now().AddDate(0, 0, 90), list.Tokens[0].ExpiresAt, time.Minute)
}

// What a sign-in alone may do: a token must not outlive itself through another one.
func TestTokensMakeNoTokens(t *testing.T) {
	alice := newRig(t).as("alice")
	writes, _ := alice.tokenFor("write")
	writes.do("POST", "/api/v1/tokens", map[string]string{"name": "n", "access": "read"}).refused(t, 403, "needs-session")
	writes.do("DELETE", "/api/v1/session", nil).refused(t, 403, "needs-session")
	require.Equal(t, 200, alice.do("GET", "/api/v1/me", nil).status)
	_, other := alice.tokenFor("read")
	require.Equal(t, 204, writes.do("DELETE", "/api/v1/tokens/"+other, nil).status)
}

// A token does what its user may do at that moment, no more and no less.
func TestATokenHasItsUsersRights(t *testing.T) {
	r, admin, alice, connection := staged(t)
	writes, _ := alice.tokenFor("write")
	byAdmin, _ := admin.tokenFor("write")
	require.Equal(t, 200, writes.at("PUT /settings", connection, map[string]int{"batchSize": 5}).status)
	require.Equal(t, 200, byAdmin.do("GET", "/api/v1/audit", nil).status)

	require.Equal(t, 200, byAdmin.do("PUT", "/api/v1/users/"+admin.userID("alice")+"/access", map[string]bool{"allowed": false}).status)
	writes.do("GET", connection, nil).refused(t, 403, "not-allowed")
	require.NoError(t, r.vtiger.UpdateUser(admin.userID("alice"), func(u *vtigersim.User) { u.Admin = true }))
	admin.do("GET", "/api/v1/users", nil)
	require.Equal(t, 200, writes.do("GET", "/api/v1/audit", nil).status)
	require.NoError(t, r.vtiger.UpdateUser(admin.userID("alice"), func(u *vtigersim.User) { u.Admin, u.Inactive = false, true }))
	admin.do("GET", "/api/v1/users", nil)
	writes.do("GET", "/api/v1/me", nil).refused(t, 401, "not-signed-in")
}

// The cookie is for sign-ins; a token in it, or after another word than Bearer, is nobody's.
func TestATokenGoesInTheHeaderOnly(t *testing.T) {
	r := newRig(t)
	writes, _ := r.as("alice").tokenFor("write")
	nobody := r.as("")
	nobody.do("GET", "/api/v1/me", nil, "Cookie", sessionCookie+"="+writes.token).refused(t, 401, "not-signed-in")
	nobody.do("GET", "/api/v1/me", nil, "Authorization", "Basic "+writes.token).refused(t, 401, "not-signed-in")
	nobody.do("GET", "/api/v1/me", nil, "Authorization", "Bearer cb_GUESSED").refused(t, 401, "not-signed-in")
	require.Equal(t, 200, nobody.do("GET", "/api/v1/me", nil, "Authorization", "bearer "+writes.token).status)
}

func TestForeignPagesCannotActByCookieOrToken(t *testing.T) {
	r := newRig(t)
	a := r.as("").do("POST", "/api/v1/session", map[string]string{"username": "alice", "password": "alice-password"})
	session, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
	require.NoError(t, err)
	writes, _ := r.as("alice").tokenFor("write")
	for _, value := range []string{session.Value, writes.token} {
		for _, foreign := range [][]string{{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}} {
			carried := append([]string{"Cookie", session.Name + "=" + value}, foreign...)
			r.as("").do("DELETE", "/api/v1/session", nil, carried...).refused(t, 403, "cross-origin")
			r.as("").do("POST", "/api/v1/tokens", map[string]string{"name": "n", "access": "write"}, carried...).refused(t, 403, "cross-origin")
			writes.do("POST", "/api/v1/tokens", map[string]string{"name": "n", "access": "write"}, carried...).refused(t, 403, "cross-origin")
		}
	}
	require.Equal(t, 200, r.as("").do("GET", "/api/v1/me", nil, "Cookie", session.Name+"="+session.Value).status)
	require.Equal(t, 201, r.as("").do("POST", "/api/v1/tokens", map[string]string{"name": "n", "access": "write"},
		"Cookie", session.Name+"="+session.Value, "Origin", r.url, "Sec-Fetch-Site", "same-origin").status)
}

// Who is disabled while they follow a run sees no more of it.
func TestFollowingEndsWithAccess(t *testing.T) {
	r, _, alice, connection := staged(t)
	run := alice.at("POST /runs", connection, nil).header.Get("Location")
	reads, id := alice.tokenFor("read")
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+run+"/events", nil)
	require.NoError(t, err)
	q.Header.Set("Authorization", "Bearer "+reads.token)
	a, err := http.DefaultClient.Do(q)
	require.NoError(t, err)
	defer a.Body.Close()
	require.Equal(t, 200, a.StatusCode)
	require.Equal(t, 204, alice.do("DELETE", "/api/v1/tokens/"+id, nil).status)
	ended := make(chan error, 1)
	go func() {
		var all strings.Builder
		_, err := io.Copy(&all, a.Body)
		ended <- err
	}()
	select {
	case err := <-ended:
		require.NoError(t, err)
	case <-time.After(10 * time.Second):
		t.Fatal("the stream goes on")
	}
}
