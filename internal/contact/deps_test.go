package contact

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

// TestDependencies stands in the guarded package, so that a new import makes the cached result stale.
func TestDependencies(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").CombinedOutput()
	require.NoError(t, err, string(out))
	reached := strings.Fields(string(out))
	require.Contains(t, reached, "contactbridge/internal/contact")
	for _, path := range reached {
		for _, bad := range forbidden {
			require.False(t, strings.HasPrefix(path, bad), "contact reaches %s", path)
		}
		if strings.HasPrefix(path, "contactbridge/") {
			require.Equal(t, "contactbridge/internal/contact", path, "contact imports nothing of ours")
		}
	}
}
