package vtigersim

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// control makes one call under /simulator.
func (c *client) control(method, path, body string) (int, map[string]any) {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.base+"/simulator"+path, strings.NewReader(body))
	require.NoError(c.t, err)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(c.t, err)
	defer func() { require.NoError(c.t, response.Body.Close()) }()
	text, err := io.ReadAll(response.Body)
	require.NoError(c.t, err)
	var reply map[string]any
	require.NoError(c.t, json.Unmarshal(text, &reply), string(text))
	return response.StatusCode, reply
}

// order makes a change that must succeed.
func (c *client) order(path, body string) map[string]any {
	c.t.Helper()
	status, reply := c.control(http.MethodPost, "/"+path, body)
	require.Equal(c.t, http.StatusOK, status, reply)
	return reply
}

func (c *client) state() state {
	c.t.Helper()
	response, err := http.Get(c.base + "/simulator/state")
	require.NoError(c.t, err)
	defer func() { require.NoError(c.t, response.Body.Close()) }()
	body, err := io.ReadAll(response.Body)
	require.NoError(c.t, err)
	for _, secret := range []string{"admin-pw", "admin-key", "alice-pw", "alice-key"} {
		require.NotContains(c.t, string(body), secret)
	}
	var shown state
	require.NoError(c.t, json.Unmarshal(body, &shown))
	return shown
}

// Every example of the manual is a call that works in a CRM that has what it names.
func TestExamplesOfTheManualWork(t *testing.T) {
	_, c := newCRM(t)
	status, manual := c.control(http.MethodGet, "", "")
	require.Equal(t, http.StatusOK, status)
	calls := manual["calls"].([]any)
	require.Len(t, calls, len(commands())+2)
	for _, item := range calls {
		call := item.(map[string]any)
		method, path, _ := strings.Cut(call["call"].(string), " ")
		example, err := json.Marshal(call["example"])
		require.NoError(t, err)
		if strings.HasSuffix(path, "/contact/purge") {
			c.order("contact/delete", string(example))
		}
		status, reply := c.control(method, strings.TrimPrefix(path, "/simulator"), string(example))
		require.Equal(t, http.StatusOK, status, "%s: %v", path, reply)
		require.NotEmpty(t, call["about"])
	}
}

func TestControlOfRecords(t *testing.T) {
	s, c := newCRM(t)
	id := c.order("contact/add", `{"owner":"19x5","fields":{"lastname":"L"}}`)["id"].(string)
	c.order("contact/edit", `{"id":"`+id+`","fields":{"title":"Boss"}}`)
	c.order("contact/reassign", `{"id":"`+id+`","owner":"20x3"}`)
	record, _ := s.Record(id)
	require.Equal(t, []string{"Boss", "20x3"}, []string{record["title"], record["assigned_user_id"]})
	c.order("contact/delete", `{"id":"`+id+`"}`)
	require.Equal(t, "1", c.state().Records["Contacts"][0]["deleted"])
	c.order("contact/restore", `{"id":"`+id+`"}`)
	require.Equal(t, "0", c.state().Records["Contacts"][0]["deleted"])
	c.order("contact/purge", `{"id":"`+id+`"}`)
	require.Empty(t, c.state().Records["Contacts"])
	require.Equal(t, c.order("account/add", `{"name":"Acme"}`), c.order("account/add", `{"name":"ACME"}`))
	require.Equal(t, "Acme", c.state().Records["Accounts"][0]["accountname"])
}

func TestControlOfPeopleAndFilters(t *testing.T) {
	s, c := newCRM(t)
	carol := c.order("user/add", `{"userName":"carol","accessKey":"carol-key","groups":["20x2"]}`)["id"].(string)
	id := c.order("filter/add", `{"owner":"`+carol+`","module":"Contacts","name":"In","where":"title = 'x'"}`)["id"].(string)
	c.order("filter/change", `{"id":"`+id+`","name":"Renamed","shared":true}`)
	client := c.as("carol")
	require.Equal(t, []string{"50 Renamed"}, namesIn(client.post("mobile.fetchmodulefilters", "module", "Contacts"), "Mine"))
	shown := c.state()
	require.Equal(t, userState{ID: carol, UserName: "carol", Groups: []string{"20x2"}}, shown.Users[2])
	require.Equal(t, filterState{id, carol, "Contacts", "Renamed", true, "title = 'x'"}, shown.Filters[len(shown.Filters)-1])
	require.Len(t, shown.Groups, 3)
	require.Equal(t, 1, shown.Sessions)
	require.Equal(t, Counts{"getchallenge": 1, "login": 1, "mobile.fetchmodulefilters": 1}, shown.Counts)
	c.order("user/change", `{"id":"`+carol+`","inactive":true}`)
	require.Contains(t, c.login("carol", "carol-key").refusal(), "INVALID_USER_CREDENTIALS")
	c.order("sessions/drop", `{}`)
	require.Contains(t, client.query("select id from Contacts;").refusal(), "INVALID_SESSIONID")
	c.order("filter/remove", `{"id":"`+id+`"}`)
	require.Error(t, s.RemoveFilter(id))
	c.order("counts/reset", ``)
	require.Empty(t, c.state().Counts)
}

