package graphsim

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// throttle applies the limits per app and mailbox, and remembers how hard each mailbox was driven.
type throttle struct {
	mu    sync.Mutex
	gates map[gateKey]*gate
	busy  map[string]int // mailbox -> requests at work
	peak  map[string]int
}

type gateKey struct{ app, mailbox string }

// gate keeps the times of the newest requests in a ring: its oldest entry is the one that must have left the window.
type gate struct {
	busy  int
	times []time.Time
	next  int
}

func newThrottle() *throttle {
	return &throttle{gates: map[gateKey]*gate{}, busy: map[string]int{}, peak: map[string]int{}}
}

// enter notes a request. When it is over a limit it says why; leave must be called in either case.
func (t *throttle) enter(key gateKey, set Settings, now time.Time) (refused *refusal, leave func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	g := t.gates[key]
	if g == nil {
		g = &gate{}
		t.gates[key] = g
	}
	g.busy++
	t.busy[key.mailbox]++
	t.peak[key.mailbox] = max(t.peak[key.mailbox], t.busy[key.mailbox])
	wait := g.note(set, now)
	switch {
	case wait > 0:
		refused = tooManyRequests(set, now, strconv.FormatFloat(wait.Seconds(), 'f', 3, 64))
	case set.Concurrency > 0 && g.busy > set.Concurrency:
		refused = overConcurrency(set)
	}
	return refused, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		g.busy--
		t.busy[key.mailbox]--
	}
}

// note returns how long the window stays closed, 0 when it is open. A refused request takes a place in the window
// too, so the wait is until the oldest of those that now count has left.
func (g *gate) note(set Settings, now time.Time) time.Duration {
	if set.WindowRequests <= 0 {
		g.times, g.next = nil, 0
		return 0
	}
	if len(g.times) > set.WindowRequests {
		g.times, g.next = nil, 0
	}
	if len(g.times) < set.WindowRequests {
		// A ring that had wrapped at a smaller limit starts anew, since its order is lost.
		if g.next != 0 {
			g.times, g.next = nil, 0
		}
		g.times = append(g.times, now)
		return 0
	}
	oldest := g.times[g.next]
	g.times[g.next] = now
	g.next = (g.next + 1) % len(g.times)
	if !oldest.Add(set.Window).After(now) {
		return 0
	}
	return g.times[g.next].Add(set.Window).Sub(now)
}

func tooManyRequests(set Settings, now time.Time, retryAfter string) *refusal {
	r := &refusal{status: http.StatusTooManyRequests, code: "TooManyRequests", message: "Please retry again later."}
	r.inner = map[string]any{
		"code": "429", "message": "Please retry after", "status": "429", "date": now.UTC().Format(errorTime),
	}
	return r.retry(set, retryAfter)
}

func overConcurrency(set Settings) *refusal {
	r := &refusal{
		status: http.StatusTooManyRequests, code: "ApplicationThrottled",
		message: "Application is over its MailboxConcurrency limit.",
	}
	return r.retry(set, set.ConcurrencyRetryAfter)
}

func (r *refusal) retry(set Settings, after string) *refusal {
	if !set.OmitRetryAfter && after != "" {
		r.header = http.Header{"Retry-After": {after}}
	}
	return r
}

// MaxConcurrency returns the largest number of requests to the user's mailbox, over all apps, that were ever at work
// together; refused ones and parts of a $batch included.
func (s *Server) MaxConcurrency(user string) int {
	a := s.directory.account(user)
	if a == nil {
		return 0
	}
	s.throttle.mu.Lock()
	defer s.throttle.mu.Unlock()
	return s.throttle.peak[a.id]
}

// Spend makes the window of that app and mailbox as if the app had sent n requests to it, evenly over the window until now.
func (s *Server) Spend(app, user string, n int) error {
	a, set, now := s.directory.account(user), s.current(), s.now()
	if a == nil {
		return fmt.Errorf("spend requests to the mailbox of %s: no such user", user)
	}
	s.throttle.mu.Lock()
	defer s.throttle.mu.Unlock()
	g := &gate{}
	if before := s.throttle.gates[gateKey{app, a.id}]; before != nil {
		g.busy = before.busy
	}
	for i := range n {
		g.note(set, now.Add(-set.Window+set.Window*time.Duration(i)/time.Duration(n)))
	}
	s.throttle.gates[gateKey{app, a.id}] = g
	return nil
}
