package client

import (
	"flag"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/api"
)

var update = flag.Bool("update", false, "write client.gen.go anew")

// The committed client is the one that the generator makes of the document that the API serves.
func TestTheClientIsGeneratedFromTheDocument(t *testing.T) {
	s := &api.Server{PublicURL: "http://127.0.0.1:8080", Version: "dev", Log: slog.New(slog.DiscardHandler)}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/openapi-3.0.json", nil))
	require.Equal(t, http.StatusOK, w.Code)
	document := filepath.Join(t.TempDir(), "openapi.json")
	require.NoError(t, os.WriteFile(document, w.Body.Bytes(), 0o600))
	config, err := filepath.Abs("generate.yaml")
	require.NoError(t, err)

	build := exec.CommandContext(t.Context(), "go", "-C", "../../tools/client", "build", "-o", filepath.Dir(document)+"/", "tool")
	if said, err := build.CombinedOutput(); err != nil && os.Getenv("CI") != "true" {
		t.Skipf("the generator cannot be built: %v\n%s", err, said)
	} else {
		require.NoError(t, err, string(said))
	}
	generate := exec.CommandContext(t.Context(), filepath.Join(filepath.Dir(document), "oapi-codegen"), "-config", config, document)
	generate.Stderr = os.Stderr
	made, err := generate.Output()
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile("client.gen.go", made, 0o600))
	}
	committed, err := os.ReadFile("client.gen.go")
	require.NoError(t, err)
	require.True(t, string(made) == string(committed), "client.gen.go is not what the document gives; run: go test ./api ./internal/client -run 'Committed|Generated' -args -update")
}

func TestRefused(t *testing.T) {
	answered := func(status int, body string) error {
		return Refused(MeResponse{Body: []byte(body), HTTPResponse: &http.Response{StatusCode: status, Status: http.StatusText(status)}})
	}
	require.NoError(t, answered(http.StatusAccepted, ""))
	require.ErrorContains(t, answered(http.StatusNotFound, "<html>"), "Not Found")
	var p *Problem
	require.ErrorAs(t, answered(http.StatusNotFound, `{"kind":"not-found","detail":"There is nothing."}`), &p)
	require.Equal(t, "not-found: There is nothing.", p.Error())
}
