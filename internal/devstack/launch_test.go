package devstack_test

import (
	"context"
	"errors"
	"net"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/devstack"
)

func TestFreePortsDiffer(t *testing.T) {
	ports, err := devstack.FreePorts(20)
	require.NoError(t, err)
	require.Len(t, ports, 20)
	slices.Sort(ports)
	require.Len(t, slices.Compact(ports), 20)
}

func TestServerThatLostItsPortIsTriedWithAnother(t *testing.T) {
	var tried []int
	err := devstack.Launch(t.Context(), func(port int) *exec.Cmd {
		tried = append(tried, port)
		if len(tried) == 1 {
			return exec.Command("sh", "-c", "echo address already in use; exit 1")
		}
		return exec.Command("sleep", "60")
	}, func(context.Context, int) error {
		if len(tried) == 1 {
			return errors.New("not yet")
		}
		return nil
	})
	require.NoError(t, err)
	require.Len(t, tried, 2)
	require.NotEqual(t, tried[0], tried[1])
}

func TestServerThatNeverServesIsGivenUpWithItsLastWords(t *testing.T) {
	attempts := 0
	err := devstack.Launch(t.Context(), func(int) *exec.Cmd {
		attempts++
		return exec.Command("sh", "-c", "echo no such setting >&2; exit 1")
	}, func(context.Context, int) error { return errors.New("refused") })
	require.ErrorContains(t, err, "no such setting")
	require.Equal(t, 3, attempts)
}

// A stranger who answers on the port must not be taken for a server of ours that could not bind it.
func TestStrangersAnswerDoesNotCount(t *testing.T) {
	stranger, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = stranger.Close() })
	err = devstack.Launch(t.Context(), func(int) *exec.Cmd { return exec.Command("false") },
		func(ctx context.Context, _ int) error {
			// As slow as a real probe: by then the child has ended.
			select {
			case <-ctx.Done():
			case <-time.After(300 * time.Millisecond):
			}
			connection, err := net.Dial("tcp", stranger.Addr().String())
			if err == nil {
				_ = connection.Close()
			}
			return err
		})
	require.ErrorContains(t, err, "ended before it served")
}

func TestWaitEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	err := devstack.Launch(ctx, func(int) *exec.Cmd { return exec.Command("sleep", "60") },
		func(context.Context, int) error { return errors.New("still starting") })
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "still starting")
}
