package api

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/simulator/vtigersim"
	"contactbridge/internal/vtiger"
)

// checks are the answers of a check by field: "state sentence".
func (c caller) checks() map[string]string {
	c.t.Helper()
	a := c.do("POST", vtigerPath+"/check", nil)
	require.Equal(c.t, 200, a.status, a.raw)
	var list struct{ Checks []checkView }
	a.read(c.t, &list)
	out := map[string]string{}
	for _, v := range list.Checks {
		out[v.Field] = v.State + " " + v.Sentence
	}
	return out
}

// What cannot work at the real vTiger is refused with its field named, and changes nothing.
func TestVTigerSettingsThatCannotWork(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>Welcome</html>")) }))
	t.Cleanup(page.Close)
	before := admin.do("GET", vtigerPath, nil)
	for _, row := range []struct{ body, place, words string }{
		{`{"url":"` + r.crm + `"}`, "body", ""},
		{`{"url":"crm.example","username":"ada","accessKey":"x-access-key"}`, "body.url", "https://"},
		{`{"url":"http://ada:pw@127.0.0.1","username":"ada","accessKey":"x-access-key"}`, "body.url", "Leave user name"},
		{`{"url":"http://127.0.0.1:1","username":"ada","accessKey":"x-access-key","replaceInstance":true}`, "body.url", "cannot be reached"},
		{`{"url":"` + page.URL + `","username":"ada","accessKey":"x-access-key","replaceInstance":true}`, "body.url", "A web page answers"},
		{`{"url":"` + page.URL + `","username":"ada","accessKey":"x-access-key"}`, "body.url", "replaceInstance"},
		{`{"url":"` + page.URL + `","username":"ada","replaceInstance":true}`, "body.accessKey", "belongs to ada"},
		{`{"url":"{crm}","username":"nobody","accessKey":"x-access-key"}`, "body.username", "no user of this name"},
		{`{"url":"{crm}","username":"alice","accessKey":"alice-access-key"}`, "body.username", "no vTiger administrator"},
		{`{"url":"{crm}","username":"alice"}`, "body.accessKey", "belongs to ada"},
		{`{"url":"{crm}","username":"ada","accessKey":"x-access-key"}`, "body.accessKey", "refuses the access key"},
		{`{"url":"{crm}","username":"ada","accessKey":null}`, "body.accessKey", "Nothing works without"},
		{`{"url":"{crm}","username":"ada","accessKey":""}`, "body.accessKey", ""},
	} {
		p := admin.do("PUT", vtigerPath, replaced(row.body, "{crm}", r.crm)).refused(t, 422, "invalid")
		require.Equal(t, row.place, p.Errors[0].Location, row.body)
		require.Contains(t, p.Detail, row.words, row.body)
	}
	r.vtiger.SetModuleOff("Contacts", true)
	p := admin.do("PUT", vtigerPath, map[string]string{"url": r.crm, "username": "ada"}).refused(t, 422, "invalid")
	require.Contains(t, p.Detail, "enable the Contacts module")
	require.Contains(t, admin.checks()["url"], "failed vTiger shows no Contacts")
	r.vtiger.SetModuleOff("Contacts", false)
	r.vtiger.SetCallLimits(vtigersim.CallLimits{PerMinute: 1, RetryAfter: 20 * time.Second})
	admin.do("PUT", vtigerPath, map[string]string{"url": r.crm, "username": "ada"})
	admin.do("PUT", vtigerPath, map[string]string{"url": r.crm, "username": "ada"}).refused(t, 503, "throttled")
	after := admin.do("GET", vtigerPath, nil)
	require.Equal(t, before.raw, after.raw)
	require.Equal(t, before.header.Get("ETag"), after.header.Get("ETag"))
}

