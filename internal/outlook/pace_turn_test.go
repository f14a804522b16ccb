package outlook

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheTurnGoesToAndFro(t *testing.T) {
	s := &mailboxPace{}
	get := func(at time.Duration, holder string, working bool) bool {
		return s.reserve(noon.Add(at), ask{holder: holder, need: 1, want: 1, working: working}).n == 1
	}
	const ms = time.Millisecond
	require.True(t, get(0, "a", false))
	require.True(t, get(1*ms, "a", true), "nobody else asks")
	require.False(t, get(2*ms, "b", false))
	require.False(t, get(3*ms, "a", true), "a must end its work before b begins")
	require.False(t, get(4*ms, "b", false), "a is still at work")
	require.False(t, get(5*ms, "a", false), "now a lets b go first")
	require.True(t, get(6*ms, "b", false))
	require.False(t, get(7*ms, "a", false))
	s.leaveTurn("b")
	require.True(t, get(8*ms, "a", false))
	require.False(t, get(9*ms, "b", false))
	require.True(t, get(8*ms+turnLife, "b", false), "a died")
	require.False(t, get(9*ms+turnLife, "c", false))
	require.False(t, get(10*ms+turnLife, "b", false))
	require.False(t, get(11*ms+turnLife, "b", false))
	require.True(t, get(11*ms+turnLife+nextLife, "b", false), "c went away")
}
