package devstack

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// sweepAge keeps the sweep away from folders that are just being made.
const sweepAge = 10 * time.Minute

// folder is a server's private directory. Its lock is shared with the server, so that it is held as long as either lives
// and what a crash left behind can be told from what is in use.
type folder struct {
	path string
	lock *os.File
}

// newFolder makes a private folder under base and removes those of the same kind that nobody holds any more.
func newFolder(base, kind string) (*folder, error) {
	prefix := "contactbridge-" + kind + "-"
	sweep(base, prefix)
	path, err := os.MkdirTemp(base, prefix+"*")
	if err != nil {
		return nil, fmt.Errorf("make a private folder: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(path, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		_ = os.RemoveAll(path)
		return nil, fmt.Errorf("make the lock of a private folder: %w", err)
	}
	f := &folder{path: path, lock: lock}
	if _, err := tryLock(lock); err != nil {
		f.remove()
		return nil, fmt.Errorf("lock a private folder: %w", err)
	}
	return f, nil
}

// remove deletes the folder with all it holds.
func (f *folder) remove() {
	_ = f.lock.Close()
	_ = os.RemoveAll(f.path)
}

// sweep removes what crashed processes left behind. Folders that we may not open or that are held are left alone.
func sweep(base, prefix string) {
	found, _ := filepath.Glob(filepath.Join(base, prefix+"*"))
	for _, path := range found {
		if abandoned(path) {
			_ = os.RemoveAll(path)
		}
	}
}

func abandoned(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() {
		return false
	}
	lock, err := os.OpenFile(filepath.Join(path, "lock"), os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer func() { _ = lock.Close() }()
	made, err := lock.Stat()
	if err != nil || time.Since(made.ModTime()) < sweepAge {
		return false
	}
	free, err := tryLock(lock)
	return err == nil && free
}
