package graphsim

import "time"

// FastClock is a clock for [WithClock] that begins at the present and goes that many times as fast as the real one, so
// that ten minutes of limits pass in seconds.
func FastClock(times int) func() time.Time {
	began := time.Now()
	return func() time.Time { return began.Add(time.Since(began) * time.Duration(times)) }
}
