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

// login answers with a session, or with vTiger's code when it refuses user name or key.
func (t *turn) login(ctx context.Context, doing, username, key string) (s *session, code string, err error) {
	for n := 1; ; n++ {
		var final bool
		s, code, final, err = t.loginOnce(ctx, doing, username, key)
		if err != nil || s != nil || final || n == maxLogins {
			return s, code, err
		}
		if err := sleep(ctx, time.Duration(n)*(t.again+rand.N(2*t.again))); err != nil {
			return nil, "", &contact.Error{Kind: contact.Unavailable, Doing: doing, Refused: true, Err: err}
		}
	}
}

// loginOnce takes a fresh challenge and answers it, alone among the logins of this user. final says that trying again
// is pointless: vTiger does not know the user.
func (t *turn) loginOnce(ctx context.Context, doing, username, key string) (s *session, code string, final bool, err error) {
	unlock, err := t.lock(ctx, username)
	if err != nil {
		return nil, "", false, &contact.Error{Kind: contact.Unavailable, Doing: doing, Refused: true, Err: err}
	}
	defer unlock()

	s, token, code, err := t.challenge(ctx, doing, username)
	if err != nil || code != "" {
		return nil, code, code == codeDenied, err
	}
	a, err := t.exchange(ctx, question{doing, http.MethodPost, t.config.webservice(), url.Values{
		"operation": {"login"}, "username": {username}, "accessKey": {proof(token, key)},
	}})
	if err != nil {
		return nil, "", false, err
	}
	if a.code != "" {
		code, err = refusedLogin(doing, a, "")
		return nil, code, false, err
	}
	server, heard := s.Server, s.Heard
	if json.Unmarshal(a.result, s) != nil || s.Name == "" || !isID(s.UserID) {
		return nil, "", false, rubbish(doing)
	}
	s.Server, s.Heard = server, heard
	return s, "", true, nil
}

// challenge asks for a token, which ends the user's former one, and hears vTiger's clock with it. The caller has the
// user's login lock.
func (t *turn) challenge(ctx context.Context, doing, username string) (s *session, token, code string, err error) {
	a, err := t.exchange(ctx, question{doing, http.MethodGet, t.config.webservice(), url.Values{
		"operation": {"getchallenge"}, "username": {username},
	}})
	if err != nil {
		return nil, "", "", err
	}
	if a.code != "" {
		code, err = refusedLogin(doing, a, codeDenied)
		return nil, "", code, err
	}
	heard := time.Now()
	var challenge struct {
		Token      string      `json:"token"`
		ServerTime json.Number `json:"serverTime"`
	}
	if json.Unmarshal(a.result, &challenge) != nil || challenge.Token == "" {
		return nil, "", "", rubbish(doing)
	}
	clock, err := challenge.ServerTime.Int64()
	if err != nil {
		return nil, "", "", rubbish(doing)
	}
	return &session{Server: time.Unix(clock, 0).UTC(), Heard: heard}, challenge.Token, "", nil
}

// refusedLogin sorts a code into a refusal of the credentials, which it gives, or a failure.
func refusedLogin(doing string, a answer, unknownUser string) (code string, err error) {
	switch a.code {
	case codeCredentials, codeToken, unknownUser:
		return a.code, nil
	}
	return "", failure(doing, a)
}
