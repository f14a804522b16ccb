package vtiger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"contactbridge/internal/contact"
)

// session is one login: what vTiger said about the user, and its clock. As JSON it is what the slot's next holder gets,
// who may be on another machine.
type session struct {
	Name     string `json:"sessionName"`
	UserID   string `json:"userId"`
	IsAdmin  string `json:"is_admin"`
	TimeZone string `json:"time_zone"`
	Version  string `json:"vtigerVersion"`

	// Key stands for the access key that opened the session. Who was given another key must not live on it: a wrong key
	// would seem right.
	Key string `json:"ourKey"`
	// Server is vTiger's clock, in whole seconds, and Heard is ours when we heard it: in the process that heard it with the
	// monotonic reading, which a step of our clock does not touch; in any other without it, so that it is as wrong as the
	// two machines' clocks differ. An offset alone would be worth nothing in either: nobody could tell when it was true.
	Server time.Time `json:"ourServer"`
	Heard  time.Time `json:"ourHeard"`

	heardHere bool // Heard is this process' own
}

// now is vTiger's clock, behind by up to a second and, if it was heard here, never ahead of it.
func (s *session) now() time.Time { return s.Server.Add(time.Since(s.Heard)) }

// fingerprint stands for the access key in what is kept.
func (c *Client) fingerprint() string {
	sum := sha256.Sum256([]byte(c.config.AccessKey))
	return hex.EncodeToString(sum[:])
}

// resume reads what the slot's last holder left; nil when it is no session that this client may use.
func (c *Client) resume(kept []byte) *session {
	var s session
	if len(kept) == 0 || json.Unmarshal(kept, &s) != nil || s.Name == "" || !isID(s.UserID) || s.Key != c.fingerprint() {
		return nil
	}
	return &s
}

// keep makes a session the turn's own and leaves it for the slot's next holder.
func (t *turn) keep(s *session) {
	s.Key, s.heardHere = t.fingerprint(), true
	t.session = s
	t.kept, _ = json.Marshal(s) // texts and times of this century always marshal
	t.note(s)
}

// note remembers the session whose clock was heard last.
func (c *Client) note(s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last == nil || s.Heard.After(c.last.Heard) {
		c.last = s
	}
}

// ended forgets a session that vTiger no longer knows.
func (t *turn) ended() { t.session, t.kept = nil, nil }

const loggingIn = "log in to vTiger as the integration account"

// open gives the slot's session, logging in when there is none.
func (t *turn) open(ctx context.Context) (*session, error) {
	if t.session != nil {
		return t.session, nil
	}
	s, code, err := t.login(ctx, loggingIn, t.config.Username, t.config.AccessKey)
	if err != nil {
		return nil, err
	}
	if code != "" {
		return nil, refusedAccount(loggingIn, code)
	}
	t.keep(s)
	return s, nil
}

// refusedAccount words vTiger's refusal of the integration account. vTiger says of an inactive user what it says of a
// wrong key.
func refusedAccount(doing, code string) error {
	sentence := "vTiger refuses the access key of the integration account: copy it anew from the user's preferences in vTiger " +
		"(it is not the password), and check that the user is active."
	if code == codeDenied {
		sentence = "vTiger knows no user of this name: check the user name of the integration account."
	}
	return &contact.Error{Kind: contact.NeedsAdmin, Doing: doing, Code: code, Sentence: sentence}
}
