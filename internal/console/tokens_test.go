package console

import (
	"html"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/client"
	"contactbridge/internal/simulator/vtigersim"
)

func TestTokensAreMadeAndEnded(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.as("alice").open("/tokens").says("You have no access tokens.")
	p = p.send("", "name", `<b>"My" & script</b>`, "access", "write")
	require.Equal(t, http.StatusOK, p.status)
	p.says("shown this once", "never", `<b>"My" & script</b>`)
	require.NotContains(t, p.page, "<b>")
	token := regexp.MustCompile(`cb_\w+`).FindString(p.page)
	api, err := client.Open(r.url, token)
	require.NoError(t, err)
	me, err := ask(api.MeWithResponse(t.Context()))
	require.NoError(t, err)
	require.Equal(t, "alice", me.JSON200.UserName)

	p = p.open("/tokens").says("read and change")
	require.NotContains(t, p.page, token)
	p = p.send("/tokens/revoke")
	require.Equal(t, "/tokens", p.at.Path)
	p.says("The token has ended.", "You have no access tokens.")
	_, err = ask(api.MeWithResponse(t.Context()))
	require.ErrorContains(t, err, "not-signed-in")
	require.NotContains(t, p.open("/tokens").text(), "The token has ended.", "a notice is shown once")
}

func TestATokenThatCannotBeMadeKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	p := newRig(t).as("alice").open("/tokens")
	p = p.send("", "name", "script", "days", "400", "access", "write")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	p.says("Something in the form cannot work.")
	require.Regexp(t, `(?s)id="field-days"[^>]*aria-describedby="field-days-help field-days-wrong" aria-invalid="true".*?id="field-days-wrong">[^<]+365`, p.page)
	require.Equal(t, map[string][]string{"name": {"script"}, "days": {"400"}, "access": {"write"}}, map[string][]string(p.values("/tokens")))
	p = p.send("", "days", "soon")
	p.says("Enter a number of days from 1 to 365.", "You have no access tokens.")
}

func TestTimesAreThoseOfTheUsersZone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.vtiger.AddUser(vtigersim.User{UserName: "kiri", Password: "demo-kiri", LastName: "Kiri", TimeZone: "Pacific/Auckland"})
	p := r.as("kiri").open("/tokens").send("", "name", "script", "days", "10")
	p.says("Times are those of Pacific/Auckland.")
	m := regexp.MustCompile(`<time datetime="([^"]+)">([^<]+)</time>`).FindStringSubmatch(p.page)
	require.Len(t, m, 3)
	at, err := time.Parse(time.RFC3339, html.UnescapeString(m[1]))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().AddDate(0, 0, 10), at, time.Minute)
	zone, err := time.LoadLocation("Pacific/Auckland")
	require.NoError(t, err)
	require.Equal(t, at.In(zone).Format("2 Jan 2006, 15:04"), m[2])
}
