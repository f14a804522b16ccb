package vtigersim

import "sync"

// SessionUse tells how the web service's sessions of one user were used since New or
// ResetSessionUse.
type SessionUse struct {
	Opened   int // logins that succeeded
	Alive    int // sessions that would be accepted now
	AtWork   int // the most sessions that had a request at work at one time
	Together int // the most requests at work in one session at one time; PHP lets them queue
}

// sessionUse counts requests from their arrival until their answer is sent, whether
// they wait, are held or are executed.
type sessionUse struct {
	mu     sync.Mutex
	users  map[string]*SessionUse // by user id
	atWork map[string]int         // requests by session name
	owner  map[string]string      // user id by session name, ended sessions too
}

// SessionUse returns the use of a user's sessions.
func (s *Server) SessionUse(userID string) SessionUse {
	s.mu.RLock()
	alive := 0
	for _, open := range s.sessions {
		if open.userID == userID {
			alive++
		}
	}
	s.mu.RUnlock()
	s.use.mu.Lock()
	defer s.use.mu.Unlock()
	use := *s.use.of(userID)
	use.Alive = alive
	return use
}

// ResetSessionUse starts counting from zero.
func (s *Server) ResetSessionUse() {
	s.use.mu.Lock()
	defer s.use.mu.Unlock()
	s.use.users = nil
}

// of returns a user's counts. The caller holds mu.
func (u *sessionUse) of(userID string) *SessionUse {
	if u.users == nil {
		u.users = map[string]*SessionUse{}
	}
	if u.users[userID] == nil {
		u.users[userID] = &SessionUse{}
	}
	return u.users[userID]
}

func (u *sessionUse) opened(name, userID string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.owner == nil {
		u.owner, u.atWork = map[string]string{}, map[string]int{}
	}
	u.owner[name] = userID
	u.of(userID).Opened++
}

// begin counts a request in a session; end must be called before its answer is sent,
// since the client may send its next request at once.
func (u *sessionUse) begin(name string) (end func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	userID, known := u.owner[name]
	if !known {
		return func() {}
	}
	u.atWork[name]++
	use, sessions := u.of(userID), 0
	for other := range u.atWork {
		if u.owner[other] == userID {
			sessions++
		}
	}
	use.AtWork, use.Together = max(use.AtWork, sessions), max(use.Together, u.atWork[name])
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		if u.atWork[name]--; u.atWork[name] == 0 {
			delete(u.atWork, name)
		}
	}
}
