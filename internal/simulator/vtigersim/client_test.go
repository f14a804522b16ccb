package vtigersim

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// recordedAt is the second in which the recordings of records were made.
var recordedAt = time.Date(2026, 11, 23, 15, 41, 57, 0, time.UTC)

const deniedText = "Permission to perform the operation is denied"

// newCRM starts a CRM with the two people of the recordings.
func newCRM(t *testing.T, options ...Option) (*Server, *client) {
	t.Helper()
	s := New(options...)
	admin := s.AddUser(User{
		UserName: "admin", Password: "admin-pw", AccessKey: "admin-key",
		FirstName: "Ada", LastName: "Administrator", Email: "admin@example.test", Admin: true,
	})
	alice := s.AddUser(User{
		UserName: "alice", Password: "alice-pw", AccessKey: "alice-key",
		FirstName: "Alice", LastName: "Example", Email: "alice@example.test", HourFormat: "24",
	})
	require.Equal(t, []string{"19x1", "19x5"}, []string{admin, alice})
	base, stop, err := s.Start("")
	require.NoError(t, err)
	t.Cleanup(stop)
	return s, &client{t: t, base: base}
}

// client speaks to the CRM as a program does.
type client struct {
	t       *testing.T
	base    string
	session string
}

type got struct {
	status int
	kind   string
	body   string
}

func (c *client) as(user string) *client {
	c.t.Helper()
	signedIn := &client{t: c.t, base: c.base}
	signedIn.session = signedIn.login(user, user+"-key").field("sessionName").(string)
	return signedIn
}

func (c *client) login(user, key string) got {
	c.t.Helper()
	challenge := c.get("getchallenge", "username", user)
	return c.post("login", "username", user, "accessKey", hashed(challenge.field("token").(string), key))
}

func hashed(token, key string) string {
	sum := md5.Sum([]byte(token + key))
	return hex.EncodeToString(sum[:])
}

func (c *client) get(operation string, pairs ...string) got {
	c.t.Helper()
	response, err := http.Get(c.base + "/webservice.php?" + c.form(operation, pairs).Encode())
	return c.read(response, err)
}

func (c *client) post(operation string, pairs ...string) got {
	c.t.Helper()
	response, err := http.PostForm(c.base+"/webservice.php", c.form(operation, pairs))
	return c.read(response, err)
}

func (c *client) form(operation string, pairs []string) url.Values {
	form := url.Values{"operation": {operation}}
	if c.session != "" {
		form.Set("sessionName", c.session)
	}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func (c *client) read(response *http.Response, err error) got {
	c.t.Helper()
	require.NoError(c.t, err)
	defer func() { require.NoError(c.t, response.Body.Close()) }()
	body, err := io.ReadAll(response.Body)
	require.NoError(c.t, err)
	return got{response.StatusCode, response.Header.Get("Content-Type"), string(body)}
}

func (c *client) query(text string) got { c.t.Helper(); return c.get("query", "query", text) }

func (c *client) create(element string) got {
	c.t.Helper()
	return c.post("create", "elementType", "Contacts", "element", element)
}

func (c *client) revise(element string) got {
	c.t.Helper()
	return c.post("revise", "element", element)
}

// stored creates a contact with one field and returns the id.
func (c *client) stored(field string, value any) string {
	c.t.Helper()
	element, err := json.Marshal(map[string]any{"lastname": "Test", "assigned_user_id": "19x1", field: value})
	require.NoError(c.t, err)
	id, ok := c.create(string(element)).field("id").(string)
	require.True(c.t, ok)
	return id
}

func (g got) decode() map[string]any {
	var reply map[string]any
	if json.Unmarshal([]byte(g.body), &reply) != nil {
		return nil
	}
	return reply
}

func (g got) field(name string) any {
	result, _ := g.decode()["result"].(map[string]any)
	return result[name]
}

// refusal is "code: message" of an error reply.
func (g got) refusal() string {
	no, _ := g.decode()["error"].(map[string]any)
	if no == nil {
		return ""
	}
	if code, ok := no["code"].(string); ok {
		return code + ": " + no["message"].(string)
	}
	return "number: " + no["message"].(string)
}

// column is one field of all rows of a query's reply; nil if it failed.
func (g got) column(name string) []any {
	rows, ok := g.decode()["result"].([]any)
	if !ok {
		return nil
	}
	values := []any{}
	for _, row := range rows {
		values = append(values, row.(map[string]any)[name])
	}
	return values
}
