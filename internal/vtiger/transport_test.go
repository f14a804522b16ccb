package vtiger

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

func TestStatuses(t *testing.T) {
	for _, c := range []struct {
		status  int
		kind    contact.Kind
		refused bool
	}{
		{http.StatusMovedPermanently, contact.NeedsAdmin, true},
		{http.StatusFound, contact.NeedsAdmin, true},
		{http.StatusUnauthorized, contact.NeedsAdmin, true},
		{http.StatusForbidden, contact.NeedsAdmin, true},
		{http.StatusNotFound, contact.NeedsAdmin, true},
		{http.StatusRequestTimeout, contact.Unavailable, true},
		{http.StatusRequestURITooLong, contact.BadRecord, true},
		{http.StatusTooManyRequests, contact.Throttled, true},
		{http.StatusInternalServerError, contact.Unavailable, false},
		{http.StatusBadGateway, contact.Unavailable, false},
		{http.StatusServiceUnavailable, contact.Unavailable, false},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
			w.WriteHeader(c.status)
		}))
		client := Dial(Config{URL: server.URL, Username: "admin", AccessKey: "k"})
		_, _, err := client.send(t.Context(), question{doing: "ask", verb: http.MethodGet, at: client.config.webservice()})
		server.Close()
		var e *contact.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, c.kind, e.Kind, "status %d", c.status)
		require.Equal(t, c.refused, e.Refused, "status %d", c.status)
		require.Equal(t, 7*time.Second, e.RetryAfter)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "x": 0, "-1": 0, "NaN": 0, "Inf": 0, "1e300": 0, "5": 5 * time.Second, "1.5": 1500 * time.Millisecond,
		"Mon, 23 Nov 2026 15:01:00 GMT": time.Minute, "Mon, 23 Nov 2026 14:00:00 GMT": 0,
	} {
		require.Equal(t, want, retryAfter(header, now), "header %q", header)
	}
}

func TestConfigIsCheckedAndItsAddressCompleted(t *testing.T) {
	good := Config{URL: "https://crm.example.test", Username: "admin", AccessKey: "k"}
	require.NoError(t, good.EnsureValid())
	for _, row := range []struct {
		field, words string
		change       func(*Config)
	}{
		{"url", "Enter the address", func(c *Config) { c.URL = "crm.example.test" }},
		{"url", "Enter the address", func(c *Config) { c.URL = "ftp://crm.example.test" }},
		{"url", "Leave", func(c *Config) { c.URL = "https://me:pw@crm.example.test" }},
		{"username", "user name", func(c *Config) { c.Username = " " }},
		{"accessKey", "access key", func(c *Config) { c.AccessKey = "" }},
	} {
		bad := good
		row.change(&bad)
		err := bad.EnsureValid()
		require.Equal(t, contact.BadInput, contact.KindOf(err))
		require.Equal(t, row.field, Blames(err))
		require.Contains(t, contact.SentenceOf(err), row.words)
		require.NotContains(t, err.Error(), "pw@")
	}
	for entered, want := range map[string]string{
		"https://crm.example.test":                          "https://crm.example.test/webservice.php",
		" https://crm.example.test/ ":                       "https://crm.example.test/webservice.php",
		"https://crm.example.test/vt/index.php?module=Home": "https://crm.example.test/vt/webservice.php",
		"https://crm.example.test/vt/webservice.php":        "https://crm.example.test/vt/webservice.php",
		"http://127.0.0.1:8080/a//":                         "http://127.0.0.1:8080/a/webservice.php",
	} {
		require.Equal(t, want, Config{URL: entered}.webservice())
	}
}
