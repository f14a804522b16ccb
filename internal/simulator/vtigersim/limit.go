package vtigersim

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// CallLimits are vTiger Cloud's limits for all callers of the CRM together. Zero
// is no limit: a self-hosted CRM has none. Cloud's Professional edition is 60, 4000
// and 72000.
type CallLimits struct {
	PerMinute int
	PerHour   int
	PerDay    int
	Refusal   LimitRefusal
	// RetryAfter is sent with each refusal, in whole seconds, as a proxy before vTiger
	// does. Zero sends no such header: the manual tells of none.
	RetryAfter time.Duration
}

// LimitRefusal is how a call beyond the limits is answered. vTiger's manual tells
// the status 429 and nothing of the body, hence the choice.
type LimitRefusal string

const (
	// LimitJSON is HTTP 429 with a JSON error, code TOO_MANY_REQUESTS. The default.
	LimitJSON LimitRefusal = ""
	// LimitEmpty is HTTP 429 with an empty body.
	LimitEmpty LimitRefusal = "empty"
	// LimitOK is HTTP 200 with the JSON error, as vTiger answers all other errors.
	LimitOK LimitRefusal = "ok"
)

// window is one limit's current period; it begins with the first call after the
// last one ended.
type window struct {
	length time.Duration
	limit  int
	used   int
	ends   time.Time
}

type limiter struct {
	mu                sync.Mutex
	refusal           LimitRefusal
	retryAfter        time.Duration
	minute, hour, day window
}

// SetCallLimits sets limits and starts counting anew, by the CRM's clock. While one
// is set every answer has the manual's headers for it: X-FloodControl-MinuteLimit,
// -Remaining and -Reset, X-RateLimit-DailyLimit, -Remaining and -Reset, the resets
// in seconds of the epoch; the hour has none. Refused calls do not use up anything
// and are neither executed nor do they use up a Fault.
func (s *Server) SetCallLimits(limits CallLimits) {
	l := &s.limits
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refusal, l.retryAfter = limits.Refusal, limits.RetryAfter
	l.minute = window{length: time.Minute, limit: limits.PerMinute}
	l.hour = window{length: time.Hour, limit: limits.PerHour}
	l.day = window{length: 24 * time.Hour, limit: limits.PerDay}
}

// take uses up one call, if there is one left in all windows, and tells in headers
// what remains. refused is nil where the call may go on.
func (l *limiter) take(now time.Time) (headers http.Header, refused *answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	windows := []*window{&l.minute, &l.hour, &l.day}
	free := true
	for _, w := range windows {
		free = w.open(now) && free
	}
	if free {
		for _, w := range windows {
			w.used++
		}
	} else {
		a := l.refusal.answer()
		refused = &a
	}
	headers = http.Header{}
	l.minute.tell(headers, "X-FloodControl", "MinuteLimit")
	l.day.tell(headers, "X-RateLimit", "DailyLimit")
	if refused != nil && l.retryAfter > 0 {
		headers.Set("Retry-After", strconv.Itoa(int(l.retryAfter/time.Second)))
	}
	return headers, refused
}

// limits returns what was set.
func (l *limiter) limits() CallLimits {
	l.mu.Lock()
	defer l.mu.Unlock()
	return CallLimits{PerMinute: l.minute.limit, PerHour: l.hour.limit, PerDay: l.day.limit, Refusal: l.refusal, RetryAfter: l.retryAfter}
}

// open begins a new period where the last one is over, and reports whether the
// window lets a call through.
func (w *window) open(now time.Time) bool {
	if !now.Before(w.ends) {
		w.used, w.ends = 0, now.Add(w.length)
	}
	return w.limit <= 0 || w.used < w.limit
}

func (w *window) tell(headers http.Header, prefix, limit string) {
	if w.limit <= 0 {
		return
	}
	headers.Set(prefix+"-"+limit, strconv.Itoa(w.limit))
	headers.Set(prefix+"-Remaining", strconv.Itoa(w.limit-w.used))
	headers.Set(prefix+"-Reset", strconv.FormatInt(w.ends.Unix(), 10))
}

func (r LimitRefusal) answer() answer {
	a := reply(nil, &refusal{"TOO_MANY_REQUESTS", "API request limit exceeded"})
	if r == LimitOK {
		return a
	}
	a.status = http.StatusTooManyRequests
	if r == LimitEmpty {
		a.contentType, a.body = htmlType, nil
	}
	return a
}
