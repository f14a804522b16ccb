package vtiger

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/vtigersim"
)

func TestCheckTellsWhatVTigerIs(t *testing.T) {
	c := newCRM(t)
	c.SetClockSkew(time.Minute)
	c.person(map[string]string{"lastname": "Fresh"})
	info, err := c.dial().Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, "8.3.0", info.Version)
	require.Equal(t, c.admin, info.UserID)
	require.True(t, info.Admin)
	require.Equal(t, "UTC", info.TimeZone)
	require.Subset(t, info.Modules, []string{"Contacts", "Leads", "Vendors", "Users"})
	require.InDelta(t, time.Minute.Seconds(), info.Ahead.Seconds(), 5)
}

// objected demands a refusal that an administrator can act on, and gives its sentence.
func objected(t *testing.T, err error, kind contact.Kind, words ...string) {
	t.Helper()
	require.Equal(t, kind, contact.KindOf(err), "%v", err)
	for _, word := range words {
		require.Contains(t, contact.SentenceOf(err), word)
	}
	for _, secret := range []string{"adminKey0123", "aliceKey0123", "wrongKey", "nobody", "sessionName"} {
		require.NotContains(t, err.Error(), secret)
	}
}

func TestCheckRefusesTheAccount(t *testing.T) {
	for _, row := range []struct {
		what, user, key string
		field           string
		words           []string
	}{
		{"wrong key", "admin", "wrongKey", "accessKey", []string{"access key", "not the password"}},
		{"unknown user", "nobody", "adminKey0123", "username", []string{"no user of this name"}},
		{"ordinary user", "alice", "aliceKey0123", "username", []string{"no vTiger administrator"}},
	} {
		t.Run(row.what, func(t *testing.T) {
			c := newCRM(t)
			_, err := Dial(Config{URL: c.url, Username: row.user, AccessKey: row.key}, quick).Check(t.Context())
			objected(t, err, contact.NeedsAdmin, row.words...)
			require.Equal(t, row.field, Blames(err))
		})
	}
	c := newCRM(t)
	require.NoError(t, c.UpdateUser(c.admin, func(u *vtigersim.User) { u.Inactive = true }))
	_, err := c.dial().Check(t.Context())
	objected(t, err, contact.NeedsAdmin, "active")
}

func TestCheckNamesTheBugThatHidesModules(t *testing.T) {
	c := newCRM(t)
	c.SetHiddenModules(true)
	alice := Config{URL: c.url, Username: "alice", AccessKey: "aliceKey0123"}
	info, err := Dial(alice).Check(t.Context())
	objected(t, err, contact.NeedsAdmin, "8.3.0", "1934")
	require.NotContains(t, info.Modules, "Contacts")
	require.Equal(t, c.alice, info.UserID)

	_, err = c.dial().Check(t.Context())
	require.NoError(t, err, "an administrator sees all modules")

	switchedOff := c.behind(t, func(operation string, _ url.Values) (string, bool) {
		return `{"success":true,"result":{"types":["Groups","Leads"]}}`, operation == "listtypes"
	})
	_, err = switchedOff.Check(t.Context())
	objected(t, err, contact.NeedsAdmin, "enable the Contacts module")
	require.NotContains(t, contact.SentenceOf(err), "1934")
}

