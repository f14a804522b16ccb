package vtigersim

import (
	"crypto/md5" // vTiger defines its login with it
	"crypto/rand"
	"encoding/hex"
	"sync"
	"time"
)

const (
	challengeLife = 300 * time.Second
	vtigerVersion = "8.3.0"
)

// challenge is the only valid login token of a user.
type challenge struct {
	token   string
	expires time.Time
}

// session is a signed-in client. PHP locks the session file for the length of a
// request, so requests of one session run one after the other.
type session struct {
	mu     sync.Mutex
	userID string
}

// getChallenge issues a token and thereby makes the user's former one worthless.
func (s *Server) getChallenge(c *call) (any, error) {
	name := c.params["username"]
	if name == "" {
		return nil, errNoUserName
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.userByName(name)
	if u == nil {
		return nil, errUnknownUser
	}
	now := s.now()
	issued := challenge{token: randomHex(13), expires: now.Add(challengeLife)}
	s.challenges[u.id] = issued
	return object{
		{"token", issued.token},
		{"serverTime", now.Unix()},
		{"expireTime", issued.expires.Unix()},
	}, nil
}

// login leaves the token valid: it may be used again until it expires or is
// replaced, and a wrong key does not consume it.
func (s *Server) login(c *call) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.userByName(c.params["username"])
	if u == nil {
		return nil, errBadToken
	}
	issued, ok := s.challenges[u.id]
	if !ok || s.now().After(issued.expires) {
		return nil, errBadToken
	}
	sum := md5.Sum([]byte(issued.token + u.AccessKey))
	if u.Inactive || u.AccessKey == "" || c.params["accessKey"] != hex.EncodeToString(sum[:]) {
		return nil, errBadCredentials
	}
	name := randomHex(21)
	s.sessions[name] = &session{userID: u.id}
	s.use.opened(name, u.id)
	return object{
		{"username", u.UserName},
		{"first_name", u.FirstName},
		{"last_name", u.LastName},
		{"email", u.Email},
		{"time_zone", u.TimeZone},
		{"hour_format", u.HourFormat},
		{"date_format", u.DateFormat},
		{"is_admin", u.isAdmin()},
		{"call_duration", "5"},
		{"other_event_duration", "5"},
		{"sessionName", name},
		{"userId", u.id},
		{"version", "0.22"},
		{"vtigerVersion", vtigerVersion},
	}, nil
}

// openSession finds the caller's session. The user is copied, so that it stays
// the same through the request.
func (s *Server) openSession(c *call) error {
	name := c.either("sessionName")
	if name == "" || name == "null" {
		return errNoSession
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	found := s.sessions[name]
	if found == nil || s.users[found.userID] == nil {
		return errBadSession
	}
	caller := *s.users[found.userID]
	c.session, c.user = found, &caller
	return nil
}

// randomHex returns n hexadecimal digits.
func randomHex(n int) string {
	digits := make([]byte, n/2+1)
	_, _ = rand.Read(digits) // never fails: see crypto/rand
	return hex.EncodeToString(digits)[:n]
}
