package devstack

import (
	"context"
	"errors"
	"fmt"
)

// ErrMissing says that this machine cannot provide what was asked for; the message around it tells what to install.
// Tests skip on it, unless CI=true.
var ErrMissing = errors.New("missing on this machine")

// outOfTime says why a context ended. What could not be made within a time limit is missing, for now.
func outOfTime(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", ErrMissing, ctx.Err())
	}
	return ctx.Err()
}
