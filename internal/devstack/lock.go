package devstack

import (
	"context"
	"fmt"
	"os"
	"time"
)

// lockFile takes the lock that the file stands for, waiting for another process as long as the context allows. It ends
// with the returned function or with our process, a crash included. Waiting is told once.
func lockFile(ctx context.Context, path, purpose string, log func(string)) (func(), error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock of %s: %w", purpose, err)
	}
	unlock := func() { _ = file.Close() }
	for told := false; ; told = true {
		free, err := tryLock(file)
		if err != nil {
			unlock()
			return nil, fmt.Errorf("lock %s: %w", purpose, err)
		}
		if free {
			return unlock, nil
		}
		if !told {
			log("another process is busy with this, waiting for it: " + purpose)
		}
		select {
		case <-ctx.Done():
			unlock()
			return nil, fmt.Errorf("wait for another process to finish: %s: %w", purpose, outOfTime(ctx))
		case <-time.After(200 * time.Millisecond):
		}
	}
}
