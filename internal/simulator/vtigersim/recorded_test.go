package vtigersim

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// exchange is one request and reply of the real server.
type exchange struct {
	Request struct {
		Method    string         `json:"method"`
		Operation string         `json:"operation"`
		Params    map[string]any `json:"params"`
	} `json:"request"`
	Status      int             `json:"status"`
	ContentType string          `json:"contentType"`
	JSON        json.RawMessage `json:"json"`
	Body        string          `json:"body"`
}

func exchanges(t *testing.T, file string) []exchange {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var list []exchange
	require.NoError(t, json.Unmarshal(text, &list))
	require.NotEmpty(t, list)
	return list
}

func (e exchange) send(t *testing.T, c *client) got {
	t.Helper()
	var pairs []string
	for name, value := range e.Request.Params {
		text, ok := value.(string)
		if !ok {
			encoded, err := json.Marshal(value)
			require.NoError(t, err)
			text = string(encoded)
		}
		pairs = append(pairs, name, text)
	}
	if e.Request.Method == "GET" {
		return c.get(e.Request.Operation, pairs...)
	}
	return c.post(e.Request.Operation, pairs...)
}

func (e exchange) requireSame(t *testing.T, g got) {
	t.Helper()
	require.Equal(t, e.Status, g.status, e.Request)
	require.Equal(t, e.ContentType, g.kind, e.Request)
	if e.JSON == nil {
		require.Equal(t, e.Body, g.body)
		return
	}
	require.JSONEq(t, string(e.JSON), g.body, e.Request)
}

// Everything the real server answered to one client in a row, ids and times
// included. The filters of the Mobile module are not simulated.
func TestRecordsAreAnsweredAsRecorded(t *testing.T) {
	_, c := newCRM(t, WithClock(func() time.Time { return recordedAt }))
	admin := c.as("admin")
	for _, e := range exchanges(t, "testdata/records.json") {
		if !strings.HasPrefix(e.Request.Operation, "mobile.") {
			e.requireSame(t, e.send(t, admin))
		}
	}
}

func TestUsersAndGroupsAreAnsweredAsRecorded(t *testing.T) {
	_, c := newCRM(t)
	list := exchanges(t, "testdata/users-groups.json")
	list[0].requireSame(t, list[0].send(t, c.as("admin")))
	list[1].requireSame(t, list[1].send(t, c.as("alice")))
	list[2].requireSame(t, list[2].send(t, c.as("alice")))
}

func TestLoginIsAnsweredAsRecorded(t *testing.T) {
	_, c := newCRM(t, WithClock(func() time.Time { return time.Unix(1795448516, 0) }))
	token, sessions := "", []string{"none of ours", "null"}
	for i, e := range exchanges(t, "testdata/login.json") {
		user, _ := e.Request.Params["username"].(string)
		if e.Request.Operation == "login" && i < 4 {
			e.Request.Params["accessKey"] = hashed(token, user+"-key")
		}
		speaker := c
		switch e.Request.Operation {
		case "listtypes":
			speaker, sessions = &client{t: t, base: c.base, session: sessions[0]}, sessions[1:]
		case "sync", "nosuchoperation":
			speaker = c.as("admin")
		}
		reply := e.send(t, speaker)
		if fresh, ok := reply.field("token").(string); ok {
			require.Len(t, fresh, 13)
			token = fresh
		}
		e.JSON = withoutSecrets(t, e.JSON)
		reply.body = string(withoutSecrets(t, json.RawMessage(reply.body)))
		e.requireSame(t, reply)
	}
}

// withoutSecrets blanks what is random in a login.
func withoutSecrets(t *testing.T, text json.RawMessage) json.RawMessage {
	t.Helper()
	var reply map[string]any
	if len(text) == 0 {
		return text
	}
	require.NoError(t, json.Unmarshal(text, &reply))
	if result, ok := reply["result"].(map[string]any); ok {
		for _, name := range []string{"token", "sessionName"} {
			if _, ok := result[name]; ok {
				result[name] = ""
			}
		}
	}
	plain, err := json.Marshal(reply)
	require.NoError(t, err)
	return plain
}

func TestTypesAreDescribedAsRecorded(t *testing.T) {
	_, c := newCRM(t)
	admin, alice := c.as("admin"), c.as("alice")
	files, err := filepath.Glob("recorded/describe-*-admin.json")
	require.NoError(t, err)
	require.Len(t, files, 6)
	for _, file := range files {
		e := exchanges(t, file)[0]
		e.requireSame(t, e.send(t, admin))
	}
	for _, e := range exchanges(t, "recorded/describe-alice.json") {
		e.requireSame(t, e.send(t, alice))
	}
	lists := exchanges(t, "recorded/listtypes.json")
	lists[0].requireSame(t, lists[0].send(t, admin))
	lists[1].requireSame(t, lists[1].send(t, alice))
}
