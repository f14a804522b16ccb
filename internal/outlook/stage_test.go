package outlook

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// stage is a Microsoft whose every answer the test dictates, for answers that a simulator gives rarely.
type stage struct {
	*httptest.Server
	token http.HandlerFunc
	graph http.HandlerFunc

	mu    sync.Mutex
	calls []heard
}

type heard struct {
	method, path, authorization string
	header                      http.Header
}

// openStage serves tokens a1, a2, ... and the given Graph.
func openStage(t *testing.T, graph http.HandlerFunc) *stage {
	s := &stage{graph: graph}
	issued := 0
	s.token = func(w http.ResponseWriter, _ *http.Request) {
		issued++
		say(w, 200, map[string]any{
			"token_type": "Bearer", "access_token": "a" + string(rune('0'+issued)), "refresh_token": "r", "expires_in": 3600,
		})
	}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *stage) serve(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/oauth2/v2.0/token") {
		s.token(w, r)
		return
	}
	s.mu.Lock()
	s.calls = append(s.calls, heard{r.Method, r.URL.EscapedPath(), r.Header.Get("Authorization"), r.Header})
	s.mu.Unlock()
	s.graph(w, r)
}

func (s *stage) heard() []heard {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]heard(nil), s.calls...)
}

func (s *stage) config() Config {
	return Config{
		LoginURL: s.URL, GraphURL: s.URL, TenantID: "tenant.test", ClientID: "client", ClientSecret: "the-secret",
		RedirectURL: "http://127.0.0.1/callback",
	}
}

func (s *stage) client(options ...Option) *Client {
	return NewClient(s.config(), NewSource(s.config(), "r", nil), options...)
}

func (s *stage) book() *Book { return s.client(WithTimeout(5 * time.Second)).Book("folder") }

func say(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// part is one request of a $batch as the server sees it.
type part struct {
	ID      string
	Method  string
	URL     string
	Headers map[string]string
	Body    map[string]any
}

// response answers one part; the stage fills in the id.
type response struct {
	ID      string            `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    any               `json:"body,omitempty"`
}

// batched answers each part of every $batch, last part first.
func batched(t *testing.T, reply func(part) response) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/$batch") {
			say(w, 200, map[string]string{"id": "folder"})
			return
		}
		var in struct{ Requests []part }
		if json.NewDecoder(r.Body).Decode(&in) != nil {
			t.Error("the batch is not JSON")
		}
		out := []response{}
		for i := len(in.Requests) - 1; i >= 0; i-- {
			answer := reply(in.Requests[i])
			if answer.Status != 0 {
				answer.ID = in.Requests[i].ID
				out = append(out, answer)
			}
		}
		say(w, 200, map[string]any{"responses": out})
	}
}

// wire is a whole contact as Graph shows it, with changes.
func wire(id string, changes map[string]any) map[string]any {
	out := map[string]any{}
	for _, name := range selected {
		out[name] = nil
	}
	for _, name := range addressNames {
		out[name] = map[string]any{}
	}
	out["id"], out["changeKey"], out["parentFolderId"] = id, "key-"+id, "folder"
	for name, value := range changes {
		out[name] = value
	}
	return out
}

func failure(code string) map[string]any {
	return map[string]any{"error": map[string]any{"code": code, "message": "Ann Example <ann@example.test> is to blame"}}
}

// requireKind also demands that an error of the room is a *contact.Error that quotes no server and no secret.
func requireKind(t *testing.T, kind contact.Kind, err error) *contact.Error {
	t.Helper()
	var e *contact.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, kind, e.Kind, "%v", err)
	require.NotEmpty(t, e.Doing)
	for _, secret := range []string{"example.test", "Ann", "the-secret", "to blame"} {
		require.NotContains(t, err.Error(), secret)
	}
	return e
}
