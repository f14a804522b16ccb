package vtiger

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/vtigersim"
)

func TestDialSendsNothing(t *testing.T) {
	c := newCRM(t)
	c.dial().Book("Contacts", overlap)
	require.Zero(t, c.Counts().Total())
}

func TestFewSessionsServeManyCalls(t *testing.T) {
	c := newCRM(t)
	c.SetLatency(5 * time.Millisecond)
	client := c.dial()
	errs := make([]error, 16)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { _, errs[i] = client.Groups(t.Context()) })
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
	require.Equal(t, vtigersim.SessionUse{Opened: Sessions, Alive: Sessions, AtWork: Sessions, Together: 1}, c.SessionUse(c.admin))

	c.ResetSessionUse()
	for range 8 {
		_, err := client.Groups(t.Context())
		require.NoError(t, err)
	}
	require.Equal(t, vtigersim.SessionUse{Alive: Sessions, AtWork: 1, Together: 1}, c.SessionUse(c.admin))
}

func TestManyClientsOfOneUserLogInOneAfterTheOther(t *testing.T) {
	c := newCRM(t)
	errs := make([]error, 12)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { _, errs[i] = c.dial().Groups(t.Context()) })
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
	require.Equal(t, len(errs), c.Count("login"))
	require.Zero(t, c.Count("login.refused"))
}

func TestALostSessionIsRenewedAndTheCallRepeatedOnce(t *testing.T) {
	c := newCRM(t)
	client := c.dial()
	_, err := client.Groups(t.Context())
	require.NoError(t, err)

	c.DropSessions()
	groups, err := client.Groups(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, groups)
	require.Equal(t, 2, c.Count("login"))

	c.Fail("query", -1, vtigersim.SessionLost)
	_, err = client.Groups(t.Context())
	require.Equal(t, contact.Unavailable, contact.KindOf(err))
	require.Equal(t, 2, c.Count("query.refused")-1)
}

func TestEverySessionCodeRenews(t *testing.T) {
	for code := range sessionCodes {
		c := newCRM(t)
		told := false
		client := c.behind(t, func(operation string, _ url.Values) (string, bool) {
			if operation != "listtypes" || told {
				return "", false
			}
			told = true
			return `{"success":false,"error":{"code":"` + code + `","message":"m"}}`, true
		})
		modules, err := client.Modules(t.Context())
		require.NoError(t, err, code)
		require.Contains(t, modules, "Contacts")
		require.Equal(t, 2, c.Count("login"))
	}
}

func TestAWrongKeyIsTriedThreeTimes(t *testing.T) {
	c := newCRM(t)
	config := c.config()
	config.AccessKey = "wrong"
	_, err := Dial(config, quick).Groups(t.Context())
	require.Equal(t, contact.NeedsAdmin, contact.KindOf(err))
	require.Equal(t, maxLogins, c.Count("login"))
	require.Equal(t, maxLogins, c.Count("getchallenge"))
	require.NotContains(t, err.Error(), "wrong")

	config.Username = "nobody"
	c.ResetCounts()
	_, err = Dial(config, quick).Groups(t.Context())
	require.Equal(t, contact.NeedsAdmin, contact.KindOf(err))
	require.Equal(t, 1, c.Count("getchallenge"), "an unknown user stays unknown")
}

// TestAStolenChallengeIsReplaced: another process took a challenge between ours and our login.
func TestAStolenChallengeIsReplaced(t *testing.T) {
	c := newCRM(t)
	stolen := 0
	client := c.behind(t, func(operation string, _ url.Values) (string, bool) {
		if operation == "login" && stolen < 2 {
			stolen++
			other, err := http.Get(c.url + "/webservice.php?operation=getchallenge&username=admin")
			require.NoError(t, err)
			_, _ = io.Copy(io.Discard, other.Body)
			_ = other.Body.Close()
		}
		return "", false
	})
	_, err := client.Groups(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, c.Count("login.refused"))
}

