package outlook

import (
	"context"
	"math"
	"net/http"
	"time"
)

const (
	fullRate  = float64(windowMost) / float64(window/time.Second) // a second, which the window allows in the long run
	leastRate = 1.0
	// recovery is how long a lowered rate takes to double.
	recovery = 2 * time.Minute
	// How long the mailbox is left alone when Graph does not say: twice as long at each refusal in a row.
	firstBackoff = time.Second
	longBackoff  = 5 * time.Minute
)

// refusal429 is what Graph's answers 429 taught. Rate is the requests a second at the time Since, and doubles from there;
// above fullRate it bounds nothing.
type refusal429 struct {
	Until   time.Time     `json:"until"` // Graph is not asked before
	Backoff time.Duration `json:"backoff,omitempty"`
	Since   time.Time     `json:"since"`
	Rate    float64       `json:"rate,omitempty"`
	Free    time.Time     `json:"free"` // when what was granted is over at the lowered rate
}

// heard notes a refusal. What was under way together is refused together and counts as one.
func (r *refusal429) heard(now time.Time, retryAfter time.Duration) {
	again := !now.Before(r.Until)
	wait := retryAfter
	if wait <= 0 {
		if again {
			r.Backoff = r.nextBackoff(now)
		}
		wait = max(r.Backoff, firstBackoff)
	}
	if again {
		rate := fullRate
		if low := r.rate(now); low > 0 {
			rate = low
		}
		r.Rate, r.Since = max(rate/2, leastRate), now
	}
	if until := now.Add(wait); until.After(r.Until) {
		r.Until = until
	}
}

// nextBackoff doubles while refusals follow one another, each soon after the wait for the one before.
func (r *refusal429) nextBackoff(now time.Time) time.Duration {
	if r.Backoff == 0 || now.Sub(r.Until) > 4*r.Backoff {
		return firstBackoff
	}
	return min(2*r.Backoff, longBackoff)
}

// rate is the lowered rate as far as it has recovered; 0 when it bounds nothing.
func (r *refusal429) rate(now time.Time) float64 {
	if r.Rate == 0 {
		return 0
	}
	rate := r.Rate * math.Exp2(now.Sub(r.Since).Seconds()/recovery.Seconds())
	if rate >= fullRate {
		return 0
	}
	return rate
}

// closed is how long nothing may be sent.
func (r *refusal429) closed(now time.Time) time.Duration {
	wait := r.Until.Sub(now)
	if r.rate(now) > 0 {
		wait = max(wait, r.Free.Sub(now))
	}
	return max(wait, 0)
}

// spend grants up to want requests, but not less than need: at a lowered rate a second's worth, after which it is closed
// for as long as they take, so that nobody keeps from others for long what is scarce.
func (r *refusal429) spend(now time.Time, want, need int) int {
	rate := r.rate(now)
	if rate == 0 {
		return want
	}
	n := max(min(want, int(rate)), need)
	r.Free = now.Add(timeFor(n, rate))
	return n
}

// refund takes back what so many requests were charged at that time.
func (r *refusal429) refund(at time.Time, n int) {
	if rate := r.rate(at); rate > 0 && n > 0 {
		r.Free = r.Free.Add(-timeFor(n, rate))
	}
}

func timeFor(n int, rate float64) time.Duration {
	return time.Duration(float64(n) / rate * float64(time.Second))
}

// heed tells everybody in the mailbox when Graph refused one of these for being too much, for the longest of what it asks.
// The caller gets its answers in any case, so a store that cannot be told is no failure of its own.
func (p *pacer) heed(ctx context.Context, answers ...answer) {
	refused, wait := false, time.Duration(0)
	for _, a := range answers {
		if a.status == http.StatusTooManyRequests || a.status == 509 {
			refused, wait = true, max(wait, retryAfter(a.header))
		}
	}
	if !refused {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storing)
	defer cancel()
	_ = p.keep(ctx, func(now time.Time, kept []byte) []byte {
		s := readMailboxPace(kept)
		s.Told.heard(now, wait)
		return s.spell()
	})
	p.void.Store(true)
}
