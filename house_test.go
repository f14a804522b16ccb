package contactbridge_test

import (
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// owners says which packages alone may import a library.
var owners = map[string][]string{
	"github.com/uptrace/bun":          {"contactbridge/internal/ledger", "contactbridge/migrations"},
	"github.com/lib/pq":               {"contactbridge/internal/ledger", "contactbridge/internal/devstack"},
	"github.com/microsoftgraph/":      {"contactbridge/internal/outlook"},
	"github.com/gin-gonic/gin":        {"contactbridge/api", "contactbridge/internal/console"},
	"github.com/danielgtaylor/":       {"contactbridge/api"},
	"go.temporal.io/sdk/workflow":     {"contactbridge/workflows"},
	"golang.org/x/oauth2":             {"contactbridge/internal/outlook", "contactbridge/api"},
	"github.com/tink-crypto/":         {"contactbridge/internal/ledger"},
	"github.com/oapi-codegen/":        {"contactbridge/internal/client"},
	"github.com/spf13/pflag":          {"contactbridge/internal/cli"},
	"github.com/mattn/go-runewidth":   {"contactbridge/internal/cli"},
	"golang.org/x/term":               {"contactbridge/internal/cli"},
	"github.com/prometheus/":          {"contactbridge/internal/metrics"},
	"contactbridge/internal/client":   {"contactbridge/internal/cli", "contactbridge/internal/console"},
	"contactbridge/internal/cli":      {"contactbridge/cmd/contactbridge"},
	"contactbridge/internal/console":  {"contactbridge/cmd/contactbridge"},
	"contactbridge/internal/demo":     {"contactbridge/cmd/contactbridge"},
	"contactbridge/api":               {"contactbridge/cmd/contactbridge"},
	"contactbridge/worker":            {"contactbridge/cmd/contactbridge"},
	"contactbridge/internal/devstack": {"contactbridge/cmd/contactbridge"},
}

// imported is one package of ours with what its own files, tests left out, import.
type imported struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []imported {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	require.NoError(t, err)
	var all []imported
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p imported
		err := d.Decode(&p)
		if err == io.EOF {
			return all
		}
		require.NoError(t, err)
		all = append(all, p)
	}
}

// Libraries stay in the rooms that own them.
func TestOnlyOwnersImport(t *testing.T) {
	used := map[string]bool{}
	for _, p := range packages(t) {
		for _, path := range p.Imports {
			for prefix, may := range owners {
				if path != prefix && !strings.HasPrefix(path, strings.TrimSuffix(prefix, "/")+"/") {
					continue
				}
				used[prefix] = true
				require.Contains(t, may, p.ImportPath, "%s imports %s", p.ImportPath, path)
			}
		}
	}
	for prefix := range owners {
		require.True(t, used[prefix], "nobody imports %s: the rule guards nothing", prefix)
	}
}

// Simulators share nothing with the product, or they would share its mistakes.
func TestSimulatorsImportNothingOfOurs(t *testing.T) {
	for _, p := range packages(t) {
		if !strings.HasPrefix(p.ImportPath, "contactbridge/internal/simulator/") {
			continue
		}
		for _, path := range p.Imports {
			require.False(t, strings.HasPrefix(path, "contactbridge/"), "%s imports %s", p.ImportPath, path)
		}
	}
}

// The command-line client and the console work over the API only: they know the generated client and nothing else of ours.
func TestClientsOfTheAPIImportTheClientOnly(t *testing.T) {
	rooms := 0
	for _, p := range packages(t) {
		if p.ImportPath != "contactbridge/internal/cli" && p.ImportPath != "contactbridge/internal/console" {
			continue
		}
		rooms++
		for _, path := range p.Imports {
			require.False(t, strings.HasPrefix(path, "contactbridge/") && path != "contactbridge/internal/client", path)
		}
	}
	require.Equal(t, 2, rooms, "a room is gone: the rule guards nothing")
}

// Workflows name activities and know the nouns; they speak to no side and to no database.
func TestWorkflowsImportActivitiesOnly(t *testing.T) {
	for _, p := range packages(t) {
		if p.ImportPath != "contactbridge/workflows" {
			continue
		}
		for _, path := range p.Imports {
			if strings.HasPrefix(path, "contactbridge/") {
				require.Contains(t, []string{"contactbridge/activities", "contactbridge/internal/contact"}, path)
			}
		}
	}
}
