package graphsim

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFastClock(t *testing.T) {
	now := FastClock(1000)
	fast, real := now(), time.Now()
	require.Eventually(t, func() bool { return now().Sub(fast) >= 10*time.Second }, waitLong, waitShort)
	require.GreaterOrEqual(t, time.Since(real), 9*time.Millisecond)
	require.Less(t, time.Since(real), 5*time.Second)
}

func TestSpend(t *testing.T) {
	r := newRig(t, func(s *Settings) { s.WindowRequests, s.Window = 4, time.Minute })
	require.NoError(t, r.Spend(clientID, ann, 4)) // at 0, 15, 30 and 45 s of the minute that ends now
	require.Error(t, r.Spend(clientID, "nobody@contoso.example", 1))
	require.Equal(t, http.StatusOK, r.get("/me/contacts").status, "the first has just left the window")
	require.Equal(t, http.StatusTooManyRequests, r.get("/me/contacts").status)
	r.token = r.signIn(bob, "bob's password")
	require.Equal(t, http.StatusOK, r.get("/me/contacts").status, "the other mailbox is not touched")
}
