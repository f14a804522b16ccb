package api

import (
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// addresses are where the audit log says that sign-ins came from, newest first.
func (c caller) addresses(n int) (out []string) {
	c.t.Helper()
	var page struct{ Acts []actView }
	c.do("GET", "/api/v1/audit?action=sign-in-refused&limit="+strconv.Itoa(n), nil).read(c.t, &page)
	for _, a := range page.Acts {
		out = append(out, a.Address)
	}
	return out
}

var forged = []string{"X-Forwarded-For", "203.0.113.9", "X-Real-IP", "203.0.113.8", "Forwarded", "for=203.0.113.7", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "evil.example"}

// By default nobody is believed: whoever sends these headers chose them.
func TestNoProxyIsTrustedUnlessConfigured(t *testing.T) {
	r := newRig(t)
	for i := range 5 {
		r.signsIn("alice", "guess", "X-Forwarded-For", "203.0.113."+strconv.Itoa(i)).refused(t, 401, "wrong-credentials")
	}
	require.Equal(t, 1, strings.Count(r.logged.String(), "CONTACTBRIDGE_TRUSTED_PROXIES"), "whom it may concern is told once")
	a := r.signsIn("bob", "bob-password", forged...)
	require.Equal(t, 200, a.status)
	require.False(t, cookieNamed(t, a, sessionCookie).Secure)
	r.signsIn("bob", "guess", forged...)
	require.Equal(t, []string{"127.0.0.1", "127.0.0.1"}, r.as("ada").addresses(2))
	for i := range 44 {
		r.signsIn("user"+strconv.Itoa(i), "guess", "X-Forwarded-For", "203.0.113."+strconv.Itoa(i)).refused(t, 401, "wrong-credentials")
	}
	r.signsIn("another", "guess", "X-Forwarded-For", "203.0.113.200").refused(t, 429, "too-many-failures")
}

func TestATrustedProxySaysWhereARequestComesFrom(t *testing.T) {
	r := newRig(t)
	r.server.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}
	r.serve()
	for _, c := range []struct{ header, address string }{
		{"203.0.113.9", "203.0.113.9"},
		{"198.51.100.1, 203.0.113.9", "203.0.113.9"}, // the first one is what the client said
		{"203.0.113.9, 10.1.2.3", "203.0.113.9"},
		{"2001:db8::1", "2001:db8::1"},
		{"nonsense", "127.0.0.1"},
	} {
		r.signsIn("alice", "guess", "X-Forwarded-For", c.header)
		r.exec("DELETE FROM failed_sign_ins")
		require.Equal(t, []string{c.address}, r.as("ada").addresses(1), c.header)
		if c.address != "127.0.0.1" {
			require.NotContains(t, r.logged.String(), "CONTACTBRIDGE_TRUSTED_PROXIES")
		}
	}
	r.signsIn("alice", "guess", "X-Real-IP", "203.0.113.8", "Forwarded", "for=203.0.113.7")
	require.Equal(t, []string{"127.0.0.1"}, r.as("ada").addresses(1), "only what proxies append to is read")

	// Whether the cookie is for https only is what the public address says, whoever says otherwise.
	a := r.signsIn("bob", "bob-password", "X-Forwarded-Proto", "https")
	require.Equal(t, 200, a.status)
	require.False(t, cookieNamed(t, a, sessionCookie).Secure)
}

func TestASessionCookieIsSecureUnderHTTPS(t *testing.T) {
	r := newRig(t)
	r.server.PublicURL = "https://bridge.example"
	a := r.signsIn("bob", "bob-password", "X-Forwarded-Proto", "http")
	require.Equal(t, 200, a.status)
	require.True(t, cookieNamed(t, a, sessionCookie).Secure)
	require.True(t, cookieNamed(t, a, deviceCookie).Secure)
}

func TestHouseholds(t *testing.T) {
	for address, household := range map[string]string{
		"203.0.113.9": "203.0.113.9", "::ffff:203.0.113.9": "203.0.113.9", "2001:db8:1:2:3::4": "2001:db8:1:2::/64",
		"2001:db8:1:2:9::9": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "": "", "nonsense": "",
	} {
		require.Equal(t, household, origin{address: address}.household(), address)
	}
}
