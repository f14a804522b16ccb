package vtiger

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRoom holds the house's rule: this room knows the nouns and the standard library, and no other room.
func TestRoom(t *testing.T) {
	direct := listed(t, "{{range .Imports}}{{println .}}{{end}}", ".")
	require.Contains(t, direct, "contactbridge/internal/contact")
	for _, p := range direct {
		first, _, _ := strings.Cut(p, "/")
		standard := !strings.Contains(first, ".") && first != "contactbridge"
		require.True(t, standard || p == "contactbridge/internal/contact" || strings.HasPrefix(p, "golang.org/x/text/"),
			"%s may not be imported here", p)
	}
	for _, p := range listed(t, "{{.ImportPath}}", "-deps", ".") {
		ours := p == "contactbridge/internal/vtiger" || p == "contactbridge/internal/contact"
		require.True(t, ours || !strings.HasPrefix(p, "contactbridge/"), "%s may not be reached from here", p)
		for _, foreign := range []string{"go.temporal.io/", "github.com/gin-gonic/", "github.com/uptrace/bun", "github.com/microsoft"} {
			require.False(t, strings.HasPrefix(p, foreign), "%s may not be reached from here", p)
		}
	}
}

func listed(t *testing.T, format string, arguments ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list", "-f", format}, arguments...)...).Output()
	require.NoError(t, err)
	return strings.Fields(string(out))
}
