package fieldmap

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// forbidden are what a pure room must not reach, by the beginning of the import path.
var forbidden = []string{
	"net/http", "database/sql", "go.temporal.io/", "github.com/uptrace/bun", "github.com/gin-gonic/", "github.com/microsoftgraph/",
}

// ours are the packages of this module that the room may reach: contact, and itself.
var ours = []string{"contactbridge/internal/contact", "contactbridge/internal/fieldmap"}

// TestDependencies stands in the guarded package, so that a new import makes the cached result stale.
func TestDependencies(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").CombinedOutput()
	require.NoError(t, err, string(out))
	reached := strings.Fields(string(out))
	require.Contains(t, reached, "contactbridge/internal/fieldmap")
	for _, path := range reached {
		for _, bad := range forbidden {
			require.False(t, strings.HasPrefix(path, bad), "fieldmap reaches %s", path)
		}
		if strings.HasPrefix(path, "contactbridge/") {
			require.Contains(t, ours, path, "fieldmap imports of ours only contact")
		}
	}
}
