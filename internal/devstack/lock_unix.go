//go:build unix

package devstack

import (
	"errors"
	"os"
	"syscall"
)

// tryLock takes the file's lock unless somebody else has it. A child that inherits the file shares the lock.
func tryLock(file *os.File) (bool, error) {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}
