//go:build unix && !linux

package devstack

import "os/exec"

// isolate gives the child its own process group. There is no parent-death signal here: after a crash of ours the
// servers stay until they are killed by hand.
func isolate(cmd *exec.Cmd) {
	attributes(cmd).Setpgid = true
}