func TestControlOfFaults(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	c.order("fail", `{"operation":"query","how":"bad-gateway"}`)
	require.Equal(t, 502, admin.query("select id from Contacts;").status)
	require.Equal(t, 200, admin.query("select id from Contacts;").status, "once if times is absent")
	c.order("fail", `{"operation":"*","times":-1,"how":"not-json"}`)
	require.Equal(t, restrictedText, admin.query("select id from Contacts;").body)
	c.order("clear", `{}`)

	id := s.AddContact("19x1", map[string]string{"lastname": "L"})
	c.order("late", `{"how":"values"}`)
	c.order("contact/edit", `{"id":"`+id+`","fields":{"title":"late"}}`)
	require.Equal(t, []any{""}, admin.query("select title from Contacts;").column("title"))
	require.Equal(t, 1, c.state().HeldSaves)

	for _, how := range []string{"answer", "execution"} {
		c.order("hold", `{"operation":"listtypes","how":"`+how+`"}`)
		answered := make(chan got, 1)
		go func() { answered <- admin.get("listtypes") }()
		require.NoError(t, s.Await(t.Context(), func(n Counts) bool { return n["listtypes"]+n["listtypes.stalled"] > 0 }))
		require.Empty(t, answered)
		c.order("release", `{}`)
		require.Equal(t, 200, (<-answered).status)
		s.ResetCounts()
	}
	require.Equal(t, []any{"late"}, admin.query("select title from Contacts;").column("title"))
	require.Zero(t, c.state().HeldSaves)
}

func TestControlOfSwitches(t *testing.T) {
	now := recordedAt
	s, c := newCRM(t, WithClock(func() time.Time { return now }))
	c.order("switches", `{"latency":"1ms","clockSkew":"-5m","databaseZone":"Etc/GMT-2","brokenTables":{"Leads":true},"uniqueEmails":true,
		"callLimits":{"perMinute":100,"refusal":"empty"}}`)
	c.order("switches", `{"latency":"0s"}`)
	shown := c.state()
	require.Equal(t, "2026-11-23 17:36:57", shown.Time)
	require.Equal(t, map[string]bool{"Leads": true}, shown.Switches.BrokenTables)
	require.Equal(t, []bool{true, false, false, false}, []bool{
		*shown.Switches.UniqueEmails, *shown.Switches.HiddenModules, *shown.Switches.MobileOff, *shown.Switches.DisplayErrors,
	})
	require.Equal(t, []duration{0, duration(-5 * time.Minute)}, []duration{*shown.Switches.Latency, *shown.Switches.ClockSkew})
	require.Equal(t, limitState{PerMinute: 100, Refusal: "empty"}, *shown.Switches.CallLimits)
	require.Empty(t, c.as("admin").query("select id from Leads;").column("id"))
	require.Equal(t, CallLimits{PerMinute: 100, Refusal: LimitEmpty}, s.limits.limits())
}

func TestControlRefusals(t *testing.T) {
	s, c := newCRM(t)
	for path, body := range map[string]string{
		"contact/add":      `{"owner":"19x99"}`,
		"contact/edit":     `{"id":"12x99"}`,
		"contact/reassign": `{"id":"12x3","owner":"nobody"}`,
		"contact/delete":   `{"identity":"12x3"}`,
		"contact/restore":  `no JSON`,
		"filter/add":       `{"owner":"19x1","module":"Nothing"}`,
		"user/add":         `{}`,
		"user/change":      `{"id":"19x99"}`,
		"fail":             `{"operation":"query","how":"loudly"}`,
		"hold":             `{"how":"answer"}`,
		"late":             `{"how":"never"}`,
		"switches":         `{"latency":"fast"}`,
	} {
		status, reply := c.control(http.MethodPost, "/"+path, body)
		require.Equal(t, http.StatusBadRequest, status, path)
		require.NotEmpty(t, reply["error"], path)
	}
	for _, body := range []string{
		`{"uniqueEmails":true,"databaseZone":"Mars/Base"}`,
		`{"uniqueEmails":true,"brokenTables":{"Nothing":true}}`,
		`{"uniqueEmails":true,"callLimits":{"refusal":"rude"}}`,
	} {
		status, _ := c.control(http.MethodPost, "/switches", body)
		require.Equal(t, http.StatusBadRequest, status, body)
		require.False(t, *c.state().Switches.UniqueEmails, "a wrong order changes nothing")
	}
	// A page of another site can send this content type without being allowed to.
	response, err := http.Post(c.base+"/simulator/sessions/drop", "text/plain", strings.NewReader(`{}`))
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusBadRequest, response.StatusCode)
	require.Empty(t, s.Contacts())
}
