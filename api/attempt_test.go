package api

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/simulator/vtigersim"
)

// signsIn tries a sign-in and gives the answer.
func (r *rig) signsIn(name, password string, header ...string) reply {
	r.t.Helper()
	return r.as("").do("POST", "/api/v1/session", map[string]string{"username": name, "password": password}, header...)
}

// laterBy lets time pass for what failed.
func (r *rig) laterBy(interval string) {
	r.exec("UPDATE failed_sign_ins SET failed_at = failed_at - interval '" + interval + "', until = until - interval '" + interval + "'")
}

// asked counts the sign-ins that vTiger was asked about.
func (r *rig) askedVTiger() int { return r.vtiger.Count("mobile.login") }

func TestFailedSignInsAreSlowedDown(t *testing.T) {
	r := newRig(t)
	for range 5 {
		r.signsIn("alice", "guess").refused(t, 401, "wrong-credentials")
	}
	before := r.askedVTiger()
	for _, spelling := range []string{"alice", "ALICE", " alice ", "àlice", "al\u200bice"} {
		a := r.signsIn(spelling, "alice-password")
		p := a.refused(t, 429, "too-many-failures")
		seconds, err := strconv.Atoi(a.header.Get("Retry-After"))
		require.NoError(t, err)
		require.Positive(t, seconds)
		require.LessOrEqual(t, seconds, 5)
		require.Contains(t, p.Detail, strconv.Itoa(seconds)+" seconds")
	}
	require.Equal(t, before, r.askedVTiger(), "vTiger is not asked meanwhile")
	require.Equal(t, 200, r.signsIn("bob", "bob-password").status, "others are not slowed down")

	r.laterBy("5 seconds")
	require.Equal(t, 200, r.signsIn("alice", "alice-password").status)
	r.signsIn("alice", "guess").refused(t, 401, "wrong-credentials")
	require.Equal(t, 200, r.signsIn("alice", "alice-password").status, "a good sign-in ended it")
}

// Another process knows of the failures too, for they are in the database.
func TestAllProcessesSlowDown(t *testing.T) {
	r := newRig(t)
	for range 5 {
		r.signsIn("alice", "guess")
	}
	r.serve()
	r.signsIn("alice", "alice-password").refused(t, 429, "too-many-failures")
}

// One address that tries many users is slowed down as well.
func TestOneAddressCannotTryEverybody(t *testing.T) {
	r := newRig(t)
	for i := range 50 {
		r.signsIn("user"+strconv.Itoa(i), "password1").refused(t, 401, "wrong-credentials")
	}
	r.signsIn("user50", "password1").refused(t, 429, "too-many-failures")
}

// Whoever guesses without end does not keep the user out of the browsers they have used before; sessions and tokens go on.
func TestGuessingKeepsNobodyOutForEver(t *testing.T) {
	r := newRig(t)
	a := r.signsIn("alice", "alice-password")
	device := cookieNamed(t, a, deviceCookie)
	require.Equal(t, prefix+"/session", device.Path)
	require.True(t, device.HttpOnly)
	alice := caller{r, a.text(t, "token")}
	program, _ := alice.tokenFor("read")
	for range 30 {
		r.signsIn("alice", "guess")
		r.laterBy("15 minutes")
	}
	r.signsIn("alice", "guess").refused(t, 401, "wrong-credentials")
	retry, err := strconv.Atoi(r.signsIn("alice", "alice-password").header.Get("Retry-After"))
	require.NoError(t, err)
	require.LessOrEqual(t, retry, 15*60)
	require.Greater(t, retry, 14*60)
	require.Equal(t, 200, alice.do("GET", "/api/v1/me", nil).status)
	require.Equal(t, 200, program.do("GET", "/api/v1/me", nil).status)
	again := r.signsIn("alice", "alice-password", "Cookie", device.Name+"="+device.Value)
	require.Equal(t, 200, again.status, again.raw)
	require.Equal(t, device.Value, cookieNamed(t, again, deviceCookie).Value)
	require.NotContains(t, r.logged.String(), device.Value)
}

func cookieNamed(t *testing.T, a reply, name string) *http.Cookie {
	t.Helper()
	for _, line := range a.header.Values("Set-Cookie") {
		c, err := http.ParseSetCookie(line)
		require.NoError(t, err)
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no cookie %s", name)
	return nil
}

// While vTiger is down sessions go on, nobody signs in, and that counts against nobody.
func TestVTigerDownGivesAndTakesNothing(t *testing.T) {
	r := newRig(t)
	admin, alice := r.as("ada"), r.as("alice")
	carl := admin.userID("carl")
	r.vtiger.Fail(vtigersim.AnyOperation, -1, vtigersim.BadGateway)
	for range 8 {
		r.signsIn("bob", "bob-password").refused(t, 503, "unavailable")
		r.as("").do("POST", "/api/v1/session", map[string]string{"username": "bob", "accessKey": "bob-access-key"}).refused(t, 503, "unavailable")
	}
	require.Equal(t, 200, admin.do("GET", "/api/v1/audit", nil).status)
	require.Equal(t, 200, alice.do("GET", "/api/v1/me", nil).status)
	// A token would outlive the sign-in, and leave to sync is for an admin to give who still is one.
	admin.do("POST", "/api/v1/tokens", map[string]string{"name": "n", "access": "read"}).refused(t, 503, "unavailable")
	admin.do("PUT", "/api/v1/users/"+carl+"/access", map[string]bool{"allowed": true}).refused(t, 503, "unavailable")
	require.Equal(t, 200, admin.do("PUT", "/api/v1/users/"+carl+"/access", map[string]bool{"allowed": false}).status)

	r.vtiger.ClearFaults()
	require.Equal(t, 200, r.signsIn("bob", "bob-password").status)
	require.Equal(t, 200, admin.do("PUT", "/api/v1/users/"+carl+"/access", map[string]bool{"allowed": true}).status)
}

// A former admin whose session still says otherwise gives nobody anything.
func TestAFormerAdminGivesNothing(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	id := admin.userID("bob")
	require.NoError(t, r.vtiger.UpdateUser(id, func(u *vtigersim.User) { u.Admin = true }))
	bob := r.as("bob")
	require.Equal(t, 200, bob.do("GET", "/api/v1/audit", nil).status)
	require.NoError(t, r.vtiger.UpdateUser(id, func(u *vtigersim.User) { u.Admin = false }))
	bob.do("PUT", "/api/v1/users/"+id+"/access", map[string]bool{"allowed": true}).refused(t, 403, "admin-only")
	bob.do("GET", "/api/v1/audit", nil).refused(t, 403, "admin-only")
	require.NoError(t, r.vtiger.UpdateUser(id, func(u *vtigersim.User) { u.Inactive = true }))
	bob.do("POST", "/api/v1/tokens", map[string]string{"name": "n", "access": "read"}).refused(t, 401, "not-signed-in")
	bob.do("GET", "/api/v1/me", nil).refused(t, 401, "not-signed-in")
}

func TestSpellingsOfOneUserName(t *testing.T) {
	for _, name := range []string{"Alice.Sales", " alice.sales", "ALICE.SALES\t", "Alícè.Sales", "ali\u00adce.sales", "ａｌｉｃｅ.sales"} {
		require.Equal(t, "alice.sales", spelled(name), name)
	}
	require.NotEqual(t, spelled("alice"), spelled("alice2"))
	require.Equal(t, "ольга", spelled("Ольга"))
	require.Empty(t, strings.TrimSpace(spelled(" \u200b ")))
}
