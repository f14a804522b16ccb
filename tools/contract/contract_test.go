package contract

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/outlook"
	"contactbridge/internal/simulator/graphsim"
)

const (
	tenant = "11111111-2222-3333-4444-555555555555"
	ann    = "ann@contoso.example"
	// delta is the document's name for what the SDK and Graph's links call: /contacts/delta().
	delta = "me_users.contactFolders.contacts_delta_delta__"
)

// TestTrafficIsAsPublished has nothing to compare with unless the document is named.
func TestTrafficIsAsPublished(t *testing.T) {
	document, named := os.LookupEnv("CONTACTBRIDGE_TEST_GRAPH_OPENAPI")
	if !named {
		return
	}
	t.Run("session", func(t *testing.T) { session(t, open(t, document)) })
	t.Run("refusals", func(t *testing.T) { refusals(t, open(t, document)) })
	t.Run("a broken answer is found", func(t *testing.T) { brokenAnswers(t, document) })
	t.Run("a broken request is found", func(t *testing.T) { brokenRequests(t, open(t, document)) })
}

// stand is a client, the simulator, and the checker between them.
type stand struct {
	*checker
	microsoft *graphsim.Server
	client    *outlook.Client
	book      *outlook.Book
	base      string
	token     string
}

func open(t *testing.T, document string) *stand {
	s := &stand{microsoft: graphsim.New()}
	s.microsoft.AddApp(graphsim.App{ClientID: "app", Secret: "secret", TenantID: tenant, RedirectURLs: []string{"http://127.0.0.1/callback"}})
	s.microsoft.AddUser(graphsim.User{UPN: ann, Password: "word", DisplayName: "Ann Example", TenantID: tenant})
	var err error
	s.checker, err = newChecker(document, s.microsoft)
	require.NoError(t, err)
	server := httptest.NewServer(s.checker)
	t.Cleanup(server.Close)
	s.base = server.URL
	config := outlook.Config{
		LoginURL: s.base, GraphURL: s.base, TenantID: tenant, ClientID: "app", ClientSecret: "secret", RedirectURL: "http://127.0.0.1/callback",
	}
	source := outlook.NewSource(config, s.signIn(t), nil)
	s.client = outlook.NewClient(config, source)
	folder, err := s.client.Folder(t.Context(), outlook.DefaultFolder)
	require.NoError(t, err)
	s.book = s.client.Book(folder.ID)
	return s
}

// signIn gets a refresh token.
func (s *stand) signIn(t *testing.T) string {
	res, err := http.PostForm(s.base+"/"+tenant+"/oauth2/v2.0/token", url.Values{
		"client_id": {"app"}, "client_secret": {"secret"}, "grant_type": {"password"}, "username": {ann}, "password": {"word"},
		"scope": {"offline_access User.Read Contacts.ReadWrite"},
	})
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	var token struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	require.NoError(t, json.NewDecoder(res.Body).Decode(&token))
	s.token = token.Access
	return token.Refresh
}

// everything fills each field that the client can write.
func everything() map[string]string {
	values := map[string]string{}
	for _, p := range outlook.Catalogue {
		switch p.Kind {
		case outlook.Date:
			values[p.Name] = "1974-07-22"
		case outlook.EmailList:
			values[p.Name] = "one@example.test\ntwo@example.test"
		case outlook.PhoneList, outlook.TextList:
			values[p.Name] = "+49 1\n+49 2"
		default:
			values[p.Name] = "some " + p.Name
		}
	}
	return values
}

func session(t *testing.T, s *stand) {
	ctx := t.Context()
	_, err := s.client.Me(ctx)
	require.NoError(t, err)
	_, err = s.client.CreateFolder(ctx, "Customers")
	require.NoError(t, err)
	_, err = s.client.Folders(ctx)
	require.NoError(t, err)

	written := s.write(t, contact.Write{Action: contact.Insert, Values: everything(), Stamp: "OP1"},
		contact.Write{Action: contact.Insert, Values: map[string]string{"surname": "Sparse"}, Stamp: "OP2"})
	full, sparse := written[0].Record, written[1].Record
	cursor := s.walk(t, "")
	cleared := everything()
	for name := range cleared {
		cleared[name] = ""
	}
	written = s.write(t, contact.Write{Action: contact.Update, ID: full.ID, Before: full, Values: cleared},
		contact.Write{Action: contact.Update, ID: sparse.ID, Before: sparse, Values: map[string]string{"birthday": "2000-02-29"}})
	sparse = written[1].Record
	_, err = s.book.Stamps(ctx)
	require.NoError(t, err)
	found, err := s.book.FindStamped(ctx, []string{"OP1", "OP2", "nobody's"})
	require.NoError(t, err)
	require.Len(t, found, 2)
	s.write(t, contact.Write{Action: contact.Delete, ID: sparse.ID, Before: sparse})
	sightings, err := s.book.Look(ctx, []string{full.ID, sparse.ID})
	require.NoError(t, err)
	require.Equal(t, contact.Present, sightings[0].Presence)
	require.Equal(t, contact.Deleted, sightings[1].Presence)
	s.walk(t, cursor)

	seen, complaints := s.found()
	require.Empty(t, complaints)
	require.Equal(t, []string{
		"batch 200", delta + " 200", "me_users.contactFolders_CreateContacts 201", "me_users.contactFolders_ListContacts 200",
		"me_users.user_GetUser 200", "me_users_CreateContactFolders 201", "me_users_DeleteContacts 204",
		"me_users_GetContactFolders 200", "me_users_GetContacts 200", "me_users_GetContacts 404",
		"me_users_ListContactFolders 200", "me_users_UpdateContacts 200",
	}, seen)
}

