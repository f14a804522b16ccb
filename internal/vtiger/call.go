package vtiger

import (
	"context"
	"crypto/md5" //nolint:gosec // prescribed by vTiger's login
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"contactbridge/internal/contact"
)

// proof is how vTiger's login wants token and access key: it prescribes MD5.
func proof(token, key string) string {
	sum := md5.Sum([]byte(token + key)) //nolint:gosec // prescribed by vTiger's login
	return hex.EncodeToString(sum[:])
}

// get and post ask an operation of the web service. An error means that there is no usable answer; its Refused says that
// the operation was certainly not carried out. A code of vTiger's own is in the answer.
func (c *Client) get(ctx context.Context, doing, operation string, form url.Values) (answer, error) {
	return c.call(ctx, question{doing, http.MethodGet, c.config.webservice(), form}, operation)
}

func (c *Client) post(ctx context.Context, doing, operation string, form url.Values) (answer, error) {
	return c.call(ctx, question{doing, http.MethodPost, c.config.webservice(), form}, operation)
}

// call asks under the session, and once more under a new one when vTiger has ended it.
func (c *Client) call(ctx context.Context, q question, operation string) (answer, error) {
	release, err := c.take(ctx, q.doing)
	if err != nil {
		return answer{}, err
	}
	defer release()
	for first := true; ; first = false {
		s, err := c.open(ctx)
		if err != nil {
			return answer{}, notBegun(err)
		}
		q.form.Set("operation", operation)
		q.form.Set("sessionName", s.Name)
		a, err := c.exchange(ctx, q)
		if err != nil {
			return answer{}, err
		}
		if !sessionCodes[a.code] {
			a.session = s.number
			return a, nil
		}
		c.ended(s)
		if !first {
			return answer{}, notBegun(failure(q.doing, a))
		}
	}
}

// notBegun marks that the operation itself was not carried out.
func notBegun(err error) error {
	var e *contact.Error
	if !errors.As(err, &e) {
		return err
	}
	marked := *e
	marked.Refused = true
	return &marked
}

// read asks a reading operation and decodes its result; a code of vTiger's becomes an error.
func (c *Client) read(ctx context.Context, doing, operation string, form url.Values, into any) error {
	a, err := c.get(ctx, doing, operation, form)
	if err != nil {
		return err
	}
	if a.code != "" {
		return failure(doing, a)
	}
	if json.Unmarshal(a.result, into) != nil {
		return rubbish(doing)
	}
	return nil
}

// Now gives vTiger's clock, from our monotonic clock and the time measured at the latest login; it may be up to a second
// behind and is never ahead. It logs in when that never happened, and asks nothing otherwise.
func (c *Client) Now(ctx context.Context) (time.Time, error) {
	s, err := c.known(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return s.now(), nil
}

// known gives the latest session, ended or not.
func (c *Client) known(ctx context.Context) (*session, error) {
	c.mu.Lock()
	last := c.last
	c.mu.Unlock()
	if last != nil {
		return last, nil
	}
	release, err := c.take(ctx, "log in to vTiger as the integration account")
	if err != nil {
		return nil, err
	}
	defer release()
	return c.open(ctx)
}
