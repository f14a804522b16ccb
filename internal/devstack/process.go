package devstack

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// process is a child of ours that must not outlive us.
type process struct {
	cmd    *exec.Cmd
	done   chan struct{} // closed once the child has ended
	output *tail
}

// start runs the command in a process group of its own, so that Ctrl-C in a terminal reaches only us and the children
// are stopped in order.
func start(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, done: make(chan struct{}), output: &tail{}}
	cmd.Stdout, cmd.Stderr = p.output, p.output
	cmd.WaitDelay = 2 * time.Second
	isolate(cmd)
	started := make(chan error, 1)
	go p.attend(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return p, nil
}

// attend starts the child and waits for its end on one locked thread: Linux sends the parent-death signal when the
// thread that forked ends, not when the process does.
func (p *process) attend(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	_ = p.cmd.Wait()
	close(p.done)
}

// ended tells whether the child has ended.
func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// succeeded tells whether the child ended with exit code 0.
func (p *process) succeeded() bool {
	return p.ended() && p.cmd.ProcessState.Success()
}

// stop asks the child to end and, after the grace, kills its group. It returns when the child has ended.
func (p *process) stop(signal os.Signal, grace time.Duration) {
	if p.ended() {
		return
	}
	_ = p.cmd.Process.Signal(signal)
	select {
	case <-p.done:
		return
	case <-time.After(grace):
	}
	killGroup(p.cmd)
	<-p.done
}
