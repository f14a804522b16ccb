package outlook

import (
	"context"
	"crypto/rand"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"contactbridge/internal/contact"
)

const (
	// block is how many requests are reserved at once: three seconds' worth at the speed that Graph keeps up.
	block = 60
	// burst is how long reserved requests may begin; what is left then is given back.
	burst = 3 * time.Second
	// patience is how long a request waits for leave by itself; a longer wait is the caller's.
	patience = 5 * time.Second
	// idleAfter is when a client without work gives its turn back.
	idleAfter = 250 * time.Millisecond
	// storing bounds what is told to the store while nobody waits for it.
	storing = 5 * time.Second
)

// Keep changes what is kept about one mailbox, atomically among all who send requests to it. change is given a clock that
// is the same for all of them and what was kept, nil at first; what it returns is kept next. It may be called repeatedly.
type Keep func(ctx context.Context, change func(now time.Time, kept []byte) []byte) error

// WithPace shares the mailbox's pace with every Client, of any process, that is given the same Keep. Without it a Client
// paces itself alone.
func WithPace(keep Keep) Option {
	return func(s *settings) { s.keep = keep }
}

// withClock makes waiting follow another clock.
func withClock(c clock) Option {
	return func(s *settings) { s.clock = c }
}

// clock tells the time and waits.
type clock struct {
	now   func() time.Time
	sleep func(ctx context.Context, d time.Duration) error
}

func realClock() clock {
	return clock{now: time.Now, sleep: func(ctx context.Context, d time.Duration) error {
		wake := time.NewTimer(d)
		defer wake.Stop()
		select {
		case <-wake.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}}
}

// pacer lets a Client's requests begin. Within the Client four slots bound what is in flight; a $batch takes all four, for
// Graph works on four of its parts at once. Among Clients the mailbox's turn excludes the others, since a run being alone
// with its connection does not make it alone in the mailbox: two connections may share one.
type pacer struct {
	keep   Keep
	clock  clock
	holder string
	slots  *semaphore.Weighted
	busy   atomic.Int64 // requests that have leave and are not done
	void   atomic.Bool  // what is reserved may not begin: Graph has asked to slow down since
	idle   *time.Timer

	booking chan struct{} // guards what follows; a mutex that a context can leave
	reserved
	holds bool // the store may count us as the one whose turn it is
}

// reserved is what is left of the newest block.
type reserved struct {
	left int
	at   time.Time // when it was reserved, by the store's clock
	ends time.Time // when its requests may no longer begin, by our clock
}

func newPacer(keep Keep, c clock) *pacer {
	if c.now == nil {
		c = realClock()
	}
	if keep == nil {
		keep = keepAlone(c.now)
	}
	p := &pacer{keep: keep, clock: c, holder: rand.Text(), slots: semaphore.NewWeighted(atWork), booking: make(chan struct{}, 1)}
	p.idle = time.AfterFunc(time.Hour, p.rest)
	p.idle.Stop()
	return p
}

// begin waits until n requests in so many slots may be sent together. done must be called when they were answered. An
// error means that nothing left; Throttled says when to ask again.
func (p *pacer) begin(ctx context.Context, doing string, slots int64, n int) (done func(), err error) {
	if err := p.slots.Acquire(ctx, slots); err != nil {
		return nil, stopped(doing, err)
	}
	if err := p.book(ctx, doing, n); err != nil {
		p.slots.Release(slots)
		return nil, err
	}
	return func() {
		if p.busy.Add(-1) == 0 {
			p.idle.Reset(idleAfter)
		}
		p.slots.Release(slots)
	}, nil
}

func (p *pacer) book(ctx context.Context, doing string, n int) error {
	select {
	case p.booking <- struct{}{}:
		defer func() { <-p.booking }()
	case <-ctx.Done():
		return stopped(doing, ctx.Err())
	}
	for until := p.clock.now().Add(patience); ; {
		now := p.clock.now()
		if p.void.Swap(false) {
			p.ends = time.Time{}
		}
		if p.left >= n && now.Before(p.ends) {
			p.left -= n
			p.busy.Add(1)
			return nil
		}
		wait, err := p.reserve(ctx, n)
		switch {
		case ctx.Err() != nil:
			return stopped(doing, ctx.Err())
		case err != nil:
			return neverLeft(asError(doing, err))
		case now.Add(wait).After(until):
			return tooFast(doing, wait)
		}
		if err := p.clock.sleep(ctx, wait); err != nil {
			return stopped(doing, err)
		}
	}
}

// reserve asks for a block that holds n; a wait above zero means that there is none yet.
func (p *pacer) reserve(ctx context.Context, n int) (time.Duration, error) {
	began, old := p.clock.now(), p.reserved
	working := p.busy.Load() > 0
	var got leave
	err := p.keep(ctx, func(now time.Time, kept []byte) []byte {
		s := readMailboxPace(kept)
		s.giveBack(old.at, old.left)
		got = s.reserve(now, ask{holder: p.holder, need: n, want: max(n, block), working: working})
		return s.spell()
	})
	if err != nil {
		return 0, err
	}
	p.reserved = reserved{left: got.n, at: got.at, ends: began.Add(burst)}
	p.holds = p.holds || got.n > 0
	return got.wait, nil
}

// rest gives back what an idle Client does not use. A store that does not answer loses nothing: the turn ends by itself.
func (p *pacer) rest() {
	select {
	case p.booking <- struct{}{}:
		defer func() { <-p.booking }()
	default:
		return
	}
	if p.busy.Load() > 0 || !p.holds {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), storing)
	defer cancel()
	old := p.reserved
	p.reserved, p.holds = reserved{}, false
	_ = p.keep(ctx, func(_ time.Time, kept []byte) []byte {
		s := readMailboxPace(kept)
		s.giveBack(old.at, old.left)
		s.leaveTurn(p.holder)
		return s.spell()
	})
}

func stopped(doing string, err error) error {
	return neverLeft(unreachable(doing, "The work was stopped.", err))
}

// leastWait keeps a caller who is sent away from coming back before anything can have changed.
const leastWait = time.Second

func tooFast(doing string, wait time.Duration) error {
	return &contact.Error{
		Kind: contact.Throttled, Doing: doing, Refused: true, RetryAfter: max(wait, leastWait),
		Sentence: "The mailbox has had as many requests as Microsoft Graph allows for now.",
	}
}
