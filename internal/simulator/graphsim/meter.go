package graphsim

import (
	"context"
	"fmt"
	"maps"
	"sync"
)

// meter counts requests. A request is counted when it is executed or refused, before its answer leaves: whoever has
// an answer finds it counted, and a held answer is counted already.
type meter struct {
	mu       sync.Mutex
	counts   map[string]int
	statuses map[int]int
	changed  chan struct{}
}

func newMeter() *meter {
	return &meter{counts: map[string]int{}, statuses: map[int]int{}, changed: make(chan struct{})}
}

func (m *meter) count(status int, names ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, name := range names {
		m.counts[name]++
	}
	m.statuses[status]++
	close(m.changed)
	m.changed = make(chan struct{})
}

func (m *meter) read() (map[string]int, <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.counts), m.changed
}

// Counts returns how many requests were executed or refused so far, by operation: authorize, signin, token (and
// token.refresh_token, token.authorization_code, token.password, token.client_credentials), me, users.get,
// folders.list, folders.create, folders.get, folders.update, folders.delete, contacts.list, contacts.create,
// contacts.get, contacts.update, contacts.delete, contacts.permanentDelete, delta, batch, unknown.
// Parts of a $batch are counted under their own names, the envelope as batch.
func (s *Server) Counts() map[string]int {
	counts, _ := s.meter.read()
	return counts
}

// ResetCounts starts counting from zero.
func (s *Server) ResetCounts() {
	s.meter.mu.Lock()
	defer s.meter.mu.Unlock()
	clear(s.meter.counts)
	clear(s.meter.statuses)
}

// Count returns how many requests of one operation were executed or refused so far.
func (s *Server) Count(name string) int {
	return s.Counts()[name]
}

// Statuses returns how many answers had which HTTP status. Parts of a $batch count like requests of their own.
func (s *Server) Statuses() map[int]int {
	s.meter.mu.Lock()
	defer s.meter.mu.Unlock()
	return maps.Clone(s.meter.statuses)
}

// Await returns nil as soon as done accepts the counts; it asks at once and after every request. It fails when ctx ends.
func (s *Server) Await(ctx context.Context, done func(counts map[string]int) bool) error {
	for {
		counts, changed := s.meter.read()
		if done(counts) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("await requests to the Microsoft simulator, seen %v: %w", counts, ctx.Err())
		}
	}
}
