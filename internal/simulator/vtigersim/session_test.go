package vtigersim

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSecondChallengeKillsTheFirst(t *testing.T) {
	_, c := newCRM(t)
	first := c.get("getchallenge", "username", "admin").field("token").(string)
	second := c.get("getchallenge", "username", "ADMIN").field("token").(string)

	loser := c.post("login", "username", "admin", "accessKey", hashed(first, "admin-key"))
	require.Equal(t, "INVALID_USER_CREDENTIALS: Invalid username or password", loser.refusal())
	for range 2 { // a token may be used again, and a wrong key does not consume it
		winner := c.post("login", "username", "Admin", "accessKey", hashed(second, "admin-key"))
		require.Equal(t, "19x1", winner.field("userId"))
	}
}

func TestChallengeExpires(t *testing.T) {
	now := recordedAt
	_, c := newCRM(t, WithClock(func() time.Time { return now }))
	token := c.get("getchallenge", "username", "admin").field("token").(string)
	now = now.Add(301 * time.Second)
	late := c.post("login", "username", "admin", "accessKey", hashed(token, "admin-key"))
	require.Equal(t, "INVALID_AUTH_TOKEN: Specified token is invalid or expired", late.refusal())
}

func TestLoginIsRefused(t *testing.T) {
	s, c := newCRM(t)
	const badKey, badToken = "INVALID_USER_CREDENTIALS: Invalid username or password", "INVALID_AUTH_TOKEN: Specified token is invalid or expired"
	require.Equal(t, badKey, c.login("admin", "other").refusal())
	require.Equal(t, badToken, c.post("login", "username", "nobody", "accessKey", "x").refusal())
	require.Equal(t, badToken, c.get("login", "username", "admin", "accessKey", "x").refusal(), "login reads the body only")
	require.NoError(t, s.UpdateUser("19x5", func(u *User) { u.Inactive = true }))
	require.Equal(t, badKey, c.login("alice", "alice-key").refusal())
	require.Equal(t, 4, s.Count("login.refused"))
	require.Error(t, s.UpdateUser("19x77", func(*User) {}))
}

func TestSessionCodes(t *testing.T) {
	s, c := newCRM(t)
	require.Equal(t, "AUTHENTICATION_REQUIRED: Authencation required", c.get("listtypes").refusal())
	admin := c.as("admin")
	require.Equal(t, http.StatusInternalServerError, admin.post("logout").status)
	require.NotEmpty(t, admin.get("listtypes").field("types"), "logout does not work, the session stays")
	s.DropSessions()
	require.Equal(t, "INVALID_SESSIONID: Session Identifier provided is Invalid", admin.get("listtypes").refusal())
}

func TestParametersOfTheWrongVerbAreNotSeen(t *testing.T) {
	_, c := newCRM(t)
	admin := c.as("admin")
	require.Equal(t, "ACCESS_DENIED: No username given", c.post("getchallenge", "username", "admin").refusal())
	require.Equal(t, "ACCESS_DENIED: "+deniedText+" for query", admin.post("query", "query", "select id from Contacts;").refusal())
	require.Equal(t, "ACCESS_DENIED: "+deniedText+" for name", admin.get("create", "elementType", "Contacts", "element", "{}").refusal())
	require.NotEmpty(t, admin.get("LISTTYPES").field("types"), "operation names have no case")
}

func TestPHPErrorsAreEmpty500s(t *testing.T) {
	_, c := newCRM(t)
	admin := c.as("admin")
	replies := map[string]got{
		"no operation":    admin.get(""),
		"unknown":         admin.get("mystery"),
		"format":          admin.get("listtypes", "format", "xml"),
		"missing element": admin.post("create", "elementType", "Contacts"),
		"sync":            admin.get("sync", "modifiedTime", "1", "elementType", "Contacts"),
	}
	response, err := http.Post(c.base+"/webservice.php", "application/json", strings.NewReader(`{"operation":"listtypes"}`))
	replies["JSON body"] = c.read(response, err)
	options, err := http.NewRequest(http.MethodOptions, c.base+"/webservice.php?operation=listtypes&sessionName="+admin.session, nil)
	require.NoError(t, err)
	response, err = http.DefaultClient.Do(options)
	replies["OPTIONS"] = c.read(response, err)
	for name, reply := range replies {
		require.Equal(t, got{http.StatusInternalServerError, htmlType, ""}, reply, name)
	}
}

func TestURLs(t *testing.T) {
	_, c := newCRM(t)
	admin := c.as("admin")
	long := admin.query("select id from Contacts where lastname = '" + strings.Repeat("x", 9000) + "';")
	require.Equal(t, http.StatusRequestURITooLong, long.status)
	// A bare semicolon in a URL is data to PHP.
	response, err := http.Get(c.base + "/webservice.php?operation=query&sessionName=" + admin.session + "&query=select+*+from+Groups;")
	require.Len(t, c.read(response, err).column("id"), 3)
	response, err = http.Get(c.base + "/index.php")
	require.Equal(t, http.StatusNotFound, c.read(response, err).status)
}

func TestMobileLogin(t *testing.T) {
	s, c := newCRM(t)
	login := func(password string) got {
		response, err := http.PostForm(c.base+"/modules/Mobile/api.php",
			url.Values{"_operation": {"login"}, "username": {"alice"}, "password": {password}})
		return c.read(response, err)
	}
	reply := login("alice-pw").field("login").(map[string]any)
	require.Equal(t, "5", reply["userid"])
	require.NotContains(t, reply, "is_admin")
	require.JSONEq(t, `{"success":false,"error":{"code":1210,"message":"Authentication Failed"}}`, login("wrong").body)
	s.SetMobileOff(true)
	require.Equal(t, "number: Service not available", login("alice-pw").refusal())
	require.Equal(t, 3, s.Count("mobile.login"))
	require.Equal(t, 2, s.Count("mobile.login.refused"))
}

func TestStartRefusesOtherAddresses(t *testing.T) {
	for _, address := range []string{":0", "0.0.0.0:0", "nonsense"} {
		_, _, err := New().Start(address)
		require.Error(t, err, address)
	}
	base, stop, err := New().Start("127.0.0.1:0")
	require.NoError(t, err)
	stop()
	_, err = http.Get(base + "/webservice.php")
	require.Error(t, err)
}

func TestMultipartBodyAndNoStore(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	body := "--b\r\nContent-Disposition: form-data; name=\"operation\"\r\n\r\ndelete\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"sessionName\"\r\n\r\n" + admin.session + "\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n" + s.AddContact("19x1", map[string]string{"lastname": "Gone"}) + "\r\n--b--\r\n"
	request := httptest.NewRequest(http.MethodPost, "/webservice.php", strings.NewReader(body))
	request.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	recorder := httptest.NewRecorder()
	s.ServeHTTP(recorder, request)
	text, err := io.ReadAll(recorder.Body)
	require.NoError(t, err)
	require.JSONEq(t, `{"success":true,"result":{"status":"successful"}}`, string(text))
	require.Equal(t, "no-store", recorder.Header().Get("Cache-Control"))
}
