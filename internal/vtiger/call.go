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

// call asks in a free slot.
func (c *Client) call(ctx context.Context, q question, operation string) (answer, error) {
	t, err := c.take(ctx, q.doing)
	if err != nil {
		return answer{}, err
	}
	defer t.give()
	return t.call(ctx, q, operation)
}

// call asks under the slot's session, and once more under a new one when vTiger has ended it.
func (t *turn) call(ctx context.Context, q question, operation string) (answer, error) {
	for first := true; ; first = false {
		s, err := t.open(ctx)
		if err != nil {
			return answer{}, notBegun(err)
		}
		q.form.Set("operation", operation)
		q.form.Set("sessionName", s.Name)
		a, err := t.exchange(ctx, q)
		if err != nil {
			return answer{}, err
		}
		if !sessionCodes[a.code] {
			a.session = s.Name
			return a, nil
		}
		t.ended()
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

// exchange sends one question and decodes its reply.
func (c *Client) exchange(ctx context.Context, q question) (answer, error) {
	body, header, err := c.send(ctx, q)
	if err != nil {
		return answer{}, err
	}
	a, err := decode(body)
	if err != nil {
		e := rubbish(q.doing)
		e.Code = strange(body)
		return answer{}, e
	}
	if a.code == codeTooMany {
		return answer{}, slowDown(q.doing, pauseOf(header, time.Now()))
	}
	return a, nil
}
