package devstack

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// postgresPlaces are where distributions put PostgreSQL's programs without adding them to PATH.
var postgresPlaces = []string{
	"/usr/lib/postgresql/*/bin",
	"/opt/homebrew/opt/postgresql*/bin",
	"/usr/local/opt/postgresql*/bin",
	"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
}

// findPostgres is the directory with postgres and initdb: the one on PATH, else the newest of the first place that has
// any. It is empty when there is none.
func findPostgres(places []string) string {
	if path, err := exec.LookPath("postgres"); err == nil {
		// A symbolic link in a bin directory has no initdb beside it; its target does.
		if real, err := filepath.EvalSymlinks(path); err == nil && hasInitdb(filepath.Dir(real)) {
			return filepath.Dir(real)
		}
	}
	for _, place := range places {
		found, _ := filepath.Glob(place)
		found = slices.DeleteFunc(found, func(dir string) bool { return !hasInitdb(dir) })
		if len(found) > 0 {
			return slices.MaxFunc(found, func(a, b string) int { return majorVersion(a) - majorVersion(b) })
		}
	}
	return ""
}

func hasInitdb(dir string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.IsDir() || info.Mode().Perm()&0o111 == 0 {
			return false
		}
	}
	return true
}

var versionInPath = regexp.MustCompile(`\d+`)

// majorVersion reads the version out of a directory such as /usr/lib/postgresql/16/bin; 0 when it names none.
func majorVersion(dir string) int {
	version, _ := strconv.Atoi(versionInPath.FindString(dir))
	return version
}
