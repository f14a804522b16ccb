package vtiger

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"contactbridge/internal/contact"
)

// maxLogins is how many logins are refused before the key is called wrong: another process may have replaced a challenge.
const maxLogins = 3

// session is one login: what vTiger said about the user, and its clock.
type session struct {
	Name     string `json:"sessionName"`
	UserID   string `json:"userId"`
	UserName string `json:"username"`
	IsAdmin  string `json:"is_admin"`
	TimeZone string `json:"time_zone"`
	Version  string `json:"vtigerVersion"`

	number int
	server time.Time // vTiger's clock, whole seconds
	heard  time.Time // when we heard it, with the monotonic reading
}

// now is vTiger's clock, behind by up to a second and never ahead of it.
func (s *session) now() time.Time { return s.server.Add(time.Since(s.heard)) }

// open gives the session, logging in when there is none. The caller has the turn.
func (c *Client) open(ctx context.Context) (*session, error) {
	c.mu.Lock()
	here := c.here
	c.mu.Unlock()
	if here != nil {
		return here, nil
	}
	const doing = "log in to vTiger as the integration account"
	s, code, err := c.login(ctx, doing, c.config.Username, c.config.AccessKey)
	if err != nil {
		return nil, err
	}
	if code != "" {
		return nil, refusedAccount(doing, code)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.many++
	s.number = c.many
	c.here, c.last = s, s
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

// ended forgets a session that vTiger no longer knows.
func (c *Client) ended(s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.here == s {
		c.here = nil
	}
}

// login answers with a session, or with vTiger's code when it refuses user name or key.
func (c *Client) login(ctx context.Context, doing, username, key string) (s *session, code string, err error) {
	for n := 1; ; n++ {
		var final bool
		s, code, final, err = c.loginOnce(ctx, doing, username, key)
		if err != nil || s != nil || final || n == maxLogins {
			return s, code, err
		}
		select {
		case <-time.After(time.Duration(n) * (c.pause + rand.N(2*c.pause))):
		case <-ctx.Done():
			return nil, "", &contact.Error{Kind: contact.Unavailable, Doing: doing, Refused: true, Err: ctx.Err()}
		}
	}
}

// loginOnce takes a fresh challenge and answers it, alone among the logins of this user. final says that trying again
// is pointless: vTiger does not know the user.
func (c *Client) loginOnce(ctx context.Context, doing, username, key string) (s *session, code string, final bool, err error) {
	unlock, err := c.lock(ctx, username)
	if err != nil {
		return nil, "", false, &contact.Error{Kind: contact.Unavailable, Doing: doing, Refused: true, Err: err}
	}
	defer unlock()

	a, err := c.exchange(ctx, question{doing, http.MethodGet, c.config.webservice(), url.Values{
		"operation": {"getchallenge"}, "username": {username},
	}})
	if err != nil {
		return nil, "", false, err
	}
	if a.code != "" {
		return refusedLogin(doing, a, codeDenied)
	}
	heard := time.Now()
	var challenge struct {
		Token      string      `json:"token"`
		ServerTime json.Number `json:"serverTime"`
	}
	if json.Unmarshal(a.result, &challenge) != nil || challenge.Token == "" {
		return nil, "", false, rubbish(doing)
	}
	clock, err := challenge.ServerTime.Int64()
	if err != nil {
		return nil, "", false, rubbish(doing)
	}

	a, err = c.exchange(ctx, question{doing, http.MethodPost, c.config.webservice(), url.Values{
		"operation": {"login"}, "username": {username}, "accessKey": {proof(challenge.Token, key)},
	}})
	if err != nil {
		return nil, "", false, err
	}
	if a.code != "" {
		return refusedLogin(doing, a, "")
	}
	s = &session{server: time.Unix(clock, 0).UTC(), heard: heard}
	if json.Unmarshal(a.result, s) != nil || s.Name == "" || !isID(s.UserID) {
		return nil, "", false, rubbish(doing)
	}
	return s, "", true, nil
}

// refusedLogin sorts a code into a refusal of the credentials or a failure.
func refusedLogin(doing string, a answer, finalCode string) (*session, string, bool, error) {
	switch a.code {
	case codeCredentials, codeToken, finalCode:
		return nil, a.code, a.code == finalCode, nil
	}
	return nil, "", false, failure(doing, a)
}

// exchange sends one question and decodes its reply.
func (c *Client) exchange(ctx context.Context, q question) (answer, error) {
	body, err := c.send(ctx, q)
	if err != nil {
		return answer{}, err
	}
	a, err := decode(body)
	if err != nil {
		e := rubbish(q.doing)
		e.Code = strange(body)
		return answer{}, e
	}
	return a, nil
}
