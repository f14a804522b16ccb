package vtiger

import (
	"bytes"
	"io"
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

const overlap = 2 * time.Minute

// crm is a running simulator with an administrator and an ordinary user.
type crm struct {
	*vtigersim.Server
	url          string
	admin, alice string // ids
}

func newCRM(t testing.TB, options ...vtigersim.Option) *crm {
	t.Helper()
	server := vtigersim.New(options...)
	url, stop, err := server.Start("")
	require.NoError(t, err)
	t.Cleanup(stop)
	return &crm{
		Server: server,
		url:    url,
		admin: server.AddUser(vtigersim.User{
			UserName: "admin", Password: "secret-word", AccessKey: "adminKey0123",
			FirstName: "Ada", LastName: "Administrator", Email: "admin@example.test", Admin: true,
		}),
		alice: server.AddUser(vtigersim.User{
			UserName: "alice", Password: "alice-word", AccessKey: "aliceKey0123",
			FirstName: "Alice", LastName: "Example", Email: "alice@example.test",
		}),
	}
}

func (c *crm) config() Config {
	return Config{URL: c.url, Username: "admin", AccessKey: "adminKey0123"}
}

func (c *crm) dial(options ...Option) *Client {
	return Dial(c.config(), append([]Option{quick}, options...)...)
}

// quick shortens the wait between refused logins.
func quick(c *Client) { c.again = time.Millisecond }

// contacts is the book of Contacts over a client of its own.
func (c *crm) contacts() *Book { return c.dial().Book("Contacts", overlap) }

// person adds a contact of the administrator by hand.
func (c *crm) person(values map[string]string) string { return c.AddContact(c.admin, values) }

// walked reads a book from the cursor to the end.
func walked(t testing.TB, b *Book, from string) (records []contact.Record, next string) {
	t.Helper()
	for {
		page, err := b.Page(t.Context(), from)
		require.NoError(t, err)
		records = append(records, page.Records...)
		from = page.Next
		if page.Done {
			return records, from
		}
	}
}

// sighted looks for one id.
func sighted(t testing.TB, b *Book, id string) contact.Sighting {
	t.Helper()
	got, err := b.Look(t.Context(), []string{id})
	require.NoError(t, err)
	require.Len(t, got, 1)
	return got[0]
}

// meddler answers a request in the simulator's place, or lets it pass.
type meddler func(operation string, form url.Values) (body string, meddled bool)

// behind puts a meddler before the simulator and gives a client that goes through it.
func (c *crm) behind(t testing.TB, m meddler, options ...Option) *Client {
	t.Helper()
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		form, _ := url.ParseQuery(string(body))
		for name, values := range r.URL.Query() {
			form[name] = values
		}
		if answer, meddled := m(form.Get("operation"), form); meddled {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, answer)
			return
		}
		c.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	config := c.config()
	config.URL = front.URL
	return Dial(config, append([]Option{quick}, options...)...)
}

// nothing is vTiger's answer to a query that its database refused.
const nothing = `{"success":true,"result":[]}`

// brokenTable answers queries as one broken table beside that of the ids makes vTiger do.
func brokenTable(module string, broken func() bool) meddler {
	return func(operation string, form url.Values) (string, bool) {
		return nothing, operation == "query" && broken() && strings.HasPrefix(form.Get("query"), "select * from "+module+" ")
	}
}

// behindMobile gives a client that gets one answer from the Mobile module and all others from the simulator.
func (c *crm) behindMobile(t testing.TB, answer string) *Client {
	t.Helper()
	return c.behind(t, func(_ string, form url.Values) (string, bool) { return answer, form.Get("_operation") != "" })
}