func TestCheckRefusesTheAddress(t *testing.T) {
	page := "<!DOCTYPE html>\n<html><head><title>Welcome</title></head></html>"
	for _, row := range []struct {
		what   string
		status int
		body   string
		kind   contact.Kind
		words  string
	}{
		{"not found", http.StatusNotFound, page, contact.NeedsAdmin, "webservice.php was not found"},
		{"moved to https", http.StatusMovedPermanently, page, contact.NeedsAdmin, "https://"},
		{"a proxy's sign-in", http.StatusUnauthorized, page, contact.NeedsAdmin, "sign-in of its own"},
		{"forbidden", http.StatusForbidden, page, contact.NeedsAdmin, "sign-in of its own"},
		{"a web page", http.StatusOK, page, contact.Unavailable, "web page"},
		{"JSON of something else", http.StatusOK, `{"status":"ok"}`, contact.Unavailable, "not vTiger"},
		{"a JSON list", http.StatusOK, `[]`, contact.Unavailable, "not vTiger"},
		{"nothing", http.StatusOK, "", contact.Unavailable, "empty answer"},
		{"text", http.StatusOK, "It works!", contact.Unavailable, "not its own form"},
		{"PHP fails", http.StatusInternalServerError, "", contact.Unavailable, "PHP or the database"},
		{"PHP is down", http.StatusBadGateway, page, contact.Unavailable, "PHP does not"},
	} {
		t.Run(row.what, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(row.status)
				_, _ = w.Write([]byte(row.body))
			}))
			defer server.Close()
			_, err := Dial(Config{URL: server.URL, Username: "admin", AccessKey: "adminKey0123"}, quick).Check(t.Context())
			objected(t, err, row.kind, row.words)
			require.Equal(t, "url", Blames(err))
			require.NotContains(t, err.Error(), "Welcome")
		})
	}
	_, err := Dial(Config{URL: "http://127.0.0.1:1", Username: "admin", AccessKey: "k"}).Check(t.Context())
	objected(t, err, contact.Unavailable, "cannot be reached")
	require.Equal(t, "url", Blames(err))
	require.Empty(t, Blames(slowDown("x", time.Second)), "it is nobody's fault")
}

func TestCheckWarnsOfAClockThatIsOff(t *testing.T) {
	for skew, words := range map[time.Duration]string{10 * time.Minute: "ahead of ours", -3 * time.Minute: "behind ours"} {
		c := newCRM(t)
		c.SetClockSkew(skew)
		info, err := c.dial().Check(t.Context())
		require.NoError(t, err)
		require.Len(t, info.Warnings, 1)
		require.Contains(t, info.Warnings[0], words)
		require.Contains(t, info.Warnings[0], "NTP")
		require.InDelta(t, skew.Seconds(), info.Ahead.Seconds(), 5)
	}
}

// What was saved under another clock looks as if the database kept its times in another zone.
func TestCheckFindsTimesThatAreNotUTC(t *testing.T) {
	for _, row := range []struct {
		zone     time.Duration
		objected bool
	}{
		{2 * time.Hour, true},
		{14 * time.Hour, true},
		{time.Minute, false},
		{-5 * time.Hour, false}, // as if nothing had been changed for five hours
		{40 * time.Hour, false}, // no zone of this world
	} {
		c := newCRM(t)
		c.SetClockSkew(row.zone)
		c.AddLead(c.admin, map[string]string{"lastname": "Newest"})
		c.SetClockSkew(0)
		c.person(map[string]string{"lastname": "Older"})
		info, err := c.dial().Check(t.Context())
		require.NoError(t, err, "%s", row.zone)
		if !row.objected {
			require.Empty(t, info.Warnings, "%s", row.zone)
			continue
		}
		require.Len(t, info.Warnings, 1)
		require.Contains(t, info.Warnings[0], "Leads")
		require.Contains(t, info.Warnings[0], "$default_timezone")
	}
	c := newCRM(t)
	c.SetBrokenTable("Contacts", true)
	info, err := c.dial().Check(t.Context())
	require.NoError(t, err)
	require.Empty(t, info.Warnings, "what cannot be known objects to nothing")
}

func TestCheckRefusesAnOldVTiger(t *testing.T) {
	for version, refused := range map[string]bool{"6.5.0": true, "5.4.0": true, "7.0.0": false, "8.3.0": false, "9": false, "": false, "cloud": false} {
		c := newCRM(t)
		client := c.behind(t, c.ofVersion(t, version))
		_, err := client.Check(t.Context())
		if !refused {
			require.NoError(t, err, version)
			continue
		}
		objected(t, err, contact.NeedsAdmin, "older than version 7")
	}
}

// ofVersion lets the login's reply tell another version.
func (c *crm) ofVersion(t *testing.T, version string) meddler {
	return func(operation string, form url.Values) (string, bool) {
		if operation != "login" {
			return "", false
		}
		reply := httptest.NewRecorder()
		request := httptest.NewRequest(http.MethodPost, "/webservice.php", strings.NewReader(form.Encode()))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		c.ServeHTTP(reply, request)
		require.Contains(t, reply.Body.String(), `"8.3.0"`)
		return strings.Replace(reply.Body.String(), `"8.3.0"`, `"`+version+`"`, 1), true
	}
}
