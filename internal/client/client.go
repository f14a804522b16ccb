// Package client speaks to the API as programs do. All but this file is generated from the API's own OpenAPI document:
//
//	go test ./api ./internal/client -run 'Committed|Generated' -args -update
package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// Open gives a client of the service at a base address, such as http://127.0.0.1:8080. Without a token it can sign in only.
func Open(base, token string, options ...ClientOption) (*ClientWithResponses, error) {
	c, err := NewClientWithResponses(base, append(options, WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		return nil
	}))...)
	if err != nil {
		return nil, fmt.Errorf("use the service at %s: %w", base, err)
	}
	return c, nil
}

// Error gives the kind and the sentence of what the API refused.
func (p *Problem) Error() string { return p.Kind + ": " + p.Detail }

// Answer is what every call of the client gives.
type Answer interface {
	Status() string
	StatusCode() int
	GetBody() []byte
}

// Refused gives the problem of an answer that is no success, a *Problem where the service gave one, and nil for a success.
func Refused(a Answer) error {
	if a.StatusCode()/100 == 2 {
		return nil
	}
	var p Problem
	if err := json.Unmarshal(a.GetBody(), &p); err != nil || p.Kind == "" {
		return fmt.Errorf("the service answered %s, and not with a problem", a.Status())
	}
	return &p
}
