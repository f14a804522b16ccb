package graphsim

import (
	"fmt"
	"net"
	"net/http"
	"time"
)

// Start serves on address, a loopback host:port; "" takes a free port of 127.0.0.1. It returns the base URL, without
// a slash at its end: sign-in lies directly below it, Graph at baseURL + "/v1.0". Stop closes the listener and every
// connection at once, so that held answers end too. Any other than a loopback address is an error.
func (s *Server) Start(address string) (baseURL string, stop func(), err error) {
	if address == "" {
		address = "127.0.0.1:0"
	}
	if err := requireLoopback(address); err != nil {
		return "", nil, fmt.Errorf("start the Microsoft simulator: %w", err)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", nil, fmt.Errorf("start the Microsoft simulator: %w", err)
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // ends with ErrServerClosed when stopped
	}()
	return "http://" + listener.Addr().String(), func() { _ = server.Close(); <-done }, nil
}

func requireLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("address %s is not a loopback address", address)
}
