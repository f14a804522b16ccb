package outlook

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// forbidden names what this room must not reach, and why.
var forbidden = map[string]string{
	"contactbridge/internal/ledger":    "a side does not remember",
	"contactbridge/internal/vtiger":    "the sides do not know each other",
	"contactbridge/internal/fieldmap":  "a side speaks its own names only",
	"contactbridge/internal/reconcile": "a side decides nothing",
	"contactbridge/internal/simulator": "simulators are for tests",
	"contactbridge/workflows":          "a side does not know when it is asked",
	"contactbridge/activities":         "a side does not know who asks",
	"go.temporal.io":                   "a side knows no workflow engine",
	"github.com/gin-gonic":             "a side serves nobody",
	"github.com/uptrace/bun":           "only the ledger knows SQL",
}

// allowedSDK is what of the Graph SDK may be reached; its root package takes minutes and gigabytes to compile.
var allowedSDK = []string{
	"github.com/microsoftgraph/msgraph-sdk-go/models",
	"github.com/microsoftgraph/msgraph-sdk-go/users",
}

func TestDependencies(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	deps := strings.Fields(string(out))
	require.Contains(t, deps, "contactbridge/internal/contact")
	for _, dep := range deps {
		for bad, why := range forbidden {
			require.False(t, dep == bad || strings.HasPrefix(dep, bad+"/"), "%s is forbidden here: %s", dep, why)
		}
		if strings.HasPrefix(dep, "github.com/microsoftgraph/msgraph-sdk-go/") {
			require.True(t, isAllowedSDK(dep), "%s is more of the SDK than this room needs", dep)
		}
		require.NotEqual(t, "github.com/microsoftgraph/msgraph-sdk-go", dep)
	}
}

func isAllowedSDK(dep string) bool {
	for _, ok := range allowedSDK {
		if dep == ok || strings.HasPrefix(dep, ok+"/") {
			return true
		}
	}
	return false
}
