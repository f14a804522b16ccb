package vtigersim

import "sync"

// heldGates are what the calls under /simulator/ hold up.
type heldGates struct {
	mu    sync.Mutex
	gates []func()
}

func (h *heldGates) add(release func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.gates = append(h.gates, release)
}

func (h *heldGates) open() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, release := range h.gates {
		release()
	}
	h.gates = nil
}
