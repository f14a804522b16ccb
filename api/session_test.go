package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/simulator/vtigersim"
)

func TestSignIn(t *testing.T) {
	r := newRig(t)
	nobody := r.as("")
	for _, wrong := range []map[string]string{
		{"username": "ada", "password": "not it"},
		{"username": "ada", "accessKey": "not it"},
		{"username": "nobody", "password": "not it"},
	} {
		a := nobody.do("POST", "/api/v1/session", wrong)
		a.refused(t, 401, "wrong-credentials")
		require.Empty(t, a.header.Get("Set-Cookie"))
	}
	p := nobody.do("POST", "/api/v1/session", map[string]string{"username": "ada"}).refused(t, 422, "invalid")
	require.Equal(t, "body.password", p.Errors[0].Location)

	a := nobody.do("POST", "/api/v1/session", map[string]string{"username": "alice", "accessKey": "alice-access-key"})
	require.Equal(t, 200, a.status, a.raw)
	var session struct {
		ExpiresAt time.Time
		User      UserView
	}
	a.read(t, &session)
	require.Equal(t, "alice", session.User.UserName)
	require.False(t, session.User.Admin)
	require.WithinDuration(t, time.Now().Add(12*time.Hour), session.ExpiresAt, time.Minute)
}

func TestSessionByCookie(t *testing.T) {
	r := newRig(t)
	a := r.as("").do("POST", "/api/v1/session", map[string]string{"username": "alice", "password": "alice-password"})
	cookie, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
	require.NoError(t, err)
	require.True(t, cookie.HttpOnly)
	require.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
	require.False(t, cookie.Secure, "the rig is not behind https")
	require.Equal(t, 12*60*60, cookie.MaxAge)

	carried := []string{"Cookie", cookie.Name + "=" + cookie.Value}
	nobody := r.as("")
	require.Equal(t, "alice", nobody.do("GET", "/api/v1/me", nil, carried...).text(t, "userName"))
	a = nobody.do("DELETE", "/api/v1/session", nil, carried...)
	require.Equal(t, 204, a.status)
	require.Contains(t, a.header.Get("Set-Cookie"), "Max-Age=0")
	a = nobody.do("GET", "/api/v1/me", nil, carried...)
	a.refused(t, 401, "not-signed-in")
	require.NotEmpty(t, a.header.Get("WWW-Authenticate"))
}

func TestCookiesAreSecureBehindHTTPS(t *testing.T) {
	s := &Server{PublicURL: "https://bridge.example"}
	require.Contains(t, s.cookie(sessionCookie, "x", "/", sessionLife), "; Secure")
}

func TestExpiredSessionAndInactiveUser(t *testing.T) {
	r := newRig(t)
	alice, bob := r.as("alice"), r.as("bob")
	r.exec("UPDATE sessions SET expires_at = now() - interval '1 second' WHERE user_id = (SELECT id FROM users WHERE user_name = 'alice')")
	alice.do("GET", "/api/v1/me", nil).refused(t, 401, "not-signed-in")

	require.Equal(t, 200, bob.do("GET", "/api/v1/me", nil).status)
	admin := r.as("ada")
	require.NoError(t, r.vtiger.UpdateUser(admin.userID("bob"), func(u *vtigersim.User) { u.Inactive = true }))
	r.as("").do("POST", "/api/v1/session", map[string]string{"username": "bob", "password": "bob-password"}).refused(t, 401, "wrong-credentials")
}

func TestVTigerDown(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	require.Contains(t, admin.do("GET", "/api/v1/users", nil).raw, `"current":true`)
	r.vtiger.Fail(vtigersim.AnyOperation, -1, vtigersim.BadGateway)
	r.as("").do("POST", "/api/v1/session", map[string]string{"username": "alice", "accessKey": "alice-access-key"}).refused(t, 503, "unavailable")
	a := admin.do("GET", "/api/v1/users", nil)
	require.Equal(t, 200, a.status, a.raw)
	require.Contains(t, a.raw, `"current":false`)
	require.Contains(t, a.raw, `"userName":"carl"`)
	require.NotEmpty(t, a.text(t, "notice"))
}

// exec changes what no call can: the time.
func (r *rig) exec(sql string, args ...any) {
	r.t.Helper()
	_, err := r.server.Ledger.DB().ExecContext(r.t.Context(), sql, args...)
	require.NoError(r.t, err)
}

// What a person sees depends on their time zone and on whether an administrator has done step 1.
func TestMeSaysWhereAndWhetherOneCanBegin(t *testing.T) {
	r := newRig(t)
	r.vtiger.AddUser(vtigersim.User{UserName: "dora", Password: "dora-password", LastName: "Dora", TimeZone: "Europe/Paris"})
	var me struct {
		TimeZone  string
		Step1Done bool
	}
	dora := r.as("dora")
	dora.do("GET", "/api/v1/me", nil).read(t, &me)
	require.Equal(t, "Europe/Paris", me.TimeZone)
	require.False(t, me.Step1Done)
	admin := r.as("ada")
	unfinished := r.step1()
	delete(unfinished, "clientSecret")
	require.Equal(t, 200, admin.do("PUT", "/api/v1/settings/microsoft", unfinished).status)
	dora.do("GET", "/api/v1/me", nil).read(t, &me)
	require.False(t, me.Step1Done, "the secret is missing")
	admin.saveStep1()
	dora.do("GET", "/api/v1/me", nil).read(t, &me)
	require.True(t, me.Step1Done)
}
