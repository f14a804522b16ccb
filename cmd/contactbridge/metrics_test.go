package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// Metrics are served on a listener of their own while the service runs, and show the requests that the API answered.
func TestMetricsAreServedBesides(t *testing.T) {
	s := settle(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	svc := *s.service
	svc.metricsListen = taken.Addr().String()
	require.ErrorContains(t, svc.measured(t.Context(), nil), "CONTACTBRIDGE_METRICS_LISTEN")
	require.NoError(t, taken.Close())
	require.NoError(t, svc.measured(t.Context(), func(context.Context, *service) error {
		answer, err := http.Get("http://" + svc.metricsListen + "/metrics")
		require.NoError(t, err)
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.Contains(t, string(text), `contactbridge_http_request_seconds_count{method="POST",route="/api/v1/session",status="200"}`)
		for _, secret := range s.secrets {
			require.NotContains(t, string(text), secret)
		}
		return nil
	}))
}
