//go:build !unix

package devstack

import (
	"errors"
	"os"
	"os/exec"
)

// isolate leaves the child as it is: this system has neither process groups nor a parent-death signal.
func isolate(*exec.Cmd) {}

// killGroup ends the child alone.
func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }

// runAs leaves the child's user as it is: nobody is root here.
func runAs(*exec.Cmd, *account) {}

// tryLock refuses, and with it every private server: without file locks a crash could not be told from a server in use.
func tryLock(*os.File) (bool, error) {
	return false, errors.Join(ErrMissing, errors.New("private servers need a Unix system (on Windows: WSL), or name running ones by "+
		databaseVariable+" and "+temporalVariable))
}
