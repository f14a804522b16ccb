package activities

import (
	"context"
	"sync"
)

// turn is a lock whose waiting ends with a context.
type turn chan struct{}

func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turn) give() { <-t }

// turns holds one turn a module.
type turns struct{ of sync.Map }

// turn gives the module's turn within this process.
func (a *Activities) turn(module string) turn {
	t, _ := a.reading.of.LoadOrStore(module, make(turn, 1))
	return t.(turn)
}
