package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"
)

// documented is the document as huma keeps it.
func documented(t *testing.T) *huma.OpenAPI {
	t.Helper()
	return offline().mount(gin.New())
}

// calls gives every call of the document by its method and path.
func calls(o *huma.OpenAPI) map[string]*huma.Operation {
	out := map[string]*huma.Operation{}
	for path, item := range o.Paths {
		for method, op := range operations(item) {
			out[method+" "+path] = op
		}
	}
	return out
}

// TestEveryErrorIsDocumented holds what follows from a call's shape; that no other is answered TestRandomRequests holds.
func TestEveryErrorIsDocumented(t *testing.T) {
	for at, op := range calls(documented(t)) {
		has := func(statuses ...int) {
			for _, status := range statuses {
				answer := op.Responses[strconv.Itoa(status)]
				require.NotNil(t, answer, "%s lacks %d", at, status)
				if strings.HasPrefix(op.Path, "/api/") {
					require.Contains(t, answer.Content, problemType, "%s %d", at, status)
					require.Contains(t, answer.Description, "Kinds of problems", "%s %d", at, status)
				}
			}
		}
		if !strings.HasPrefix(op.Path, "/api/") {
			continue // pages and probes
		}
		has(http.StatusInternalServerError, http.StatusServiceUnavailable)
		if len(op.Security) > 0 {
			has(http.StatusUnauthorized)
		}
		if op.Method != http.MethodGet {
			has(http.StatusForbidden)
		}
		if strings.Contains(op.Path, "{") {
			has(http.StatusNotFound, http.StatusUnprocessableEntity)
		}
		if len(op.Parameters) > 0 {
			has(http.StatusUnprocessableEntity)
		}
		if op.RequestBody != nil {
			has(http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)
		}
		if slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.Name == "If-Match" }) {
			has(http.StatusPreconditionFailed)
		}
		for status := range op.Responses {
			code, err := strconv.Atoi(status)
			require.NoError(t, err)
			require.True(t, code < 400 || len(kindsOf(code)) > 0, "%s: no problem has status %d", at, code)
		}
	}
}

func kindsOf(status int) (out []kind) {
	for k, m := range meanings {
		if m.status == status {
			out = append(out, k)
		}
	}
	return out
}

// TestExamplesFit: every parameter and every body has an example that is what the document says.
func TestExamplesFit(t *testing.T) {
	o := documented(t)
	for at, op := range calls(o) {
		for _, p := range op.Parameters {
			require.NotNil(t, p.Example, "%s %s", at, p.Name)
			fits(t, o, at+" "+p.Name, p.Schema, p.Example)
		}
		if op.RequestBody == nil {
			continue
		}
		for _, media := range op.RequestBody.Content {
			require.NotNil(t, media.Example, at)
			fits(t, o, at, media.Schema, media.Example)
		}
	}
	ids := map[string]bool{}
	for _, op := range calls(o) {
		ids[op.OperationID] = true
	}
	for id := range bodies {
		require.True(t, ids[id], "%s is no call", id)
	}
}

func fits(t *testing.T, o *huma.OpenAPI, at string, s *huma.Schema, value any) {
	t.Helper()
	switch n := value.(type) { // as JSON has it
	case int:
		value = float64(n)
	case map[string]any:
		for k, v := range n {
			if i, is := v.(int); is {
				n[k] = float64(i)
			}
		}
	}
	found := &huma.ValidateResult{}
	huma.Validate(o.Components.Schemas, s, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, value, found)
	require.Empty(t, found.Errors, "%s: %v", at, value)
}

// TestEveryCallSaysWhatItDoes: in a sentence without its stop, since it stands as a title.
func TestEveryCallSaysWhatItDoes(t *testing.T) {
	for at, op := range calls(documented(t)) {
		require.Greater(t, len(strings.Fields(op.Summary)), 1, at)
		require.False(t, strings.HasSuffix(op.Summary, "."), at)
		for status, answer := range op.Responses {
			require.NotEmpty(t, answer.Description, "%s %s", at, status)
		}
		for _, p := range op.Parameters {
			require.True(t, p.Description != "" || p.Schema.Description != "" || len(p.Schema.Enum) > 0 || strings.HasPrefix(op.Path, "/oauth/"), "%s: what is %s?", at, p.Name)
		}
	}
}
