package vtiger

import (
	"context"
	"strings"
	"sync"
)

// logins holds one turn for each vTiger user known to this process. vTiger's user names ignore case.
var logins sync.Map // string → chan struct{}

func lockLogin(ctx context.Context, account string) (unlock func(), err error) {
	turn, _ := logins.LoadOrStore(strings.ToLower(account), make(chan struct{}, 1))
	ch := turn.(chan struct{})
	select {
	case ch <- struct{}{}:
		return func() { <-ch }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
