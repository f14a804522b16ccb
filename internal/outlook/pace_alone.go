package outlook

import (
	"context"
	"sync"
	"time"
)

// keepAlone keeps a mailbox's pace in memory, for a Client that shares it with nobody.
func keepAlone(now func() time.Time) Keep {
	var mu sync.Mutex
	var kept []byte
	return func(_ context.Context, change func(time.Time, []byte) []byte) error {
		mu.Lock()
		defer mu.Unlock()
		kept = change(now(), kept)
		return nil
	}
}
