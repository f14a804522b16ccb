package devstack_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/devstack"
)

func TestSecondBuilderWaitsForTheFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := devstack.LockFile(t.Context(), path, "build", func(string) {})
	require.NoError(t, err)

	told := make(chan string, 1)
	got := make(chan error, 1)
	go func() {
		unlockSecond, err := devstack.LockFile(t.Context(), path, "build", func(line string) { told <- line })
		if err == nil {
			unlockSecond()
		}
		got <- err
	}()
	require.Contains(t, <-told, "another process is busy")
	require.Empty(t, got)
	unlock()
	require.NoError(t, <-got)
}

func TestWaitForALockEndsWithTheContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := devstack.LockFile(t.Context(), path, "build", func(string) {})
	require.NoError(t, err)
	defer unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = devstack.LockFile(ctx, path, "build", func(string) {})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorIs(t, err, devstack.ErrMissing, "what was not made in time is missing")

	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	_, err = devstack.LockFile(ctx, path, "build", func(string) {})
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, devstack.ErrMissing)
}

func TestSweepRemovesOnlyWhatNobodyHolds(t *testing.T) {
	base := t.TempDir()
	long := time.Now().Add(-time.Hour)
	make := func(name string, age time.Time) string {
		dir := filepath.Join(base, "kind-"+name)
		require.NoError(t, os.Mkdir(dir, 0o700))
		lock := filepath.Join(dir, "lock")
		require.NoError(t, os.WriteFile(lock, nil, 0o600))
		require.NoError(t, os.Chtimes(lock, age, age))
		return dir
	}
	abandoned, fresh, held := make("abandoned", long), make("fresh", time.Now()), make("held", long)
	foreign := filepath.Join(base, "kind-foreign")
	require.NoError(t, os.Mkdir(foreign, 0o700))
	unlock, free, err := devstack.LockName(filepath.Join(held, "lock"))
	require.NoError(t, err)
	require.True(t, free)
	defer unlock()

	devstack.Sweep(base, "kind-")
	require.NoDirExists(t, abandoned)
	require.DirExists(t, fresh)
	require.DirExists(t, held)
	require.DirExists(t, foreign)
}
