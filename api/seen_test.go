package api

import (
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Requests are counted by their routes: no id, no token and nothing that a caller chooses becomes a label.
func TestRequestsAreCountedByRoute(t *testing.T) {
	r, _, alice, connection := staged(t)
	var mu sync.Mutex
	seen := map[string]int{}
	r.server.Seen = func(method, route string, status int, _ time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		seen[method+" "+route]++
		require.NotZero(t, status)
	}
	counting := httptest.NewServer(r.server.Handler())
	defer counting.Close()
	r.url = counting.URL
	alice.do("GET", connection, nil)
	alice.do("GET", connection+"x", nil)
	alice.do("GET", "/connect/secret-token", nil)
	alice.do("BREW", "/api/v1/anything", nil)
	alice.do("GET", "/nowhere", nil)
	mu.Lock()
	defer mu.Unlock()
	require.Equal(t, map[string]int{"GET /api/v1/connections/:id": 2, "GET /connect/:token": 1, "any none": 2}, seen)
}
