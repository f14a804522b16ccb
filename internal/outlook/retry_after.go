package outlook

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter keeps an absurd header from stopping a mailbox for days.
const maxRetryAfter = time.Hour

// retryAfter reads Retry-After: seconds, which Graph also gives with a fraction, or a date. Zero when it is absent or
// unreadable.
func retryAfter(h http.Header) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return 0
	}
	wait := time.Duration(0)
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		wait = duration(seconds)
	} else if at, err := http.ParseTime(value); err == nil {
		wait = time.Until(at)
	}
	return min(max(wait, 0), maxRetryAfter)
}

// duration bounds seconds before converting them: a float beyond int64, or NaN, converts to anything.
func duration(seconds float64) time.Duration {
	switch {
	case seconds >= maxRetryAfter.Seconds():
		return maxRetryAfter
	case seconds > 0:
		return time.Duration(seconds * float64(time.Second))
	}
	return 0
}
