package graphsim

import (
	"context"
	"slices"
	"sync"
)

type holdRule struct {
	op      string
	left    int
	release chan struct{}
}

// Hold lets the next n requests of that operation be executed and counted, but keeps their answers back until release
// is called or the client is gone. Release also ends the order for requests that did not come yet; it may be called
// more than once.
func (s *Server) Hold(op string, n int) (release func()) {
	h := &holdRule{op: op, left: n, release: make(chan struct{})}
	s.faults.mu.Lock()
	s.faults.holds = append(s.faults.holds, h)
	s.faults.mu.Unlock()
	return sync.OnceFunc(func() {
		close(h.release)
		s.faults.mu.Lock()
		defer s.faults.mu.Unlock()
		s.faults.holds = slices.DeleteFunc(s.faults.holds, func(other *holdRule) bool { return other == h })
	})
}

func (f *faults) hold(ctx context.Context, op string) {
	release := f.takeHold(op)
	if release == nil {
		return
	}
	select {
	case <-release:
	case <-ctx.Done():
	}
}

func (f *faults) takeHold(op string) <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, h := range f.holds {
		if h.left > 0 && (h.op == op || h.op == "*") {
			h.left--
			return h.release
		}
	}
	return nil
}

// postponed keeps requests whose answer was given before they were executed.
type postponed struct {
	mu      sync.Mutex
	pending []func()
}

func (p *postponed) keep(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pending = append(p.pending, do)
}

// Postpone answers the next n requests of that operation with f at once and executes them only when commit is called:
// the server that goes on with a request whose client gave up long ago. Commit returns when all are executed.
func (s *Server) Postpone(op string, n int, f Fault) (commit func()) {
	later := &postponed{}
	s.faults.add(&rule{op: op, left: n, fault: f, later: later})
	return func() {
		later.mu.Lock()
		pending := later.pending
		later.pending = nil
		later.mu.Unlock()
		for _, do := range pending {
			do()
		}
	}
}
