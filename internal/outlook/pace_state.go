package outlook

import (
	"encoding/json"
	"time"
)

// Graph serves an app 10,000 requests to a mailbox in any ten minutes, refused ones counted.
const (
	window = 10 * time.Minute
	// windowSlack is how much later than reserved a request may reach Graph: it begins within a burst, the rest is its way.
	windowSlack = burst + 5*time.Second
	// windowMost leaves fifty for what is not reserved, such as a request repeated with a fresh token.
	windowMost = 9_950
	// grain is how finely past requests are told apart. All of a grain count until its end has left the window.
	grain = 2 * time.Second
)

// mailboxPace is what all who send requests to a mailbox share. Its methods decide and do nothing else.
type mailboxPace struct {
	Used []used     `json:"used,omitempty"` // oldest first
	Turn turnOf     `json:"turn"`           // who may send
	Next turnOf     `json:"next"`           // who asked while it was another's turn
	Told refusal429 `json:"told"`
}

// used counts the requests reserved in one grain.
type used struct {
	At int64 `json:"at"` // Unix seconds of the grain's beginning
	N  int   `json:"n"`
}

// ask is a wish to send requests.
type ask struct {
	holder  string
	need    int  // fewer are of no use
	want    int  // at most
	working bool // earlier requests of this holder are still at work
}

// leave is the answer: n requests reserved at a time, or how long to wait before asking again.
type leave struct {
	n    int
	at   time.Time
	wait time.Duration
}

// readMailboxPace starts anew from what it cannot read: at worst Graph refuses some requests, which teaches the same again.
func readMailboxPace(kept []byte) *mailboxPace {
	s := &mailboxPace{}
	if len(kept) > 0 && json.Unmarshal(kept, s) != nil {
		return &mailboxPace{}
	}
	return s
}

func (s *mailboxPace) spell() []byte {
	// Times of a database or a clock have years that JSON can hold; encoding cannot fail.
	kept, _ := json.Marshal(s)
	return kept
}

// reserve answers an ask. Of all that is ever granted, no more than windowMost can reach Graph in any window, if each
// request reaches it within windowSlack of now.
func (s *mailboxPace) reserve(now time.Time, a ask) leave {
	s.forget(now)
	room := windowMost - s.sum()
	switch {
	case s.Told.closed(now) > 0:
		return leave{wait: s.Told.closed(now)}
	case room < a.need:
		return leave{wait: s.until(now, a.need-room)}
	}
	if wait := s.take(now, a); wait > 0 {
		return leave{wait: wait}
	}
	n := s.Told.spend(now, min(a.want, room), a.need)
	s.note(now, n)
	return leave{n: n, at: now}
}

func (s *mailboxPace) sum() int {
	n := 0
	for _, u := range s.Used {
		n += u.N
	}
	return n
}

// gone is when no request of the grain counts any more.
func (u used) gone() time.Time { return time.Unix(u.At, 0).Add(grain + window + windowSlack) }

func grainOf(at time.Time) int64 { return at.Truncate(grain).Unix() }

func (s *mailboxPace) forget(now time.Time) {
	for len(s.Used) > 0 && !s.Used[0].gone().After(now) {
		s.Used = s.Used[1:]
	}
}

// until is how long it takes for so many to leave the window.
func (s *mailboxPace) until(now time.Time, n int) time.Duration {
	for _, u := range s.Used {
		if n -= u.N; n <= 0 {
			return u.gone().Sub(now)
		}
	}
	return window
}

// note counts requests. A clock that went back counts them in the newest grain.
func (s *mailboxPace) note(now time.Time, n int) {
	at := grainOf(now)
	if last := len(s.Used) - 1; last >= 0 && s.Used[last].At >= at {
		s.Used[last].N += n
		return
	}
	s.Used = append(s.Used, used{At: at, N: n})
}

// giveBack takes requests out that were reserved at that time and never sent.
func (s *mailboxPace) giveBack(at time.Time, n int) {
	for i := range s.Used {
		if u := &s.Used[i]; u.At == grainOf(at) {
			u.N = max(u.N-n, 0)
		}
	}
	s.Told.refund(at, n)
}
