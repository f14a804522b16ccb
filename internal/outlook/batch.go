package outlook

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	abs "github.com/microsoft/kiota-abstractions-go"
	khttp "github.com/microsoft/kiota-http-go"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
)

// batchSize is how many requests Graph takes in one $batch.
const batchSize = 20

type batchPart struct {
	ID      string            `json:"id"`
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    json.RawMessage   `json:"body,omitempty"`
}

// batch sends at most batchSize requests as one $batch, which Graph works on four at a time, and gives their answers in
// order; a part that Graph left out has status 0. begun tells whether any of them may have been performed in spite of err.
func (c *Client) batch(ctx context.Context, doing string, parts []*abs.RequestInformation) (answers []answer, begun bool, err error) {
	body, err := c.envelope(parts)
	if err != nil {
		return nil, false, bug(doing, err)
	}
	answers, begun, err = c.postBatch(ctx, doing, body, len(parts))
	if err != nil || !allRefuseSignIn(answers) {
		return answers, begun, err
	}
	// The envelope was let in and every part refused: none was performed, so a fresh token may try the same again.
	c.tokens.expire(challenge(answers[0].header))
	return c.postBatch(ctx, doing, body, len(parts))
}

func (c *Client) postBatch(ctx context.Context, doing string, body []byte, parts int) ([]answer, bool, error) {
	u, err := url.Parse(c.base + "/$batch")
	if err != nil {
		return nil, false, bug(doing, err)
	}
	info := abs.NewRequestInformation()
	info.Method = abs.POST
	info.SetUri(*u)
	info.Headers.TryAdd("Accept", "application/json")
	info.SetStreamContentAndContentType(body, "application/json")
	a, err := c.sendCounted(ctx, doing, atWork, parts, info) // the parts count, their envelope does not
	switch {
	case err != nil:
		return nil, !refused(err), err
	case !a.ok():
		return nil, mayHaveBegun(a.status), graphError(doing, a)
	}
	answers, err := openEnvelope(doing, a, parts)
	c.pace.heed(ctx, answers...)
	return answers, true, err
}

// mayHaveBegun tells whether parts may have been performed although the envelope was answered with that status. Graph
// checks sign-in, pace and form before it begins.
func mayHaveBegun(status int) bool {
	return status < 400 || status >= 500 || status == http.StatusRequestTimeout
}

func (c *Client) envelope(parts []*abs.RequestInformation) ([]byte, error) {
	var out struct {
		Requests []batchPart `json:"requests"`
	}
	for i, info := range parts {
		part, err := c.batchPart(strconv.Itoa(i), info)
		if err != nil {
			return nil, err
		}
		out.Requests = append(out.Requests, part)
	}
	return json.Marshal(out)
}

// batchPart addresses a request relative to the version, as parts of a batch must be.
func (c *Client) batchPart(id string, info *abs.RequestInformation) (batchPart, error) {
	u, err := info.GetUri()
	if err != nil {
		return batchPart{}, fmt.Errorf("address a part of a batch: %w", err)
	}
	path, below := strings.CutPrefix(u.String(), c.base)
	if !below {
		return batchPart{}, fmt.Errorf("a part of a batch lies outside of %s", c.base)
	}
	part := batchPart{
		ID: id, Method: info.Method.String(), URL: khttp.ReplacePathTokens(path, core.ReplacementPairs),
		Headers: map[string]string{}, Body: info.Content,
	}
	for _, name := range info.Headers.ListKeys() {
		part.Headers[http.CanonicalHeaderKey(name)] = strings.Join(info.Headers.Get(name), ", ")
	}
	return part, nil
}

func openEnvelope(doing string, a answer, parts int) ([]answer, error) {
	var envelope struct {
		Responses []struct {
			ID      string          `json:"id"`
			Status  int             `json:"status"`
			Headers map[string]any  `json:"headers"`
			Body    json.RawMessage `json:"body"`
		} `json:"responses"`
	}
	if err := json.Unmarshal(a.body, &envelope); err != nil {
		return nil, notJSON(doing)
	}
	answers := make([]answer, parts)
	for _, r := range envelope.Responses {
		i, err := strconv.Atoi(r.ID)
		if err != nil || i < 0 || i >= parts {
			continue
		}
		answers[i] = answer{status: r.Status, header: http.Header{}, body: r.Body}
		for name, value := range r.Headers {
			answers[i].header.Set(name, fmt.Sprint(value))
		}
	}
	return answers, nil
}

func allRefuseSignIn(answers []answer) bool {
	for _, a := range answers {
		if a.status != http.StatusUnauthorized {
			return false
		}
	}
	return len(answers) > 0
}
