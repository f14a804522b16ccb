package reconcile

import (
	"time"

	"contactbridge/internal/contact"
)

// ReturnWindow is how long after our own write an old form in somebody's browser may still be saved over it.
const ReturnWindow = time.Hour

// Replacement is what our own last write to a field of vTiger took away, as vTiger showed it, and when by our clock.
type Replacement struct {
	Value string    `json:"value,omitempty"`
	At    time.Time `json:"at"`
}

// returned tells whether vTiger's value is exactly what our own write replaced within the last hour. vTiger's forms save
// every field as it was when the form was opened, so that nobody may have meant it.
func (l Link) returned(f contact.Field, shown string, now time.Time) bool {
	r, written := l.Replaced[f]
	return written && shown == r.Value && !now.After(r.At.Add(ReturnWindow))
}
