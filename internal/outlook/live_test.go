package outlook

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/conformance"
	"contactbridge/internal/contact"
)

// liveSource names a real mailbox by Graph's address, an app and a refresh token, when the environment does. The cases make several hundred
// contacts in its default folder and delete them again; what they delete lies in Deleted Items afterwards.
func liveSource() (cfg Config, refresh string, named bool) {
	cfg = Config{
		LoginURL:     os.Getenv("CONTACTBRIDGE_TEST_MICROSOFT_LOGIN_URL"),
		GraphURL:     os.Getenv("CONTACTBRIDGE_TEST_GRAPH_URL"),
		TenantID:     os.Getenv("CONTACTBRIDGE_TEST_MICROSOFT_TENANT_ID"),
		ClientID:     os.Getenv("CONTACTBRIDGE_TEST_MICROSOFT_CLIENT_ID"),
		ClientSecret: os.Getenv("CONTACTBRIDGE_TEST_MICROSOFT_CLIENT_SECRET"),
		RedirectURL:  "http://127.0.0.1/oauth/callback", // unused: nobody signs in here
	}
	refresh = os.Getenv("CONTACTBRIDGE_TEST_MICROSOFT_REFRESH_TOKEN")
	return cfg, refresh, refresh != "" && cfg.GraphURL != ""
}

// liveHand works in the mailbox over plain HTTP, without the Book.
type liveHand struct {
	source *Source
	base   string
}

func (h liveHand) do(t testing.TB, method, path string, body any) (status int, reply map[string]any) {
	t.Helper()
	payload, err := json.Marshal(body)
	require.NoError(t, err)
	req, err := http.NewRequest(method, h.base+path, bytes.NewReader(payload))
	require.NoError(t, err)
	token, err := h.source.Token(t.Context())
	if err != nil { // the case's context has ended, the cleaning up has not
		token, err = h.source.Token(req.Context())
	}
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Prefer", `IdType="ImmutableId"`)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	raw, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	// A reply without a body has no properties.
	_ = json.Unmarshal(raw, &reply)
	return res.StatusCode, reply
}

func liveRig(t *testing.T, cfg Config, source *Source) conformance.Rig {
	hand := liveHand{source: source, base: cfg.graph() + graphVersion + "/me/contacts"}
	client := NewClient(cfg, source)
	folder, err := client.Folder(t.Context(), DefaultFolder)
	require.NoError(t, err)
	return conformance.Rig{
		Book:   client.Book(folder.ID),
		Reopen: func() contact.Book { return NewClient(cfg, source).Book(folder.ID) },
		Insert: func(t testing.TB, values map[string]string) string {
			status, reply := hand.do(t, http.MethodPost, "", fields(values))
			require.Equal(t, http.StatusCreated, status)
			id, _ := reply["id"].(string)
			return id
		},
		Edit: func(t testing.TB, id string, values map[string]string) {
			status, _ := hand.do(t, http.MethodPatch, "/"+url.PathEscape(id), fields(values))
			require.Equal(t, http.StatusOK, status)
		},
		Remove: func(t testing.TB, id string) {
			status, _ := hand.do(t, http.MethodDelete, "/"+url.PathEscape(id), nil)
			require.Contains(t, []int{http.StatusNoContent, http.StatusNotFound}, status)
		},
		Values: func(t testing.TB, id string) map[string]string {
			status, reply := hand.do(t, http.MethodGet, "/"+url.PathEscape(id), nil)
			require.Equal(t, http.StatusOK, status)
			return shows(reply)
		},
		First: "givenName", Last: "surname", Text: "jobTitle", Email: "emailAddresses", Date: "birthday",
	}
}

// TestTheLiveRigItself runs it over the simulator, so that it does not rot.
func TestTheLiveRigItself(t *testing.T) {
	conformance.Run(t, func(t *testing.T) conformance.Rig {
		c := openCloud(t)
		return liveRig(t, c.config, c.source)
	})
}