// A key that was made anew in vTiger is told by the check, although the sessions of the old one still live; the new one is
// used as soon as it is saved.
func TestANewAccessKeyIsUsedAtOnce(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	ok := admin.checks()
	require.Equal(t, "ok vTiger 8.3.0 answers at this address.", ok["url"])
	require.Equal(t, "ok ada is an administrator there.", ok["username"])
	require.Equal(t, "ok vTiger accepts the access key.", ok["accessKey"])
	require.Contains(t, ok["modules"], "ok All modules")
	r.vtiger.SetModuleOff("Vendors", true)
	r.vtiger.SetClockSkew(10 * time.Minute)
	odd := admin.checks()
	require.Contains(t, odd["modules"], "warning vTiger does not show these modules, so they cannot be synced: Vendors.")
	require.Contains(t, odd["clock"], "warning ")
	r.vtiger.SetClockSkew(0)

	const newKey = "ada-new-access-key"
	require.NoError(t, r.vtiger.UpdateUser(admin.userID("ada"), func(u *vtigersim.User) { u.AccessKey = newKey }))
	failed := admin.checks()
	require.Contains(t, failed["accessKey"], "failed vTiger refuses the access key")
	require.Equal(t, "ok vTiger knows it.", failed["username"])
	r.vtiger.DropSessions()
	r.as("").do("POST", "/api/v1/session", map[string]string{"username": "alice", "password": "alice-password"}).refused(t, 409, "needs-admin")

	tag := admin.do("GET", vtigerPath, nil).header.Get("ETag")
	body := map[string]string{"url": r.crm, "username": "ada", "accessKey": newKey}
	admin.do("PUT", vtigerPath, body, "If-Match", `"77"`).refused(t, 412, "changed-meanwhile")
	a := admin.do("PUT", vtigerPath, body, "If-Match", tag)
	require.Equal(t, 200, a.status, a.raw)
	require.NotEqual(t, tag, a.header.Get("ETag"))
	var v vtigerView
	a.read(t, &v)
	require.Equal(t, vtigerView{URL: r.crm, Username: "ada", AccessKeySet: true, Instance: r.crm, ByEnvironment: []string{}}, v)
	r.as("alice")
	require.Equal(t, 200, admin.do("PUT", vtigerPath, map[string]string{"url": r.crm, "username": "ada"}).status, "absent keeps the key")
	r.as("alice")
}

// The address is unknown while nothing answers, and then nobody can tell whether the rest is right.
func TestACheckOfAVTigerThatIsAway(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	r.server.VTiger.Fixed = vtiger.Config{URL: "http://127.0.0.1:1"}
	got := admin.checks()
	require.Contains(t, got["url"], "failed vTiger cannot be reached")
	require.Equal(t, "unknown It could not be tried.", got["username"])
	require.Equal(t, "unknown It could not be tried.", got["accessKey"])
	r.server.VTiger.Fixed = vtiger.Config{URL: r.crm + "/elsewhere/.."}
	require.Contains(t, admin.checks()["url"], "failed ")
	admin.do("POST", "/api/v1/connections", map[string]string{"module": "Contacts"}).refused(t, 409, "needs-admin")
}

// Another vTiger takes the place of the one before only when asked to, and then everybody signs in there; users go by name.
func TestReplacingTheVTiger(t *testing.T) {
	r, admin, alice, connection := staged(t)
	other := vtigersim.New()
	address, stop, err := other.Start("")
	require.NoError(t, err)
	t.Cleanup(stop)
	other.AddUser(vtigersim.User{UserName: "boss", Password: "boss-password", AccessKey: "boss-access-key", Admin: true, LastName: "Boss"})
	other.AddUser(vtigersim.User{UserName: "carl", Password: "carl-password", AccessKey: "carl-access-key", LastName: "Other"})
	other.AddUser(vtigersim.User{UserName: "Alice", Password: "Alice-password", AccessKey: "alice-access-key", LastName: "Sales"})
	var before connectionView
	alice.do("GET", connection, nil).read(t, &before)
	body := map[string]any{"url": address, "username": "boss", "accessKey": "boss-access-key"}
	require.Equal(t, "body.url", admin.do("PUT", vtigerPath, body).refused(t, 422, "invalid").Errors[0].Location)
	require.Equal(t, 200, alice.do("GET", connection, nil).status)

	body["replaceInstance"] = true
	a := admin.do("PUT", vtigerPath, body)
	require.Equal(t, 200, a.status, a.raw)
	require.Contains(t, a.raw, `"instance":"`+address+`"`)
	admin.do("GET", vtigerPath, nil).refused(t, 401, "not-signed-in")
	alice.do("GET", connection, nil).refused(t, 401, "not-signed-in")
	r.as("").do("POST", "/api/v1/session", map[string]string{"username": "ada", "password": "ada-password"}).refused(t, 401, "wrong-credentials")

	alice = r.as("Alice")
	var after connectionView
	alice.do("GET", connection, nil).read(t, &after)
	require.NotEqual(t, before.UserID, after.UserID)
	require.True(t, after.Account.SignedIn, "the mailbox is hers as before")
	alice.at("POST /runs", connection, nil).refused(t, 409, "needs-preview")
	// Whoever has another's old id there is somebody else.
	carl := r.as("carl")
	carl.do("GET", connection, nil).refused(t, 403, "not-allowed")
	var list struct{ Users []UserView }
	r.as("boss").do("GET", "/api/v1/users", nil).read(t, &list)
	for _, u := range list.Users {
		require.Equal(t, u.UserName == "Alice", u.Allowed, u.UserName)
	}
}
