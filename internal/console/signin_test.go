package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSignInLeadsBackToThePageAskedFor(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.nobody()
	p := b.open("/tokens?x=1")
	require.Equal(t, "/sign-in", p.at.Path)
	p = p.send("", "username", "alice", "password", "wrong")
	require.Equal(t, http.StatusUnauthorized, p.status)
	require.Equal(t, "alice", p.values("/sign-in").Get("username"), "what was typed stays")
	require.Empty(t, p.values("/sign-in").Get("password"), "but no secret")
	p = p.send("", "password", "demo-alice")
	require.Equal(t, "/tokens?x=1", p.at.RequestURI())
	p.says("Access tokens", "Alice Sales")

	p = p.send("/sign-out")
	require.Equal(t, "/sign-in", p.at.Path)
	p.says("You are signed out.")
	require.Equal(t, "/sign-in", b.open("/tokens").at.Path)
}

func TestSignInByAccessKey(t *testing.T) {
	t.Parallel()
	b := newRig(t).nobody()
	p := b.open("/sign-in").send("", "username", "alice", "password", "key-alice", "with", "accessKey")
	require.Equal(t, http.StatusOK, p.status)
	p.says("Alice Sales")
}

func TestAFailedSignInIsWordedAndThrottled(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.nobody()
	p := b.open("/sign-in").send("", "username", "alice")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	p.says("Enter your password or your access key.")
	for range 5 {
		p = p.send("", "password", "guess")
	}
	p = p.send("", "password", "demo-alice")
	require.Equal(t, http.StatusTooManyRequests, p.status)
	p.says("Too many sign-ins failed; the next one can be tried in")
}

// A browser in which somebody has signed in before is not kept out by guesses elsewhere: the API's cookie for that travels.
func TestAKnownBrowserIsNotKeptOut(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	known := r.as("alice")
	known.open("/tokens").send("/sign-out")
	stranger := r.nobody().open("/sign-in")
	for range 6 {
		stranger = stranger.send("", "username", "alice", "password", "guess")
	}
	require.Equal(t, http.StatusTooManyRequests, stranger.status)
	p := known.open("/sign-in").send("", "username", "alice", "password", "demo-alice")
	require.Equal(t, http.StatusOK, p.status, p.text())
}

func TestASignInThatEndsLeadsToSignIn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.as("alice")
	p := b.open("/tokens")
	base, err := url.Parse(r.url)
	require.NoError(t, err)
	for _, c := range b.client.Jar.Cookies(base) {
		b.client.Jar.SetCookies(base, []*http.Cookie{{Name: c.Name, Path: "/", MaxAge: -1}})
	}
	p = p.send("", "name", "script")
	require.Equal(t, "/sign-in?to=%2Ftokens", p.at.RequestURI())
	p.says("Your sign-in had ended, so nothing was done.")
}

func TestOnlyAddressesOfOursAreGoneBackTo(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{
		"/tokens": "/tokens", "/log?x=%2F&y=1": "/log?x=%2F&y=1", "": "/", "https://evil.example/": "/", "//evil.example": "/", "/\\evil.example": "/",
		"/%2Fevil.example": "/", "javascript:alert(1)": "/", "/sign-in?to=/sign-in": "/", "tokens": "/", "/\tevil": "/", "http:/tokens": "/", "/sign-out": "/",
	} {
		require.Equal(t, want, local(to), to)
	}
	b := newRig(t).nobody()
	p := b.open("/sign-in?to="+url.QueryEscape("https://evil.example/")).send("", "username", "alice", "password", "demo-alice")
	require.True(t, strings.HasPrefix(p.at.String(), b.url), p.at)
}

func TestBeforeTheSetUpSignInSaysSo(t *testing.T) {
	t.Parallel()
	newDoor(t).nobody().open("/sign-in").says("Contact Bridge is not set up yet.")
}

func TestSignInInChromium(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.chromium()
	b.open("/tokens")
	accessible(b)
	b.picture("sign-in")
	b.scripts(false)
	b.fill("field-username", "alice")
	b.fill("field-password", "nonsense")
	b.press("main form button")
	accessible(b)
	b.fill("field-password", "demo-alice")
	b.press("main form button")
	require.Equal(t, "/tokens", b.at())
	accessible(b)
	b.picture("tokens")
	b.press(".top form button")
	require.Equal(t, "/sign-in", b.at())
	b.fine()
}
