package outlook

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

func TestRefusalsHaveKinds(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		kind   contact.Kind
		code   string
	}{
		{401, `{"error":{"code":"InvalidAuthenticationToken","message":"x"}}`, contact.NeedsSignIn, "InvalidAuthenticationToken"},
		{403, `{"error":{"code":"ErrorAccessDenied"}}`, contact.NeedsAdmin, "ErrorAccessDenied"},
		{404, `{"error":{"code":"MailboxNotEnabledForRESTAPI"}}`, contact.NeedsAdmin, "MailboxNotEnabledForRESTAPI"},
		{404, `{"error":{"code":"ErrorSyncFolderNotFound"}}`, contact.BadInput, "ErrorSyncFolderNotFound"},
		{429, `{"error":{"code":"TooManyRequests","innerError":{"code":"429"}}}`, contact.Throttled, "TooManyRequests"},
		{429, ``, contact.Throttled, ""},
		{507, `{}`, contact.NeedsAdmin, ""},
		{400, `{"error":{"code":"ErrorQuotaExceeded"}}`, contact.NeedsAdmin, "ErrorQuotaExceeded"},
		{500, `{}`, contact.Unavailable, ""},
		{502, `<html>Bad Gateway</html>`, contact.Unavailable, ""},
		{503, `{"error":{"code":"UnknownError","message":""}}`, contact.Unavailable, "UnknownError"},
		{302, ``, contact.Unavailable, ""},
		{400, `{"error":{"code":"BadRequest","innerError":{"code":"ErrorInvalidUrlQueryFilter"}}}`, contact.Bug, "ErrorInvalidUrlQueryFilter"},
		{400, `{"error":{"code":"the contact of Ann Example"}}`, contact.Bug, ""},
	} {
		e := graphError("test", answer{status: c.status, body: []byte(c.body)})
		require.Equal(t, c.kind, e.Kind, "%d %s", c.status, c.body)
		require.Equal(t, c.code, e.Code)
		require.NotEmpty(t, e.Sentence)
	}
}

func TestRetryAfter(t *testing.T) {
	read := func(value string) time.Duration { return retryAfter(http.Header{"Retry-After": {value}}) }
	require.Equal(t, 2128*time.Millisecond, read("2.128"))
	require.Equal(t, 10*time.Second, read(" 10 "))
	require.InDelta(t, 60, read(time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)).Seconds(), 2)
	require.Zero(t, read("Mon, 02 Jan 2006 15:04:05 GMT"))
	require.Zero(t, read("soon"))
	require.Zero(t, read("-3"))
	require.Zero(t, read("NaN"))
	require.Equal(t, maxRetryAfter, read("1e12"))
	require.Zero(t, retryAfter(http.Header{}))
}
