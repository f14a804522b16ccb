package devstack

import (
	"fmt"
	"net"
)

// freePorts finds n different TCP ports that nobody listens on at 127.0.0.1. They are not reserved: whoever binds one
// must be ready to lose it and ask again.
func freePorts(n int) ([]int, error) {
	ports := make([]int, 0, n)
	for range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		// Kept open until all are found, so that they differ.
		defer func() { _ = listener.Close() }()
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
