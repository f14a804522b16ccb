package graphsim

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

const (
	batchMax      = 20
	batchParallel = 4 // parts of one batch that Outlook works on together
)

type batchPart struct {
	ID        string            `json:"id"`
	Method    string            `json:"method"`
	URL       string            `json:"url"`
	Headers   map[string]string `json:"headers"`
	Body      json.RawMessage   `json:"body"`
	DependsOn []string          `json:"dependsOn"`
}

type batchAnswer struct {
	ID      string            `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    any               `json:"body,omitempty"`
}

func (s *Server) performBatch(c *call) answer {
	if _, refused := s.authenticate(c); refused != nil {
		return s.deny(c, "batch", refused)
	}
	parts, refused := c.batchParts()
	if refused != nil {
		return s.deny(c, "batch", refused)
	}
	return s.finish(c, "batch", s.disturb(c, "batch", nil, func() answer { return s.runBatch(c, parts) }))
}

func (c *call) batchParts() ([]batchPart, *refusal) {
	if c.method != http.MethodPost {
		return nil, wrongMethod(c.method, nil)
	}
	if _, refused := c.writeBody(); refused != nil {
		return nil, refused
	}
	var envelope struct {
		Requests []batchPart `json:"requests"`
	}
	if json.Unmarshal(c.body, &envelope) != nil || len(envelope.Requests) == 0 {
		return nil, badRequest("Invalid batch payload format.")
	}
	if len(envelope.Requests) > batchMax {
		return nil, badRequest("Number of batch request steps exceeds the maximum value of 20.")
	}
	return envelope.Requests, checkParts(envelope.Requests)
}

// checkParts allows what the service does: all parts independent, each after the one before it, or all after one.
func checkParts(parts []batchPart) *refusal {
	seen := map[string]bool{}
	serial, common := true, map[string]bool{}
	dependent := 0
	for i, p := range parts {
		if p.ID == "" || p.Method == "" || p.URL == "" || seen[p.ID] || len(p.DependsOn) > 1 {
			return badRequest("Invalid batch payload format.")
		}
		for _, on := range p.DependsOn {
			if !seen[on] {
				return badRequest("The dependsOn property of a request must refer to a request before it.")
			}
			dependent++
			common[on] = true
			serial = serial && on == parts[i-1].ID
		}
		seen[p.ID] = true
	}
	serial = serial && dependent == len(parts)-1
	if dependent == 0 || serial || len(common) == 1 {
		return nil
	}
	return badRequest("The dependsOn pattern of the batch is not supported.")
}

// runBatch works on four parts together; the answers come in any order.
func (s *Server) runBatch(c *call, parts []batchPart) answer {
	answers := make([]answer, len(parts))
	done := map[string]chan struct{}{}
	index := map[string]int{}
	for i, p := range parts {
		done[p.ID], index[p.ID] = make(chan struct{}), i
	}
	var all sync.WaitGroup
	slots := make(chan struct{}, batchParallel)
	for i, p := range parts {
		all.Go(func() {
			defer close(done[p.ID])
			for _, on := range p.DependsOn {
				<-done[on]
				if answers[index[on]].status >= http.StatusBadRequest {
					answers[i] = s.refuse(c, refuse(http.StatusFailedDependency, "FailedDependency", "A request it depends on failed."))
					return
				}
			}
			slots <- struct{}{}
			defer func() { <-slots }()
			answers[i] = s.perform(c.part(p))
		})
	}
	all.Wait()
	return joinAnswers(parts, answers)
}

// part makes the call of one part, which inherits nothing but the sign-in.
func (c *call) part(p batchPart) *call {
	path, rawQuery, _ := strings.Cut(p.URL, "?")
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		query = url.Values{}
	}
	header := http.Header{}
	for name, value := range p.Headers {
		header.Set(name, value)
	}
	header.Set("Authorization", c.header.Get("Authorization"))
	body := p.Body
	if bytes.Equal(body, []byte("null")) {
		body = nil
	}
	return &call{
		ctx: c.ctx, method: strings.ToUpper(p.Method), path: graphPrefix + strings.TrimPrefix(path, "/"), query: query,
		rawQuery: rawQuery, header: header, body: body, base: c.base, requestID: newGUID(),
	}
}

func joinAnswers(parts []batchPart, answers []answer) answer {
	joined := make([]batchAnswer, len(parts))
	for i, a := range answers {
		if a.drop {
			return a
		}
		joined[i] = batchAnswer{ID: parts[i].ID, Status: a.status, Headers: map[string]string{}}
		for name, values := range a.header {
			joined[i].Headers[name] = values[0]
		}
		switch {
		case len(a.body) == 0:
		case json.Valid(a.body):
			joined[i].Body = json.RawMessage(a.body)
		default:
			joined[i].Body = a.body // other content types travel in base64, which is how []byte is encoded
		}
	}
	rand.Shuffle(len(joined), func(i, k int) { joined[i], joined[k] = joined[k], joined[i] })
	return jsonAnswer(http.StatusOK, map[string]any{"responses": joined})
}
