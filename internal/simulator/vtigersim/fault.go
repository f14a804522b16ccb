package vtigersim

import "sync"

// Fault is a way in which one request goes wrong.
type Fault int

const (
	// EmptyError answers HTTP 500 with an empty body, as a PHP error or a dead
	// database does. The request is not executed.
	EmptyError Fault = iota + 1
	// BadGateway answers nginx's 502 page, as when PHP is down. Not executed.
	BadGateway
	// NotJSON answers HTTP 200 with a body that is no JSON. Not executed.
	NotJSON
	// SessionLost ends the request's session and answers INVALID_SESSIONID. Not
	// executed.
	SessionLost
	// ErrorAfterCommit executes the request and answers INTERNAL_SERVER_ERROR.
	ErrorAfterCommit
	// HangUp executes the request and closes the connection without an answer.
	HangUp
	// EmptyList answers success with an empty list, as vTiger reports a database
	// error. Not executed. It is for "query" and "mobile.listmodulerecords".
	EmptyList
)

// AnyOperation makes a fault apply to the next requests whatever they ask for.
const AnyOperation = "*"

// ordered is one standing order of Fail, Hold or Stall. Guarded by faults.mu.
type ordered struct {
	operation string
	left      int // below zero: for good
	effect    effect
}

// effect is what happens to one request; the zero value is nothing.
type effect struct {
	fault Fault
	stall <-chan struct{} // wait before executing
	hold  <-chan struct{} // wait before answering
}

type faults struct {
	mu     sync.Mutex
	orders []*ordered
}

// Fail lets the next n requests of an operation ("create", "query",
// "mobile.login", AnyOperation …) go wrong; n below zero means all until
// ClearFaults. Orders for one operation are used up in the order given.
func (s *Server) Fail(operation string, n int, how Fault) {
	s.faults.add(operation, n, effect{fault: how})
}

// Hold lets the next n requests of an operation be executed and committed, but
// holds their answers back until release is called, the client has gone, or the
// server is closed. Counts already shows a held request.
func (s *Server) Hold(operation string, n int) (release func()) {
	gate, open := newGate()
	s.faults.add(operation, n, effect{hold: gate})
	return open
}

// Stall lets the next n requests of an operation wait before they are executed,
// as behind a lock of the database, until release is called or the server is
// closed. A client that gives up meanwhile changes nothing: vTiger executes the
// request all the same.
func (s *Server) Stall(operation string, n int) (release func()) {
	gate, open := newGate()
	s.faults.add(operation, n, effect{stall: gate})
	return open
}

// ClearFaults forgets all orders of Fail, Hold, Stall, HoldValues, HoldCreates and
// TearSaves that are not used up. Requests and saves already held stay held until
// their release.
func (s *Server) ClearFaults() {
	s.endLateOrders()
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.orders = nil
}

func newGate() (<-chan struct{}, func()) {
	gate := make(chan struct{})
	var once sync.Once
	return gate, func() { once.Do(func() { close(gate) }) }
}

func (f *faults) add(operation string, n int, e effect) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.orders = append(f.orders, &ordered{operation: operation, left: n, effect: e})
}

// take uses up one order for a request of the operation.
func (f *faults) take(operation string) effect {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, order := range f.orders {
		if order.left == 0 || order.operation != operation && order.operation != AnyOperation {
			continue
		}
		if order.left > 0 {
			order.left--
		}
		return order.effect
	}
	return effect{}
}