// refusals are answered as published too.
func refusals(t *testing.T, s *stand) {
	ctx := t.Context()
	cursor := s.walk(t, "")
	require.NoError(t, s.microsoft.ResetDelta(ann))
	s.walk(t, cursor)
	_, err := s.client.Folder(ctx, "no-such-folder")
	require.Error(t, err)
	_, err = s.client.CreateFolder(ctx, "Twice")
	require.NoError(t, err)
	_, err = s.client.CreateFolder(ctx, "Twice")
	require.Error(t, err)
	record := s.write(t, contact.Write{Action: contact.Insert, Values: map[string]string{"surname": "X"}})[0].Record
	stale := record
	stale.Version = "another"
	_, err = s.book.Write(ctx, []contact.Write{{Action: contact.Update, ID: record.ID, Before: stale, Values: map[string]string{"surname": "Y"}}})
	require.NoError(t, err)
	s.microsoft.Fail("contacts.create", 1, graphsim.InternalError())
	_, err = s.book.Write(ctx, []contact.Write{{Action: contact.Insert, Values: map[string]string{"surname": "Z"}}})
	require.NoError(t, err)
	require.NoError(t, s.microsoft.ExpireAccessTokens(ann))
	s.walk(t, "")
	s.microsoft.Fail("folders.get", 1, graphsim.Throttled("0.5"))
	_, err = s.client.Folder(ctx, outlook.DefaultFolder)
	require.Error(t, err)

	seen, complaints := s.found()
	require.Empty(t, complaints)
	require.Equal(t, []string{
		"batch 200", delta + " 200", delta + " 401", delta + " 410", "me_users.contactFolders_CreateContacts 201",
		"me_users.contactFolders_CreateContacts 500", "me_users_CreateContactFolders 201", "me_users_CreateContactFolders 409",
		"me_users_GetContactFolders 200", "me_users_GetContactFolders 400", "me_users_GetContactFolders 429",
		"me_users_GetContacts 200", "me_users_UpdateContacts 412",
	}, seen)
}

func (s *stand) write(t *testing.T, writes ...contact.Write) []contact.Written {
	written, err := s.book.Write(t.Context(), writes)
	require.NoError(t, err)
	for _, w := range written {
		require.Equal(t, contact.Done, w.Outcome, "%v", w.Err)
	}
	return written
}

func (s *stand) walk(t *testing.T, cursor string) string {
	for range 100 {
		page, err := s.book.Page(context.WithoutCancel(t.Context()), cursor)
		require.NoError(t, err)
		if cursor = page.Next; page.Done {
			return cursor
		}
	}
	t.Fatal("the walk does not end")
	return ""
}

func brokenAnswers(t *testing.T, document string) {
	for name, fault := range map[string]graphsim.Fault{
		"an id that is a number":   {Status: 200, Body: `{"id": 5, "displayName": "Contacts"}`, Header: http.Header{"Content-Type": {"application/json"}}},
		"an error without message": {Status: 400, Body: `{"error": {"code": "BadRequest"}}`, Header: http.Header{"Content-Type": {"application/json"}}},
		"an HTML page":             graphsim.Page(http.StatusOK),
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, document)
			s.microsoft.Fail("folders.get", 1, fault)
			_, _ = s.client.Folder(t.Context(), outlook.DefaultFolder)
			_, complaints := s.found()
			require.Len(t, complaints, 1)
		})
	}
	t.Run("a birthday without a time, in a batch", func(t *testing.T) {
		s := open(t, document)
		body := `{"id": "x", "birthday": "1974-07-22"}`
		s.microsoft.Fail("contacts.create", 1, graphsim.Fault{Status: 201, Body: body, Header: http.Header{"Content-Type": {"application/json"}}})
		_, _ = s.book.Write(t.Context(), []contact.Write{{Action: contact.Insert, Values: map[string]string{"surname": "X"}}})
		_, complaints := s.found()
		require.NotEmpty(t, complaints)
		require.Contains(t, complaints[0], "birthday")
	})
}

func brokenRequests(t *testing.T, s *stand) {
	for target, authorization := range map[string]string{
		"/me/contacts?$top=many":    "Bearer " + s.token,
		"/me/contacts?$pages=3":     "Bearer " + s.token,
		"/me/messages":              "Bearer " + s.token,
		"/me/contactFolders?$top=3": "",
	} {
		_, before := s.found()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.base+version+target, nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", authorization)
		res, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		_, after := s.found()
		require.Len(t, after, len(before)+1, target)
	}
}
