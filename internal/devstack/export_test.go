package devstack

import (
	"context"
	"os"
	"os/exec"
)

// What the outside tests need to look into.
var (
	FindPostgres    = findPostgres
	RequiredVersion = requiredVersion
	ToolsFolder     = toolsFolder
	LockFile        = lockFile
	FreePorts       = freePorts
	Sweep           = sweep
)

// LockName locks a file as a second process would.
func LockName(path string) (func(), bool, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, false, err
	}
	free, err := tryLock(file)
	return func() { _ = file.Close() }, free, err
}

// PrivateProcess is the id of the private server's process and its folder.
func (s *PostgresServer) PrivateProcess() (pid int, folder string) {
	return s.private.process.cmd.Process.Pid, s.private.folder.path
}

// PrivateProcess is the id of the private server's process and its folder.
func (s *TemporalServer) PrivateProcess() (pid int, folder string) {
	return s.private.process.cmd.Process.Pid, s.private.folder.path
}

// Launch starts a server of one port and stops it again.
func Launch(ctx context.Context, command func(port int) *exec.Cmd, ready func(ctx context.Context, port int) error) error {
	l := launch{
		name: "server", ports: 1, signal: os.Interrupt,
		command: func(ports []int) *exec.Cmd { return command(ports[0]) },
		ready:   func(ctx context.Context, ports []int) error { return ready(ctx, ports[0]) },
	}
	p, _, err := l.run(ctx)
	if err == nil {
		p.stop(os.Interrupt, stopGrace)
	}
	return err
}
