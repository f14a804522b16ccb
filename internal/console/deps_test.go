package console

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRoom holds the house's rule: the console reaches the generated client, the router and nothing else of ours.
func TestRoom(t *testing.T) {
	direct := listed(t, "{{range .Imports}}{{println .}}{{end}}", ".")
	require.Contains(t, direct, "contactbridge/internal/client")
	for _, p := range direct {
		first, _, _ := strings.Cut(p, "/")
		standard := !strings.Contains(first, ".") && first != "contactbridge"
		require.True(t, standard || p == "contactbridge/internal/client" || p == "github.com/gin-gonic/gin", "%s may not be imported here", p)
	}
	for _, p := range listed(t, "{{.ImportPath}}", "-deps", ".") {
		ours := p == "contactbridge/internal/console" || p == "contactbridge/internal/client"
		require.True(t, ours || !strings.HasPrefix(p, "contactbridge/"), "%s may not be reached from here", p)
	}
}

func listed(t *testing.T, format string, arguments ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list", "-f", format}, arguments...)...).Output()
	require.NoError(t, err)
	return strings.Fields(string(out))
}
