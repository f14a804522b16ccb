package graphsim

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// part is one request of a batch, in the form the SDK sends it.
func part(id, method, url string, body any, dependsOn ...string) map[string]any {
	p := map[string]any{"id": id, "method": method, "url": url, "body": body, "dependsOn": dependsOn}
	if dependsOn == nil {
		p["dependsOn"] = []string{}
	}
	if body != nil {
		p["headers"] = map[string]string{"Content-Type": "application/json"}
	}
	return p
}

func (r *rig) batch(parts ...map[string]any) (envelope reply, answers map[string]map[string]any) {
	r.t.Helper()
	envelope = r.send("POST", "/$batch", map[string]any{"requests": parts})
	answers = map[string]map[string]any{}
	list, _ := envelope.body["responses"].([]any)
	for _, a := range list {
		one := a.(map[string]any)
		answers[one["id"].(string)] = one
	}
	return envelope, answers
}

func TestBatch(t *testing.T) {
	r := newRig(t)
	id := r.AddContact(ann, "", map[string]any{"givenName": "Old"})
	get := part("get", "GET", "/me/contacts/"+id, nil)
	get["headers"] = map[string]string{"Prefer": immutable}
	envelope, got := r.batch(
		part("make", "POST", "/me/contacts", map[string]any{"givenName": "New"}), get,
		part("none", "DELETE", "me/contacts/"+defaultPrefix+"x", nil),
		part("list", "GET", "/me/contacts?$select=id&$top=1", nil),
	)
	require.Equal(t, http.StatusOK, envelope.status, envelope.text)
	require.EqualValues(t, http.StatusCreated, got["make"]["status"])
	require.Equal(t, "New", got["make"]["body"].(map[string]any)["givenName"])
	require.Equal(t, id, got["get"]["body"].(map[string]any)["id"])
	require.EqualValues(t, http.StatusNotFound, got["none"]["status"])
	require.EqualValues(t, http.StatusOK, got["list"]["status"])
	require.Equal(t, 1, r.Count("batch"))
	require.Equal(t, 1, r.Count("contacts.create"))
	require.Equal(t, 1, r.Count("contacts.get"))

	r.Fail("batch", 1, Blank(503))
	envelope, _ = r.batch(get)
	require.Equal(t, 503, envelope.status)
	_, got = r.batch(part("1", "DELETE", "/me/contacts/"+id, nil))
	require.EqualValues(t, http.StatusNoContent, got["1"]["status"])
	require.NotContains(t, got["1"], "body")
	_, got = r.batch(part("1", "POST", "/$batch", map[string]any{"requests": []any{}}))
	require.EqualValues(t, http.StatusBadRequest, got["1"]["status"], "no nesting")
	r.token = "none"
	envelope, _ = r.batch(get)
	require.Equal(t, http.StatusUnauthorized, envelope.status)
}

func TestBatchFaults(t *testing.T) {
	r := newRig(t)
	r.Fail("contacts.list", 1, Throttled("1.5"))
	r.Fail("contacts.list", 1, Page(503))
	_, got := r.batch(part("1", "GET", "/me/contacts", nil), part("2", "GET", "/me/contacts", nil, "1"))
	require.EqualValues(t, http.StatusTooManyRequests, got["1"]["status"])
	require.Equal(t, "1.5", got["1"]["headers"].(map[string]any)["Retry-After"])
	require.EqualValues(t, http.StatusFailedDependency, got["2"]["status"])
	require.Equal(t, 1, r.Count("contacts.list"), "not tried")
	_, got = r.batch(part("1", "GET", "/me/contacts", nil))
	require.IsType(t, "", got["1"]["body"], "a page travels in base64")
}

func TestBatchLimitsAndPatterns(t *testing.T) {
	r := newRig(t)
	list := func(id string, on ...string) map[string]any { return part(id, "GET", "/me/contacts", nil, on...) }
	var many []map[string]any
	for i := range 21 {
		many = append(many, list(fmt.Sprint(i)))
	}
	for name, test := range map[string]struct {
		parts  []map[string]any
		status int
	}{
		"twenty":        {many[:20], 200},
		"twenty-one":    {many, 400},
		"none":          {nil, 400},
		"serial":        {[]map[string]any{list("1"), list("2", "1"), list("3", "2")}, 200},
		"all on one":    {[]map[string]any{list("1"), list("2", "1"), list("3", "1")}, 200},
		"mixed":         {[]map[string]any{list("1"), list("2", "1"), list("3"), list("4", "3")}, 400},
		"two parents":   {[]map[string]any{list("1"), list("2"), list("3", "1", "2")}, 400},
		"unknown":       {[]map[string]any{list("1", "9")}, 400},
		"same id twice": {[]map[string]any{list("1"), list("1")}, 400},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := r.batch(test.parts...)
			require.Equal(t, test.status, got.status, got.text)
		})
	}
}

func TestBatchWorksOnFourTogether(t *testing.T) {
	r := newRig(t, func(s *Settings) { s.Latency = 10 * time.Millisecond })
	var parts []map[string]any
	for i := range 20 {
		parts = append(parts, part(fmt.Sprint(i), "POST", "/me/contacts", map[string]any{"givenName": "A"}))
	}
	envelope, got := r.batch(parts...)
	require.Equal(t, 4, r.MaxConcurrency(ann))
	for id, one := range got {
		require.EqualValues(t, http.StatusCreated, one["status"], id)
	}
	require.NotContains(t, envelope.text, `"status":429`)

	release := r.Hold("contacts.list", 1)
	done := make(chan reply, 1)
	go func() { done <- r.get("/me/contacts") }()
	require.NoError(t, r.Await(t.Context(), func(c map[string]int) bool { return c["contacts.list"] == 1 }))
	envelope, _ = r.batch(parts...)
	require.Positive(t, strings.Count(envelope.text, `"status":429`), "a fifth request at the same mailbox")
	release()
	<-done
}
