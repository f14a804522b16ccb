package vtiger

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"contactbridge/internal/contact"
)

const signingIn = "sign in a person with vTiger"

// SignIn lets vTiger check a person's credentials: the access key when it is given, else the password. The user is then
// looked up as the integration account, since an ordinary user may not read even their own.
//
// Kind NeedsSignIn when vTiger refuses them or the user is inactive.
func (c *Client) SignIn(ctx context.Context, username, password, accessKey string) (User, error) {
	if strings.TrimSpace(username) == "" || password == "" && accessKey == "" {
		return User{}, refusedSignIn("")
	}
	var id string
	var err error
	if accessKey != "" {
		id, err = c.keyHolder(ctx, username, accessKey)
	} else {
		id, err = c.passwordHolder(ctx, username, password)
	}
	if err != nil {
		return User{}, err
	}
	rows, err := c.query(ctx, signingIn, userColumns+vtql(" where id = ?", id))
	if err != nil {
		return User{}, err
	}
	for _, r := range rows {
		if user := r.user(); user.ID == id && user.Active {
			return user, nil
		}
	}
	return User{}, &contact.Error{Kind: contact.NeedsSignIn, Doing: signingIn, Sentence: "This vTiger user is not active."}
}

func refusedSignIn(code string) error {
	return &contact.Error{
		Kind: contact.NeedsSignIn, Doing: signingIn, Code: code,
		Sentence: "vTiger does not accept this user name with this password or access key.",
	}
}

// keyHolder logs in to the web service as the person. The session is left to expire: logout fails on PHP 8. It has a turn
// only so that vTiger's wish for a pause holds for it too; the slot's own session is not touched.
func (c *Client) keyHolder(ctx context.Context, username, accessKey string) (id string, err error) {
	t, err := c.take(ctx, signingIn)
	if err != nil {
		return "", err
	}
	defer t.give()
	s, code, err := t.login(ctx, signingIn, username, accessKey)
	if err != nil {
		return "", err
	}
	if code != "" {
		return "", refusedSignIn(code)
	}
	return s.UserID, nil
}

// passwordHolder asks the Mobile module, the only one that takes a password. Its user id lacks the entity prefix, which
// the integration account's own id tells.
func (c *Client) passwordHolder(ctx context.Context, username, password string) (id string, err error) {
	a, err := c.askMobile(ctx, username, password)
	if err != nil {
		return "", mobileOff(err)
	}
	if a.code == codePassword {
		return "", refusedSignIn(a.code)
	}
	var reply struct {
		Login struct {
			UserID json.RawMessage `json:"userid"`
		} `json:"login"`
	}
	if a.code != "" || json.Unmarshal(a.result, &reply) != nil {
		return "", mobileOff(&contact.Error{Kind: contact.NeedsAdmin, Doing: signingIn, Code: a.code})
	}
	s, err := c.known(ctx)
	if err != nil {
		return "", err
	}
	prefix, _, _ := strings.Cut(s.UserID, "x")
	bare, _ := scalar(reply.Login.UserID)
	if id = prefix + "x" + bare; !isID(id) {
		return "", rubbish(signingIn)
	}
	return id, nil
}

// askMobile has a turn for the same reason as keyHolder, and gives it before anything else needs one.
func (c *Client) askMobile(ctx context.Context, username, password string) (answer, error) {
	t, err := c.take(ctx, signingIn)
	if err != nil {
		return answer{}, err
	}
	defer t.give()
	return t.exchange(ctx, question{signingIn, http.MethodPost, c.config.mobile(), url.Values{
		"_operation": {"login"}, "username": {username}, "password": {password},
	}})
}

// mobileOff words an error of the Mobile module, which an administrator can switch off; then it answers something else
// than JSON, a code of its own, or nothing.
func mobileOff(err error) error {
	var e *contact.Error
	if !errors.As(err, &e) || (e.Code == "" && e.Kind != contact.NeedsAdmin) || e.Kind == contact.Throttled {
		return err
	}
	worded := *e
	worded.Sentence = "vTiger could not check the password: its Mobile module is switched off or fails. Sign in with the access key, or ask an administrator to enable the module."
	return &worded
}
