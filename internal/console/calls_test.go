package console

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// A call that fails or panics ends the page, not the program, and every other one was made.
func TestCallsEndTogether(t *testing.T) {
	t.Parallel()
	failed, made := errors.New("failed"), make(chan struct{}, 3)
	var all calls
	all.add(func() error { made <- struct{}{}; return nil })
	require.NoError(t, all.do())
	all.add(func() error { panic("with a secret") })
	require.ErrorIs(t, all.do(), errPanicked)
	require.ErrorIs(t, append(calls{func() error { return failed }}, all...).do(), failed)
	require.Len(t, made, 3)
}
