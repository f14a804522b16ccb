package devstack

import (
	"os/exec"
	"syscall"
)

// isolate gives the child its own process group and lets the kernel kill it when we die, however that happens.
func isolate(cmd *exec.Cmd) {
	attr := attributes(cmd)
	attr.Setpgid = true
	attr.Pdeathsig = syscall.SIGKILL
}
