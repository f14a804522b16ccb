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

// fakeGo is a go command first on PATH that the given shell script stands for.
func fakeGo(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go"), []byte("#!/bin/sh\n"+script+"\n"), 0o755))
	t.Setenv("PATH", dir+string(os.PathListSeparator)+"/usr/bin:/bin")
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
	t.Setenv("CONTACTBRIDGE_TEST_TEMPORAL_ADDRESS", "")
}

func TestFailedBuildIsMissingAndSaysWhy(t *testing.T) {
	fakeGo(t, "echo dial tcp: no route to host >&2; exit 1")
	var told []string
	_, err := devstack.Temporal(t.Context(), func(line string) { told = append(told, line) })
	require.ErrorIs(t, err, devstack.ErrMissing)
	require.ErrorContains(t, err, "no route to host")
	require.Contains(t, told[0], "takes some minutes")
}

func TestBuildThatRunsOutOfTimeLeavesNothingHalfBuilt(t *testing.T) {
	fakeGo(t, "exec sleep 60")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := devstack.Temporal(ctx, func(string) {})
	require.ErrorIs(t, err, devstack.ErrMissing)
	require.ErrorContains(t, err, "goes on from here")
	left, err := filepath.Glob(filepath.Join(os.Getenv("HOME"), "*", "contactbridge", "temporal-*"))
	require.NoError(t, err)
	here, err := filepath.Glob(filepath.Join(os.Getenv("XDG_CACHE_HOME"), "contactbridge", "temporal-*"))
	require.NoError(t, err)
	for _, path := range append(left, here...) {
		require.Equal(t, ".lock", filepath.Ext(path))
	}
}

func TestMachineWithoutGoIsToldWhatToDo(t *testing.T) {
	fakeGo(t, "")
	t.Setenv("PATH", t.TempDir())
	_, err := devstack.Temporal(t.Context(), func(string) {})
	require.ErrorIs(t, err, devstack.ErrMissing)
	require.ErrorContains(t, err, "CONTACTBRIDGE_TEST_TEMPORAL_ADDRESS")
}
