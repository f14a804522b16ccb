package vtiger

import (
	"net/http"
	"strconv"
	"time"

	"contactbridge/internal/contact"
)

// codeTooMany is the code of a call beyond vTiger Cloud's limits. Its manual tells the status 429 and not whether a reply
// with status 200 can hold the code, as vTiger's other errors do; both are understood.
const codeTooMany = "TOO_MANY_REQUESTS"

const (
	// unsaidPause is how long to pause when vTiger does not say: the hour's limit has no header.
	unsaidPause = 30 * time.Second
	// longestPause bounds what a header can do to all workers: after it one request finds out whether vTiger still means it.
	longestPause = time.Hour
)

// slowDown is the error of a call that vTiger's limits do not allow now.
func slowDown(doing string, wait time.Duration) *contact.Error {
	return &contact.Error{
		Kind: contact.Throttled, Doing: doing, Code: strconv.Itoa(http.StatusTooManyRequests), Refused: true,
		Sentence: "vTiger asks to slow down.", RetryAfter: wait,
	}
}

// pauseOf reads from the headers of a refused call how long to pause: Retry-After, else the resets of those limits of
// vTiger Cloud of which nothing remains, in seconds of the epoch by the server's clock.
func pauseOf(h http.Header, now time.Time) time.Duration {
	pause := retryAfter(h.Get("Retry-After"), now)
	if pause == 0 {
		if at, err := http.ParseTime(h.Get("Date")); err == nil {
			now = at
		}
		for _, limit := range []string{"X-FloodControl-", "X-RateLimit-"} {
			reset, err := strconv.ParseInt(h.Get(limit+"Reset"), 10, 64)
			if err == nil && h.Get(limit+"Remaining") == "0" {
				pause = max(pause, time.Unix(reset, 0).Sub(now))
			}
		}
	}
	if pause <= 0 {
		pause = unsaidPause
	}
	return min(pause, longestPause)
}
