package graphsim

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	tenant   = "11111111-2222-3333-4444-555555555555"
	clientID = "app-1"
	secret   = "the secret"
	redirect = "http://127.0.0.1:9/oauth/callback"
	ann      = "ann@contoso.example"
	bob      = "bob@contoso.example"
	stampID  = "String {C0FFEE00-0000-4000-8000-0123456789AB} Name vtigerId"
	allScope = "offline_access openid User.Read Contacts.ReadWrite"
)

// clock is set by hand; it stands still otherwise.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

type rig struct {
	*Server
	t     *testing.T
	clock *clock
	base  string
	token string
}

// newRig starts a server with one app and two people; the requests it sends are Ann's.
func newRig(t *testing.T, change ...func(*Settings)) *rig {
	t.Helper()
	c := &clock{at: time.Date(2026, 11, 2, 9, 30, 0, 123456789, time.UTC)}
	s := New(WithClock(c.now), WithSeed("tests"))
	for _, f := range change {
		s.Configure(f)
	}
	s.AddApp(App{ClientID: clientID, Secret: secret, TenantID: tenant, RedirectURLs: []string{redirect}})
	s.AddUser(User{UPN: ann, Password: "ann's password", DisplayName: "Ann Example", TenantID: tenant})
	s.AddUser(User{UPN: bob, Password: "bob's password", TenantID: tenant})
	base, stop, err := s.Start("")
	require.NoError(t, err)
	t.Cleanup(stop)
	r := &rig{Server: s, t: t, clock: c, base: base}
	r.token = r.signIn(ann, "ann's password")
	return r
}

// reply is a decoded answer.
type reply struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

func (r reply) code() string {
	e, _ := r.body["error"].(map[string]any)
	code, _ := e["code"].(string)
	return code
}

func (r reply) values() []map[string]any {
	list, _ := r.body["value"].([]any)
	var all []map[string]any
	for _, v := range list {
		all = append(all, v.(map[string]any))
	}
	return all
}

func (r reply) id() string { return r.body["id"].(string) }

// send makes a request to Graph. Target is a path below /v1.0 or a whole link; headers are name, value, name, value.
func (r *rig) send(method, target string, body any, headers ...string) reply {
	r.t.Helper()
	if !strings.HasPrefix(target, "http") {
		target = r.base + "/v1.0" + target
	}
	var payload io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		payload = strings.NewReader(b)
	case []byte:
		payload = bytes.NewReader(b)
	default:
		text, err := json.Marshal(b)
		require.NoError(r.t, err)
		payload = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, target, payload)
	require.NoError(r.t, err)
	request.Header.Set("Authorization", "Bearer "+r.token)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Prefer" {
			request.Header.Add("Prefer", headers[i+1])
			continue
		}
		request.Header.Set(headers[i], headers[i+1])
	}
	return r.exchange(http.DefaultClient, request)
}

func (r *rig) exchange(client *http.Client, request *http.Request) reply {
	r.t.Helper()
	response, err := client.Do(request)
	require.NoError(r.t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(r.t, err)
	got := reply{status: response.StatusCode, header: response.Header, text: string(text)}
	if strings.Contains(response.Header.Get("Content-Type"), "json") {
		require.NoError(r.t, json.Unmarshal(text, &got.body), got.text)
	}
	return got
}

func (r *rig) get(target string, headers ...string) reply {
	r.t.Helper()
	return r.send(http.MethodGet, target, nil, headers...)
}

const immutable = `IdType="ImmutableId"`

// create posts a contact and returns the answer, which must be 201.
func (r *rig) create(path string, fields map[string]any, headers ...string) reply {
	r.t.Helper()
	got := r.send(http.MethodPost, path, fields, headers...)
	require.Equal(r.t, http.StatusCreated, got.status, got.text)
	return got
}

// tokenRequest posts to the token endpoint of a tenant.
func (r *rig) tokenRequest(tenantName string, form url.Values, basic ...string) reply {
	r.t.Helper()
	request, err := http.NewRequest(http.MethodPost, r.base+"/"+tenantName+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
	require.NoError(r.t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if len(basic) == 2 {
		request.SetBasicAuth(url.QueryEscape(basic[0]), url.QueryEscape(basic[1]))
	}
	return r.exchange(http.DefaultClient, request)
}

func appForm(pairs ...string) url.Values {
	form := url.Values{"client_id": {clientID}, "client_secret": {secret}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

// signIn gets an access token by the password grant.
func (r *rig) signIn(user, password string) string {
	r.t.Helper()
	got := r.tokenRequest(tenant, appForm("grant_type", "password", "username", user, "password", password, "scope", allScope))
	require.Equal(r.t, http.StatusOK, got.status, got.text)
	return got.body["access_token"].(string)
}

var (
	hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)
	formAction  = regexp.MustCompile(`<form method="post" action="([^"]+)">`)
)

// browser signs in like a person: a page, its form, a redirect.
type browser struct {
	*rig
	client *http.Client
}

func (r *rig) browser() browser {
	jar, err := cookiejar.New(nil)
	require.NoError(r.t, err)
	return browser{r, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (b browser) open(tenantName string, query url.Values) reply {
	b.t.Helper()
	request, err := http.NewRequest(http.MethodGet, b.base+"/"+tenantName+"/oauth2/v2.0/authorize?"+query.Encode(), nil)
	require.NoError(b.t, err)
	return b.exchange(b.client, request)
}

func (b browser) submit(page reply, fields url.Values) reply {
	b.t.Helper()
	action := formAction.FindStringSubmatch(page.text)
	require.NotNil(b.t, action, page.text)
	for _, hidden := range hiddenField.FindAllStringSubmatch(page.text, -1) {
		fields.Set(hidden[1], hidden[2])
	}
	request, err := http.NewRequest(http.MethodPost, b.base+action[1], strings.NewReader(fields.Encode()))
	require.NoError(b.t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.exchange(b.client, request)
}

func (r reply) redirect(t *testing.T) url.Values {
	t.Helper()
	require.Equal(t, http.StatusFound, r.status, r.text)
	target, err := url.Parse(r.header.Get("Location"))
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(r.header.Get("Location"), redirect))
	return target.Query()
}

// Bounds for conditions that only polling can see.
const (
	waitLong  = 10 * time.Second
	waitShort = 5 * time.Millisecond
)