func TestLoginsRunUnderTheGivenLock(t *testing.T) {
	c := newCRM(t)
	var users []string
	held := 0
	lock := func(_ context.Context, username string) (func(), error) {
		users = append(users, username)
		held++
		return func() { held-- }, nil
	}
	client := c.dial(WithLoginLock(lock))
	_, err := client.SignIn(t.Context(), "alice", "", "aliceKey0123")
	require.NoError(t, err)
	require.Equal(t, []string{"alice", "admin"}, users)
	require.Zero(t, held)

	busy := errors.New("the lock is lost")
	_, err = c.dial(WithLoginLock(func(context.Context, string) (func(), error) { return nil, busy })).Groups(t.Context())
	var e *contact.Error
	require.ErrorAs(t, err, &e)
	require.True(t, e.Refused)
	require.ErrorIs(t, err, busy)
}

func TestALoginThatFailsOtherwiseIsNoWrongKey(t *testing.T) {
	for _, operation := range []string{"getchallenge", "login"} {
		for _, body := range []string{
			`{"success":false,"error":{"code":"INTERNAL_SERVER_ERROR","message":"m"}}`, "", "<html>",
			`{"success":true,"result":{}}`, `{"success":true,"result":{"token":"t","serverTime":"soon"}}`, `{"success":true,"result":[]}`,
		} {
			c := newCRM(t)
			_, err := c.behind(t, func(asked string, _ url.Values) (string, bool) { return body, asked == operation }).Groups(t.Context())
			require.Equal(t, contact.Unavailable, contact.KindOf(err), "%s %s", operation, body)
		}
	}
}

func TestTheClockIsVTigers(t *testing.T) {
	c := newCRM(t)
	c.SetClockSkew(-3 * time.Hour)
	client := c.dial()
	now, err := client.Now(t.Context())
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(-3*time.Hour), now, 5*time.Second)
	require.False(t, now.After(time.Now().Add(-3*time.Hour)), "never ahead")
	_, err = client.Now(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, c.Count("getchallenge"), "asked at the login only")
}

func TestWaitingForTheTurnHonoursTheContext(t *testing.T) {
	c := newCRM(t)
	client := c.dial(WithSlots(LocalSlots(1)))
	_, err := client.Groups(t.Context())
	require.NoError(t, err)
	release := c.Hold("listtypes", 1)
	defer release()
	go func() { _, _ = client.Modules(t.Context()) }()
	require.NoError(t, c.Await(t.Context(), func(n vtigersim.Counts) bool { return n["listtypes"] == 1 }))

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err = client.Groups(ctx)
	var e *contact.Error
	require.ErrorAs(t, err, &e)
	require.True(t, e.Refused)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestReadsThatFailAreUnavailable(t *testing.T) {
	for _, fault := range []vtigersim.Fault{vtigersim.EmptyError, vtigersim.BadGateway, vtigersim.NotJSON, vtigersim.HangUp} {
		c := newCRM(t)
		client := c.dial()
		_, err := client.Now(t.Context())
		require.NoError(t, err)
		c.Fail(vtigersim.AnyOperation, 2, fault) // a hung-up GET is repeated once by net/http
		_, err = client.Book("Contacts", overlap).Page(t.Context(), "")
		require.Equal(t, contact.Unavailable, contact.KindOf(err), "fault %d", fault)
		requireDiscreet(t, c, err)
	}
}

// requireDiscreet holds that an error tells no secret and none of vTiger's texts.
func requireDiscreet(t *testing.T, c *crm, err error) {
	t.Helper()
	for _, secret := range []string{c.config().AccessKey, "sessionName", "select", "Sorry", "admin"} {
		require.NotContains(t, err.Error(), secret)
	}
}

func TestATimeOutAndARefusedConnectionAreToldApart(t *testing.T) {
	c := newCRM(t)
	client := c.dial(WithTimeout(150 * time.Millisecond))
	defer c.Hold("listtypes", 1)()
	var e *contact.Error
	_, err := client.Modules(t.Context())
	require.ErrorAs(t, err, &e)
	require.Equal(t, contact.Unavailable, e.Kind)
	require.False(t, e.Refused)

	config := c.config()
	config.URL = "http://127.0.0.1:1"
	_, err = Dial(config).Modules(t.Context())
	require.ErrorAs(t, err, &e)
	require.Equal(t, contact.Unavailable, e.Kind)
	require.True(t, e.Refused)
	requireDiscreet(t, c, err)
}
