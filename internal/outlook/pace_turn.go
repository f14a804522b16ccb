package outlook

import "time"

const (
	// turnLife is a burst and the time its last requests need. It is politeness, not safety: a request that takes longer
	// may meet another's, at the cost of an answer 429.
	turnLife = burst + 5*time.Second
	// turnPoll is how often one who waits for the turn asks, and nextLife how long that is remembered.
	turnPoll = 50 * time.Millisecond
	nextLife = 2 * time.Second
)

// turnOf is somebody's until its end.
type turnOf struct {
	Holder  string    `json:"holder,omitempty"`
	Ends    time.Time `json:"ends"`
	Offered bool      `json:"offered,omitempty"` // the holder was let go first and has not asked since
}

// others tells whether it is somebody else's now.
func (t turnOf) others(now time.Time, holder string) bool {
	return t.Holder != "" && t.Holder != holder && now.Before(t.Ends)
}

// take makes it the asker's turn, or says how long to wait. Whoever holds the turn lets the next one go first when it asks
// again, but not before its own requests are answered.
func (s *mailboxPace) take(now time.Time, a ask) time.Duration {
	mine, next := turnOf{Holder: a.holder, Ends: now.Add(turnLife)}, turnOf{Holder: a.holder, Ends: now.Add(nextLife)}
	waited := s.Next.others(now, a.holder)
	switch {
	case s.Turn.others(now, a.holder):
		if !waited && s.Next.Ends.Sub(now) < nextLife/2 { // else it is known, and storing it again of no use
			s.Next = next
		}
		return turnPoll
	case waited && !(s.Turn.Offered && s.Turn.Holder == a.holder):
		if !a.working {
			s.Turn, s.Next = s.Next, next
			s.Turn.Offered = true
		}
		return turnPoll
	case !waited:
		s.Next = turnOf{}
	}
	s.Turn = mine
	return 0
}

// leaveTurn ends the holder's turn, if it is its.
func (s *mailboxPace) leaveTurn(holder string) {
	if s.Turn.Holder == holder {
		s.Turn = turnOf{}
	}
}
