package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// measured runs the service with its metrics on a listener of their own, if one is asked for.
func (s *service) measured(ctx context.Context, run func(context.Context, *service) error) error {
	if s.metricsListen == "" {
		return run(ctx, s)
	}
	listener, err := net.Listen("tcp", s.metricsListen)
	if err != nil {
		return fmt.Errorf("CONTACTBRIDGE_METRICS_LISTEN: cannot listen on %s: %w", s.metricsListen, err)
	}
	paths := http.NewServeMux()
	paths.Handle("GET /metrics", s.metrics.Handler())
	server := &http.Server{Handler: paths, ReadHeaderTimeout: 10 * time.Second}
	defer server.Close()
	s.log.Info("metrics are served", "address", listener.Addr().String())
	go func() {
		if err := server.Serve(listener); err != http.ErrServerClosed {
			s.log.Warn("metrics are served no more", "error", err.Error())
		}
	}()
	return run(ctx, s)
}
