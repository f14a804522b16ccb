package outlook

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestGraphsClockIsHeard(t *testing.T) {
	c := &Client{}
	ahead := func() time.Duration {
		d, err := c.Ahead(t.Context())
		require.NoError(t, err)
		return d
	}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	c.clock.hear("Sun, 01 Mar 2026 13:00:00 GMT", now)
	require.Equal(t, time.Hour, ahead())
	c.clock.hear("", now)
	c.clock.hear("soon", now)
	require.Equal(t, time.Hour, ahead(), "what is no time tells nothing")
	c.clock.hear("Sun, 01 Mar 2026 11:30:00 GMT", now)
	require.Equal(t, -30*time.Minute, ahead())
}
