package outlook

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/graphsim"
)

const (
	ann      = "ann@contoso.example"
	annsWord = "ann's password"
	tenantID = "11111111-2222-3333-4444-555555555555"
	callback = "http://127.0.0.1:9/oauth/callback"
)

// cloud is a simulated Microsoft with one app and one user, whom the source has signed in.
type cloud struct {
	*graphsim.Server
	config Config
	source *Source
	ann    string // object id
	folder string // the default folder
}

func openCloud(t testing.TB, change ...func(*graphsim.Settings)) *cloud {
	t.Helper()
	return openCloudOn(t, graphsim.New(), change...)
}

func openCloudOn(t testing.TB, server *graphsim.Server, change ...func(*graphsim.Settings)) *cloud {
	t.Helper()
	c := &cloud{Server: server}
	for _, f := range change {
		c.Configure(f)
	}
	c.AddApp(graphsim.App{ClientID: "app", Secret: "the-secret", TenantID: tenantID, RedirectURLs: []string{callback}})
	c.ann = c.AddUser(graphsim.User{UPN: ann, Password: annsWord, DisplayName: "Ann Example", TenantID: tenantID})
	base, stop, err := c.Start("")
	require.NoError(t, err)
	t.Cleanup(stop)
	c.config = Config{
		LoginURL: base, GraphURL: base, TenantID: tenantID, ClientID: "app", ClientSecret: "the-secret", RedirectURL: callback,
	}
	require.NoError(t, c.config.EnsureValid())
	c.source = c.signIn(t)
	f, err := c.client().Folder(t.Context(), DefaultFolder)
	require.NoError(t, err)
	c.folder = f.ID
	return c
}

func (c *cloud) client(options ...Option) *Client { return NewClient(c.config, c.source, options...) }

func (c *cloud) book() *Book { return c.client().Book(c.folder) }

var (
	hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)
	formAction  = regexp.MustCompile(`<form method="post" action="([^"]+)">`)
)

// signIn walks Ann's browser through the page of SignInURL and redeems the code it comes back with.
func (c *cloud) signIn(t testing.TB) *Source {
	t.Helper()
	verifier := oauth2.GenerateVerifier()
	back := c.visit(t, c.config.SignInURL("the-state", verifier))
	require.Equal(t, "the-state", back.Get("state"))
	source, err := c.config.Redeem(t.Context(), back.Get("code"), verifier)
	require.NoError(t, err)
	return source
}

func (c *cloud) visit(t testing.TB, address string) url.Values {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := browser.Get(address)
	require.NoError(t, err)
	page, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	form := url.Values{"username": {ann}, "password": {annsWord}, "action": {"signin"}}
	for _, hidden := range hiddenField.FindAllStringSubmatch(string(page), -1) {
		form.Set(hidden[1], hidden[2])
	}
	action := formAction.FindStringSubmatch(string(page))
	require.NotNil(t, action, string(page))
	res, err = browser.PostForm(c.config.LoginURL+action[1], form)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusFound, res.StatusCode)
	to, err := res.Location()
	require.NoError(t, err)
	return to.Query()
}

// fields spells values as Graph does, by hand.
func fields(values map[string]string) map[string]any {
	out := map[string]any{}
	for name, value := range values {
		switch {
		case name == "emailAddresses":
			list := []any{}
			for _, address := range strings.Fields(value) {
				list = append(list, map[string]any{"address": address})
			}
			out[name] = list
		case strings.HasSuffix(name, "Phones"):
			out[name] = strings.Split(value, "\n")
		case value == "":
			out[name] = nil
		default:
			out[name] = value
		}
	}
	return out
}

// shows reads back what fields spells.
func shows(raw map[string]any) map[string]string {
	out := map[string]string{}
	for name, value := range raw {
		switch v := value.(type) {
		case string:
			if name == "birthday" {
				v = v[:len("2006-01-02")] // its time has no meaning
			}
			out[name] = v
		case []any:
			var entries []string
			for _, entry := range v {
				if email, is := entry.(map[string]any); is {
					entry = email["address"]
				}
				text, _ := entry.(string)
				entries = append(entries, text)
			}
			out[name] = strings.Join(entries, "\n")
		}
	}
	return out
}

func (c *cloud) person(t testing.TB, folder string, values map[string]string) string {
	t.Helper()
	id, err := c.Create(ann, folder, fields(values))
	require.NoError(t, err)
	return id
}

// walk reads a book from the cursor to the end.
func walk(t testing.TB, b *Book, cursor string) (records map[string]contact.Record, gone []string, next string) {
	t.Helper()
	records = map[string]contact.Record{}
	for range 1000 {
		page, err := b.Page(context.Background(), cursor)
		require.NoError(t, err)
		for _, r := range page.Records {
			records[r.ID] = r
		}
		gone = append(gone, page.Gone...)
		if cursor = page.Next; page.Done {
			return records, gone, cursor
		}
	}
	t.Fatal("the walk does not end")
	return nil, nil, ""
}
