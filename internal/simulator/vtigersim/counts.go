package vtigersim

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
)

const (
	refusedSuffix = ".refused"
	stalledSuffix = ".stalled"
)

// Counts holds how many requests were answered, by operation name in lower case
// ("query", "create", "login", "mobile.login" …). Answers that were not a
// success count a second time under "<operation>.refused". A request counts when
// it has been executed, before its answer is sent. A request that Stall keeps
// waiting, or a save of its own that is held back, counts under
// "<operation>.stalled" as soon as it waits.
type Counts map[string]int

// Total is the number of requests of all operations.
func (c Counts) Total() int {
	sum := 0
	for operation, n := range c {
		if !strings.HasSuffix(operation, refusedSuffix) && !strings.HasSuffix(operation, stalledSuffix) {
			sum += n
		}
	}
	return sum
}

type tally struct {
	mu      sync.Mutex
	counts  Counts
	changed chan struct{} // closed and replaced at every count
}

// Counts returns the counts since New or ResetCounts.
func (s *Server) Counts() Counts {
	counts, _ := s.tally.snapshot()
	return counts
}

// Count returns how many requests of one operation were answered.
func (s *Server) Count(operation string) int { return s.Counts()[operation] }

// ResetCounts starts counting from zero.
func (s *Server) ResetCounts() {
	s.tally.mu.Lock()
	defer s.tally.mu.Unlock()
	s.tally.counts = nil
}

// Await returns once the counts satisfy the condition, which is asked after every
// request, or with an error when the context ends first.
func (s *Server) Await(ctx context.Context, condition func(Counts) bool) error {
	for {
		counts, changed := s.tally.snapshot()
		if condition(counts) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("await requests, %d so far: %w", counts.Total(), ctx.Err())
		}
	}
}

// add counts one under each name.
func (t *tally) add(names ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts == nil {
		t.counts = Counts{}
	}
	for _, name := range names {
		t.counts[name]++
	}
	close(t.changed)
	t.changed = make(chan struct{})
}

func (t *tally) snapshot() (Counts, <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	counts := maps.Clone(t.counts)
	if counts == nil {
		counts = Counts{}
	}
	return counts, t.changed
}
