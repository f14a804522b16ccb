package activities

import (
	"context"
	"sync"
)

// turn is a lock whose waiting ends with a context. The zero value is free.
type turn struct {
	once sync.Once
	slot chan struct{}
}

func (t *turn) init() { t.once.Do(func() { t.slot = make(chan struct{}, 1) }) }

func (t *turn) take(ctx context.Context) error {
	t.init()
	select {
	case t.slot <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *turn) give() { <-t.slot }
