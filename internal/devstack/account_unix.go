//go:build unix

package devstack

import (
	"os/exec"
	"syscall"
)

// runAs makes the command run as the account; nil means as ourselves.
func runAs(cmd *exec.Cmd, a *account) {
	if a == nil {
		return
	}
	attributes(cmd).Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
}
