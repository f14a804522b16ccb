package vtigersim

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Start serves the CRM over HTTP at address, a loopback "host:port"; "" means a
// free port of 127.0.0.1. It returns the base URL (no trailing slash), to which
// "/webservice.php" is added, and a function that ends the server and releases
// held answers. An address that is not loopback is refused.
func (s *Server) Start(address string) (baseURL string, stop func(), err error) {
	if address == "" {
		address = "127.0.0.1:0"
	}
	if err := requireLoopback(address); err != nil {
		return "", nil, err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", nil, fmt.Errorf("listen for the vTiger simulator: %w", err)
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener) // always ends with ErrServerClosed after stop
	}()
	return "http://" + listener.Addr().String(), func() {
		s.Close()
		// A short grace lets answers that were just released reach their clients.
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			_ = server.Close()
		}
		<-ended
	}, nil
}

func requireLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("address of the vTiger simulator: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("address of the vTiger simulator: %q is not a loopback address", address)
	}
	return nil
}
