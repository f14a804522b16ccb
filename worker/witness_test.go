package worker_test

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
)

// witness sees which worker process asks which side for what, and what is at work at the same time. Each process reaches the
// sides through a proxy of its own, under names that are the same for all, since cursors hold them.
type witness struct {
	mu       sync.Mutex
	now      map[string]map[string]int // process -> kind -> requests at work
	asked    map[string]int            // process -> requests
	wrote    map[string]int            // process -> batches
	together int                       // requests that found another process's at work
	mixed    int                       // requests that found one at work which a run never makes at the same time
}

// What a witness tells apart. A run reads the mailbox, then writes into one side at a time.
const (
	feed     = "feed"
	mailbox  = "mailbox" // any other request to it
	batched  = "batch"
	intoCRM  = "vtiger"
	anything = ""
)

// apart tells what a run does one after the other.
func apart(kind, other string) bool {
	return kind != other && (kind == intoCRM || other == intoCRM || kind == batched && other == feed || kind == feed && other == batched)
}

// witnessed starts so many worker processes whose requests are seen, and gives the function that ends them.
func (r *rig) witnessed(path string, processes ...string) (w *witness, stop func(os.Signal)) {
	w = newWitness()
	var stops []func(os.Signal)
	for _, name := range processes {
		stops = append(stops, r.start(path, w.environment(r, name)...))
	}
	return w, func(signal os.Signal) {
		for _, stop := range stops {
			stop(signal)
		}
	}
}

func newWitness() *witness {
	return &witness{now: map[string]map[string]int{}, asked: map[string]int{}, wrote: map[string]int{}}
}

// environment lets a process ask through its own proxy.
func (w *witness) environment(r *rig, process string) []string {
	w.now[process] = map[string]int{}
	const vtiger, microsoft = "http://vtiger.example", "http://microsoft.example"
	proxy := served(r.t, http.HandlerFunc(func(out http.ResponseWriter, q *http.Request) {
		if q.Host == "vtiger.example" {
			w.watch(process, vtigerKind(q), r.vtiger, out, q)
		} else {
			w.watch(process, microsoftKind(q), r.microsoft, out, q)
		}
	}))
	return []string{"VTIGER_URL=" + vtiger, "MICROSOFT_GRAPH_URL=" + microsoft, "MICROSOFT_LOGIN_URL=" + microsoft, "HTTP_PROXY=" + proxy, "NO_PROXY="}
}

// watch notes a request from its arrival until its answer is made; the client has the answer only then.
func (w *witness) watch(process, kind string, side http.Handler, out http.ResponseWriter, q *http.Request) {
	done := w.begins(process, kind)
	answer := httptest.NewRecorder()
	side.ServeHTTP(answer, q)
	done()
	maps.Copy(out.Header(), answer.Header())
	out.WriteHeader(answer.Code)
	_, _ = out.Write(answer.Body.Bytes()) // a client that is gone needs no answer
}

// microsoftKind tells requests to a mailbox from what else Microsoft is asked.
func microsoftKind(q *http.Request) string {
	switch {
	case !strings.HasPrefix(q.URL.Path, "/v1.0/"):
		return anything
	case strings.HasSuffix(q.URL.Path, "/$batch"):
		return batched
	case strings.Contains(q.URL.Path, "delta"):
		return feed
	}
	return mailbox
}

// vtigerKind tells what writes; vTiger is read for everybody.
func vtigerKind(q *http.Request) string {
	body, _ := io.ReadAll(q.Body) // what is missing is missed by the side too
	q.Body = io.NopCloser(bytes.NewReader(body))
	form, _ := url.ParseQuery(string(body))
	if slices.Contains([]string{"create", "revise", "update", "delete"}, form.Get("operation")) {
		return intoCRM
	}
	return anything
}

func (w *witness) begins(process, kind string) (done func()) {
	if kind == anything {
		return func() {}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked[process]++
	if kind == batched {
		w.wrote[process]++
	}
	for other, kinds := range w.now {
		for at, n := range kinds {
			if n > 0 && other != process {
				w.together++
			}
			if n > 0 && apart(kind, at) {
				w.mixed++
			}
		}
	}
	w.now[process][kind]++
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.now[process][kind]--
	}
}

// saw gives what it counted.
func (w *witness) saw() (asked map[string]int, together, mixed int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.asked), w.together, w.mixed
}

// batches counts them by process.
func (w *witness) batches() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.wrote)
}
