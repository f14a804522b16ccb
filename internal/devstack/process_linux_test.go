package devstack_test

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestChildrenDieWithAKilledOwner(t *testing.T) {
	needPostgres(t)
	needTemporal(t)
	owner := exec.Command(os.Args[0])
	owner.Env = append(os.Environ(), asHelper+"=1", "CONTACTBRIDGE_TEST_DATABASE_URL=",
		"CONTACTBRIDGE_TEST_TEMPORAL_ADDRESS=", "TMPDIR="+openTempDir(t))
	owner.Stderr = os.Stderr
	output, err := owner.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, owner.Start())
	t.Cleanup(func() { _ = owner.Process.Kill() })

	var pids []int
	for range 2 {
		var pid int
		var folder string
		_, err := fmt.Fscan(output, &pid, &folder)
		require.NoError(t, err)
		require.True(t, alive(pid))
		pids = append(pids, pid)
	}
	require.NoError(t, owner.Process.Kill())
	_ = owner.Wait()
	for _, pid := range pids {
		require.Eventually(t, func() bool { return !alive(pid) }, 20*time.Second, 20*time.Millisecond)
	}
}

// alive tells whether the process runs; a zombie that its reaper has not yet fetched does not.
func alive(pid int) bool {
	text, err := os.ReadFile(filepath.Join("/proc", itoa(pid), "stat"))
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(text), ") ")
	return !strings.HasPrefix(state, "Z")
}

func TestServersAreApartFromOurTerminalAndFromRoot(t *testing.T) {
	pid, _ := startPostgres(t).PrivateProcess()
	group, err := syscall.Getpgid(pid)
	require.NoError(t, err)
	require.Equal(t, pid, group)
	info, err := os.Stat(filepath.Join("/proc", itoa(pid)))
	require.NoError(t, err)
	require.NotZero(t, info.Sys().(*syscall.Stat_t).Uid)
}

func TestTemporalListensOnLoopbackOnly(t *testing.T) {
	server := startTemporal(t)
	ui, err := url.Parse(server.UIURL)
	require.NoError(t, err)
	for _, address := range []string{server.Address, ui.Host} {
		host, _, err := net.SplitHostPort(address)
		require.NoError(t, err)
		require.Equal(t, "127.0.0.1", host)
	}
	pid, _ := server.PrivateProcess()
	require.NotEmpty(t, listeners(t, pid))
	for _, address := range listeners(t, pid) {
		require.Truef(t, strings.HasPrefix(address, "0100007F:"), "listens on %s", address)
	}
}

// listeners are the local addresses, in the kernel's notation, that a process listens on over TCP.
func listeners(t *testing.T, pid int) []string {
	t.Helper()
	links, err := filepath.Glob(filepath.Join("/proc", itoa(pid), "fd", "*"))
	require.NoError(t, err)
	held := map[string]bool{}
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil {
			held[strings.TrimSuffix(strings.TrimPrefix(target, "socket:["), "]")] = true
		}
	}
	var found []string
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(table)
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			if field := strings.Fields(line); len(field) > 9 && field[3] == "0A" && held[field[9]] {
				found = append(found, field[1])
			}
		}
	}
	return found
}
