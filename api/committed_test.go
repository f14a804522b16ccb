package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write openapi.json anew")

// The committed copy shows in a diff what a change means to clients.
func TestTheCommittedDocumentIsServed(t *testing.T) {
	s := &Server{PublicURL: "http://127.0.0.1:8080", Version: "dev", Log: slog.New(slog.DiscardHandler)}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/openapi.json", nil))
	require.Equal(t, http.StatusOK, w.Code)
	var made bytes.Buffer
	require.NoError(t, json.Indent(&made, w.Body.Bytes(), "", "  "))
	made.WriteByte('\n')
	if *update {
		require.NoError(t, os.WriteFile("openapi.json", made.Bytes(), 0o600))
	}
	committed, err := os.ReadFile("openapi.json")
	require.NoError(t, err)
	was, is := strings.Split(string(committed), "\n"), strings.Split(made.String(), "\n")
	same := 0
	for same < min(len(was), len(is)) && was[same] == is[same] {
		same++
	}
	require.Equal(t, was[same:min(same+3, len(was))], is[same:min(same+3, len(is))], "openapi.json is not what is served; run: go test ./api ./internal/client -run 'Committed|Generated' -args -update")
}
