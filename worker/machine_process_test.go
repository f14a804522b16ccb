package worker_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"

	"contactbridge/activities"
	"contactbridge/internal/ledger"
)

// process is one life of a worker. It can be told to die at one of its side effects: the n-th request or change of the
// database. Nothing that it does afterwards reaches anybody, as after kill -9.
type process struct {
	ledger *ledger.Ledger
	acts   *activities.Activities
	wire   *wire

	mu     sync.Mutex
	left   int    // side effects until it ends; 0: it lives on
	how    ending // … and how
	blind  int    // queries of vTiger until one finds nothing; 0: none
	dying  bool   // nothing that it is answered reaches it any more
	dead   bool
	cancel context.CancelFunc // ends the activity at work
}

// ending is how a process or an activity ends in the midst of its work.
type ending int

// The endings.
const (
	diesBefore  ending = iota + 1 // the side effect does not happen
	diesAfter                     // it happens, and the process dies before it sees the answer
	isCancelled                   // it happens, and the activity is asked to stop meanwhile; the process lives on
)

func (e ending) String() string {
	return map[ending]string{diesBefore: "dies before", diesAfter: "dies after", isCancelled: "is cancelled at"}[e]
}

// doom lets the process end at its n-th side effect from now; 0 lets it live.
func (p *process) doom(n int, how ending) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left, p.how = n, how
}

// meets says what happens at a side effect: an ending, or 0 when there is none. A dead process has no effect.
func (p *process) meets() ending {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		return diesBefore
	}
	if p.left == 0 {
		return 0
	}
	if p.left--; p.left > 0 {
		return 0
	}
	if p.how == isCancelled {
		p.cancel()
		return 0
	}
	p.dying = true
	return p.how
}

// die cuts all that the process is connected to.
func (p *process) die() {
	p.mu.Lock()
	p.dead = true
	p.mu.Unlock()
	p.wire.cut()
	p.cancel()
}

// blinds lets the n-th query of vTiger from now find nothing, as vTiger reports a database error; 0 lets all see.
func (p *process) blinds(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.blind = n
}

// sees tells whether a request is answered with what there is.
func (p *process) sees(r *http.Request) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.blind == 0 || r.URL.Query().Get("operation") != "query" {
		return true
	}
	p.blind--
	return p.blind > 0
}

// works notes how the activity at work is ended.
func (p *process) works(cancel context.CancelFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cancel = cancel
}

func (p *process) isDying() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dying
}

// behind lets a server answer the requests of whichever process lives.
func behind(server http.Handler, living func() *process) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := living()
		switch p.meets() {
		case diesBefore:
			p.die()
		case diesAfter:
			server.ServeHTTP(httptest.NewRecorder(), r)
			p.die()
		default:
			if p.sees(r) {
				server.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"success":true,"result":[]}`)) // a client that is gone needs no answer
			return
		}
		panic(http.ErrAbortHandler) // cuts the connection without an answer
	})
}
