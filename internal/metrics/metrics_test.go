package metrics_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/devstack"
	"contactbridge/internal/ledger"
	"contactbridge/internal/metrics"
	"contactbridge/migrations"
)

func TestMain(m *testing.M) { devstack.Main(m) }

var migrated = devstack.NewTemplate(func(ctx context.Context, dsn string) error {
	l, err := ledger.Open(ctx, dsn, nil)
	if err != nil {
		return err
	}
	_, err = migrations.Up(ctx, l.DB())
	return errors.Join(err, l.Close())
})

func scrape(t *testing.T, m *metrics.Metrics) string {
	answer := httptest.NewRecorder()
	m.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	require.Equal(t, 200, answer.Code)
	return answer.Body.String()
}

// An operator sees what waits and for how long; while the database is away the rest is shown still.
func TestWhatWaitsIsShown(t *testing.T) {
	ctx := t.Context()
	l, err := ledger.Open(ctx, migrated.Database(t), nil)
	require.NoError(t, err)
	require.NoError(t, l.SaveUsers(ctx, []ledger.User{{ID: "19x5", UserName: "alice", Active: true}}))
	require.NoError(t, l.Allow(ctx, "19x5", true))
	c, err := l.CreateConnection(ctx, "19x5", "Contacts", ledger.Settings{})
	require.NoError(t, err)
	_, err = l.RequestRun(ctx, c, "waits", "", "19x5")
	require.NoError(t, err)
	_, err = l.DB().ExecContext(ctx, "UPDATE runs SET requested_at = now() - interval '90 seconds'")
	require.NoError(t, err)
	require.NoError(t, l.SetTrouble(ctx, c.ID, "needs-sign-in", "Sign in again."))

	m := metrics.New(l, "1.2.3")
	m.Seen("GET", "/api/v1/log", 200, 3*time.Millisecond)
	text := scrape(t, m)
	for _, line := range []string{
		`contactbridge_connections{trouble="needs-sign-in"} 1`, `contactbridge_runs{state="queued"} 1`, `contactbridge_runs{state="running"} 0`,
		`contactbridge_waiting{what="hold"} 0`, `contactbridge_waiting{what="alert"} 0`, `contactbridge_build_info{version="1.2.3"} 1`,
		`contactbridge_http_request_seconds_count{method="GET",route="/api/v1/log",status="200"} 1`, "go_goroutines",
	} {
		require.Contains(t, text, line)
	}
	require.Regexp(t, `contactbridge_run_waits_seconds 9\d`, text)
	require.NotContains(t, text, "alice")

	require.NoError(t, l.Close())
	text = scrape(t, m)
	require.NotContains(t, text, "contactbridge_connections")
	require.Contains(t, text, "contactbridge_http_request_seconds_count")
}
