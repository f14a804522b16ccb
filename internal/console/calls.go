package console

import (
	"fmt"
	"runtime/debug"
	"sync"
)

// calls are made at once.
type calls []func() error

func (c *calls) add(call func() error) { *c = append(*c, call) }

// do makes them, waits for all, and gives the first error in the order in which they were added. A panic is one: outside of
// the request's own goroutine nobody else would stop it.
func (c calls) do() error {
	errs := make([]error, len(c))
	var all sync.WaitGroup
	for i, call := range c {
		all.Go(func() {
			defer func() {
				if recover() != nil {
					errs[i] = fmt.Errorf("%w: %s", errPanicked, debug.Stack())
				}
			}()
			errs[i] = call()
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
