package devstack_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/devstack"
)

func installation(t *testing.T, root, version string, programs ...string) string {
	t.Helper()
	dir := filepath.Join(root, version, "bin")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	for _, name := range programs {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o755))
	}
	return dir
}

func TestNewestCompletePostgresIsFound(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	root := filepath.Join(t.TempDir(), "lib")
	place := filepath.Join(root, "*", "bin")
	require.Empty(t, devstack.FindPostgres([]string{place}))

	installation(t, root, "v9", "postgres", "initdb")
	newest := installation(t, root, "v16", "postgres", "initdb")
	installation(t, root, "v17", "psql")
	require.Equal(t, newest, devstack.FindPostgres([]string{filepath.Join(root, "none"), place}))
}

func TestPostgresOnPathWinsThroughItsLink(t *testing.T) {
	root, links := t.TempDir(), t.TempDir()
	dir, err := filepath.EvalSymlinks(installation(t, root, "12", "postgres", "initdb"))
	require.NoError(t, err)
	installation(t, root, "18", "postgres", "initdb")
	require.NoError(t, os.Symlink(filepath.Join(dir, "postgres"), filepath.Join(links, "postgres")))
	t.Setenv("PATH", links)
	require.Equal(t, dir, devstack.FindPostgres([]string{filepath.Join(root, "*", "bin")}))
}

func TestToolsFolderIsFoundFromWithinTheCheckoutOnly(t *testing.T) {
	found, err := devstack.ToolsFolder()
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(found, "go.mod"))

	version, err := devstack.RequiredVersion(filepath.Join(found, "go.mod"), "github.com/temporalio/cli")
	require.NoError(t, err)
	require.Regexp(t, `^v\d+\.\d+\.\d+`, version)

	t.Chdir(t.TempDir())
	_, err = devstack.ToolsFolder()
	require.ErrorIs(t, err, devstack.ErrMissing)
	require.ErrorContains(t, err, "checkout of contactbridge")
}

func TestRequiredVersionReadsBothForms(t *testing.T) {
	file := filepath.Join(t.TempDir(), "go.mod")
	require.NoError(t, os.WriteFile(file, []byte("module x\n\ntool a.org/b/cmd\n\nrequire a.org/b v1.2.3\n\nrequire (\n\tc.org/d v0.1.0 // indirect\n)\n"), 0o600))
	for path, want := range map[string]string{"a.org/b": "v1.2.3", "c.org/d": "v0.1.0"} {
		version, err := devstack.RequiredVersion(file, path)
		require.NoError(t, err)
		require.Equal(t, want, version)
	}
	_, err := devstack.RequiredVersion(file, "e.org/f")
	require.ErrorContains(t, err, "does not require it")
}
