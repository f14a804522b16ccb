package api

import (
	"encoding/json"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
)

// described is the OpenAPI document as any program reads it.
type described struct {
	OpenAPI    string
	Info       struct{ Title, Version string }
	Paths      map[string]map[string]describedCall
	Components struct {
		Schemas         map[string]any
		SecuritySchemes map[string]any
	}
}

type describedCall struct {
	OperationID string
	Summary     string
	Tags        []string
	Security    []map[string][]string
	Parameters  []struct{ Name, In string }
	Responses   map[string]struct {
		Description string
		Content     map[string]any
	}
}

func offline() *Server { return &Server{PublicURL: "http://127.0.0.1:8080", Version: "1.2.3"} }

func openAPI(t *testing.T) described {
	t.Helper()
	raw := served(t, "/openapi.json", "application/openapi+json")
	var d described
	require.NoError(t, json.Unmarshal([]byte(raw), &d))
	return d
}

// served reads a document over HTTP.
func served(t *testing.T, path, contentType string) string {
	t.Helper()
	r := newRig(t)
	a := r.as("").do("GET", path, nil)
	require.Equal(t, 200, a.status)
	require.Contains(t, a.header.Get("Content-Type"), contentType)
	return a.raw
}

func TestOpenAPIDocumentHolds(t *testing.T) {
	d := openAPI(t)
	require.Regexp(t, `^3\.1\.`, d.OpenAPI)
	require.Equal(t, "1.2.3", d.Info.Version)
	ids, parameter := map[string]bool{}, regexp.MustCompile(`\{([^}]+)\}`)
	for path, item := range d.Paths {
		for method, call := range item {
			at := method + " " + path
			require.NotEmpty(t, call.OperationID, at)
			require.False(t, ids[call.OperationID], at)
			ids[call.OperationID] = true
			require.NotEmpty(t, call.Summary, at)
			require.Len(t, call.Tags, 1, at)
			require.NotEmpty(t, call.Responses, at)
			for status, answer := range call.Responses {
				require.NotEmpty(t, answer.Description, "%s %s", at, status)
			}
			for _, name := range parameter.FindAllStringSubmatch(path, -1) {
				require.Contains(t, call.Parameters, struct{ Name, In string }{name[1], "path"}, at)
			}
			for _, need := range call.Security {
				for scheme := range need {
					require.Contains(t, d.Components.SecuritySchemes, scheme)
				}
				require.Contains(t, call.Responses["401"].Content, "application/problem+json", at)
			}
		}
	}
}

func TestReferencesInTheDocumentResolve(t *testing.T) {
	raw := served(t, "/openapi.json", "application/openapi+json")
	var d described
	require.NoError(t, json.Unmarshal([]byte(raw), &d))
	refs := regexp.MustCompile(`"\$ref":"#/components/schemas/([^"]+)"`).FindAllStringSubmatch(raw, -1)
	require.NotEmpty(t, refs)
	for _, ref := range refs {
		require.Contains(t, d.Components.Schemas, ref[1])
	}
}

// TestEveryRouteIsDocumented compares with what the router really serves.
func TestEveryRouteIsDocumented(t *testing.T) {
	s, g := offline(), gin.New()
	s.mount(g)
	d := openAPI(t)
	parameter := regexp.MustCompile(`:(\w+)`)
	for _, route := range g.Routes() {
		if slices.Contains([]string{"/docs", "/openapi.json", "/openapi-3.0.json"}, route.Path) {
			continue
		}
		path := parameter.ReplaceAllString(route.Path, "{$1}")
		require.Contains(t, d.Paths, path)
		require.Contains(t, d.Paths[path], strings.ToLower(route.Method), path)
	}
	served := map[string]bool{}
	for _, route := range g.Routes() {
		served[strings.ToLower(route.Method)+" "+parameter.ReplaceAllString(route.Path, "{$1}")] = true
	}
	for path, item := range d.Paths {
		for method := range item {
			require.True(t, served[method+" "+path], "%s %s is documented only", method, path)
		}
	}
}

func TestDocsPageLoadsNothing(t *testing.T) {
	page := served(t, "/docs", "text/html")
	for _, loads := range []string{"<script", "<link", "<img", "<iframe", "src=", "@import", "url("} {
		require.NotContains(t, page, loads)
	}
	require.NotRegexp(t, `(?i)<[^>]*https?:`, page, "addresses stand in examples only")
	for _, said := range []string{"/api/v1/connections/{id}/runs", "Idempotency-Key", "deleteVersusEdit", "mapping[].outlook"} {
		require.Contains(t, page, said)
	}
}

// TestImports: this room knows gin and huma, and leaves the database, Graph and Temporal to others.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{join .Imports "\n"}}`, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	imports := strings.Fields(string(out))
	require.Contains(t, imports, "github.com/gin-gonic/gin")
	for _, path := range imports {
		for _, bad := range []string{"github.com/uptrace/bun", "github.com/microsoftgraph/", "go.temporal.io/", "database/sql", "contactbridge/activities", "contactbridge/internal/simulator"} {
			require.False(t, strings.HasPrefix(path, bad), path)
		}
	}
}

// TestTheLogsFiltersAreWhole: what a line can be is what the log can be asked for.
func TestTheLogsFiltersAreWhole(t *testing.T) {
	enum := func(field string) string {
		f, found := reflect.TypeFor[logInput]().FieldByName(field)
		require.True(t, found)
		return f.Tag.Get("enum")
	}
	require.Equal(t, enum("Action"), joined(ledger.LogActions))
	require.Equal(t, enum("Outcome"), joined(ledger.LogOutcomes))
}

func joined[T ~string](list []T) string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return strings.Join(out, ",")
}
