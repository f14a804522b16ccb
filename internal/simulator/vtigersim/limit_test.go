package vtigersim

import (
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// challenge makes one call and returns its status, body and headers.
func challengeHeaders(t *testing.T, base string) (int, string, http.Header) {
	t.Helper()
	response, err := http.Get(base + "/webservice.php?operation=getchallenge&username=admin")
	require.NoError(t, err)
	defer func() { require.NoError(t, response.Body.Close()) }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(body), response.Header
}

func TestCallLimits(t *testing.T) {
	now := recordedAt
	s, c := newCRM(t, WithClock(func() time.Time { return now }))
	_, _, headers := challengeHeaders(t, c.base)
	require.Empty(t, headers.Get("X-FloodControl-Remaining"), "off by default")

	s.SetCallLimits(CallLimits{PerMinute: 2, PerHour: 4, PerDay: 5})
	s.Fail("getchallenge", 1, NotJSON)
	steps := []struct {
		after               time.Duration
		status              int
		minuteLeft, dayLeft string
	}{
		{0, 200, "1", "4"}, // the fault
		{0, 200, "0", "3"},
		{59 * time.Second, 429, "0", "3"},
		{time.Second, 200, "1", "2"},
		{0, 200, "0", "1"},
		{time.Minute, 429, "2", "1"}, // the hour is used up
		{time.Hour, 200, "1", "0"},
		{0, 429, "1", "0"}, // the day is used up
		{24 * time.Hour, 200, "1", "4"},
	}
	for n, step := range steps {
		now = now.Add(step.after)
		status, _, headers := challengeHeaders(t, c.base)
		require.Equal(t, step.status, status, n)
		require.Equal(t, []string{"2", step.minuteLeft, "5", step.dayLeft}, []string{
			headers.Get("X-FloodControl-MinuteLimit"), headers.Get("X-FloodControl-Remaining"),
			headers.Get("X-RateLimit-DailyLimit"), headers.Get("X-RateLimit-Remaining"),
		}, n)
	}
	require.Equal(t, 3, s.Count("getchallenge.refused")-1, "three refusals beside the fault")
	_, _, headers = challengeHeaders(t, c.base)
	require.Equal(t, now.Add(time.Minute).Unix(), mustInt(t, headers.Get("X-FloodControl-Reset")))
	require.Equal(t, now.Add(24*time.Hour).Unix(), mustInt(t, headers.Get("X-RateLimit-Reset")))
	s.SetCallLimits(CallLimits{})
	_, _, headers = challengeHeaders(t, c.base)
	require.Empty(t, headers.Get("X-RateLimit-DailyLimit"))
}

func TestHowRefusedCallsLook(t *testing.T) {
	const text = `{"success":false,"error":{"message":"API request limit exceeded","code":"TOO_MANY_REQUESTS"}}`
	for _, row := range []struct {
		refusal LimitRefusal
		status  int
		body    string
	}{{LimitJSON, 429, text}, {LimitEmpty, 429, ""}, {LimitOK, 200, text}} {
		s, c := newCRM(t)
		s.SetCallLimits(CallLimits{PerMinute: 1, Refusal: row.refusal})
		status, _, _ := challengeHeaders(t, c.base)
		require.Equal(t, 200, status)
		status, body, headers := challengeHeaders(t, c.base)
		require.Equal(t, row.status, status)
		require.Equal(t, row.body, body)
		require.Equal(t, "0", headers.Get("X-FloodControl-Remaining"))
	}
}

func TestDatabaseZone(t *testing.T) {
	now := recordedAt
	s, c := newCRM(t, WithClock(func() time.Time { return now }))
	before := s.AddContact("19x1", map[string]string{"lastname": "Before"})
	s.SetDatabaseZone(time.FixedZone("East", 2*60*60))
	admin := c.as("admin")
	require.Equal(t, recordedAt.Unix(), int64(c.get("getchallenge", "username", "admin").field("serverTime").(float64)))
	reply := admin.create(`{"lastname":"After","assigned_user_id":"19x1"}`)
	require.Equal(t, "2026-11-23 17:41:57", reply.field("modifiedtime"))
	require.Equal(t, "2026-11-23 17:41:57", reply.field("createdtime"))
	require.Equal(t, []any{reply.field("id")}, admin.query("select id from Contacts where modifiedtime > '2026-11-23 17:00:00';").column("id"))
	require.Equal(t, "2026-11-23 15:41:57", admin.get("retrieve", "id", before).field("modifiedtime"))
	s.SetDatabaseZone(nil)
	require.NoError(t, s.Edit(before, nil))
	require.Equal(t, "2026-11-23 15:41:57", admin.get("retrieve", "id", before).field("modifiedtime"))
}

func mustInt(t *testing.T, text string) int64 {
	t.Helper()
	number, err := strconv.ParseInt(text, 10, 64)
	require.NoError(t, err)
	return number
}
