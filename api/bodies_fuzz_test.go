package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzBodies sends anything as the body of every call that takes one, as who may make it. Nothing fails on our side, and
// what is answered is documented. Longer: go test ./api -run '^$' -fuzz FuzzBodies -fuzztime 10m
func FuzzBodies(f *testing.F) {
	w := exposed(f)
	var calls []specCall
	for _, c := range w.spec.calls {
		if c.body == nil {
			continue
		}
		at := len(calls)
		calls = append(calls, c)
		example, err := json.Marshal(c.example)
		require.NoError(f, err)
		f.Add(at, example)
		for range 4 { // of every field, and damaged
			raw, err := json.Marshal(w.broken(w.value("", c.body, 0)))
			require.NoError(f, err)
			f.Add(at, raw)
		}
		for _, hostile := range []string{"", "null", "[]", "{", `{"a":` + strings.Repeat("[", 5000), `"\ud800"`, "\xff\xfe", `{"` + strings.Repeat("x", 70_000) + `":1}`, "1e999", `{"":""}`} {
			f.Add(at, []byte(hostile))
		}
	}
	require.NotEmpty(f, calls)
	f.Fuzz(func(t *testing.T, which int, body []byte) {
		c := calls[uint(which)%uint(len(calls))]
		for _, name := range []string{"ada", "alice"} {
			q, err := http.NewRequestWithContext(t.Context(), c.method, w.url+w.somewhere(c), bytes.NewReader(body))
			require.NoError(t, err)
			q.Header.Set("Content-Type", "application/json")
			a := w.receive(t, w.callers[name], q)
			require.Less(t, a.status, 500, "%s as %s: %s", c.id, name, a.raw)
			require.Empty(t, w.fault(c, a), "%s as %s: %s", c.id, name, a.raw)
			if a.status >= 400 {
				require.Equal(t, problemType, a.header.Get("Content-Type"), c.id)
			}
			for _, word := range w.hidden(name) {
				require.NotContains(t, a.raw, word, c.id)
			}
		}
	})
}

// somewhere is a call's path with alice's things in it.
func (w *crowdOf) somewhere(c specCall) string {
	path := c.path
	for _, p := range c.parameters {
		if p.In == "path" {
			kind, _, _ := strings.Cut(strings.TrimPrefix(c.path, prefix+"/"), "/")
			value := "1"
			if pool := w.pools["{"+kind+"}"]; pool != nil {
				value, _ = pool[0].(string)
			}
			path = strings.Replace(path, "{"+p.Name+"}", value, 1)
		}
	}
	return path
}
