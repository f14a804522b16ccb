package devstack

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
)

// account is the unprivileged user that a server runs as when we are root; PostgreSQL refuses to run as root.
type account struct{ uid, gid int }

// unprivileged finds that user. It is nil when we are not root, since then the server runs as ourselves.
func unprivileged() (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.Atoi(found.Uid)
		if err != nil {
			continue
		}
		gid, err := strconv.Atoi(found.Gid)
		if err != nil {
			continue
		}
		return &account{uid: uid, gid: gid}, nil
	}
	return nil, errors.New("run PostgreSQL as root: neither a user postgres nor a user nobody to run it as")
}

// own hands the paths to the account.
func (a *account) own(paths ...string) error {
	if a == nil {
		return nil
	}
	for _, path := range paths {
		if err := os.Chown(path, a.uid, a.gid); err != nil {
			return fmt.Errorf("hand a private folder to the unprivileged user: %w", err)
		}
	}
	return nil
}

// tempBase is the directory for private folders: the system's, unless another user than ourselves must get through it
// and cannot (a TMPDIR in root's home).
func (a *account) tempBase() string {
	base := os.TempDir()
	if a == nil {
		return base
	}
	for dir := filepath.Clean(base); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return "/tmp"
		}
	}
	return base
}
