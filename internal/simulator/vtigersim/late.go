package vtigersim

import (
	"slices"
	"time"
)

// lateness is how a save reaches its readers late. vTiger has no transactions:
// one save is five or six statements, of which the row with owner and modified
// time is the first.
type lateness string

const (
	lateValues  lateness = "values"
	lateCreates lateness = "creates"
	tornSaves   lateness = "torn"
)

// lateOrder is a standing order for coming saves. Guarded by Server.mu.
type lateOrder struct {
	kind  lateness
	left  int // below zero: for good
	delay time.Duration
	saves []*lateSave
}

// lateSave is a save of which something is still to come. Guarded by Server.mu.
type lateSave struct {
	apply  func()
	landed chan struct{} // closed when apply has run
}

// HoldValues lets the next n saves of existing records show owner and modified
// time at once and everything else later, under the old modified time: after the
// delay if it is above zero, and at the latest when release is called. It holds for
// the CRM's pages and the web service; a program's request is answered once its
// values have landed, counts under "<operation>.stalled" meanwhile, and keeps the
// other requests of its session waiting. A save that comes in between is
// overwritten, as the database has it. n below zero means all until release or
// ClearFaults.
func (s *Server) HoldValues(n int, delay time.Duration) (release func()) {
	return s.orderLate(lateValues, n, delay)
}

// HoldCreates lets the next n new records of any module appear late: modified time
// and id are drawn at once, and all else is as with HoldValues. Until then the
// record does not exist for anybody, unique fields included.
func (s *Server) HoldCreates(n int, delay time.Duration) (release func()) {
	return s.orderLate(lateCreates, n, delay)
}

// TearSaves lets the next n saves that change two fields or more of an existing
// record, owner apart, show half of them at once. The others land after the first
// query or retrieve that showed one of the changed fields, after the delay if it
// is above zero, or at release, whichever comes first. See HoldValues for the rest.
func (s *Server) TearSaves(n int, delay time.Duration) (release func()) {
	return s.orderLate(tornSaves, n, delay)
}

// ReleaseSaves lands all saves that are held back and forgets the orders of
// HoldValues, HoldCreates and TearSaves.
func (s *Server) ReleaseSaves() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, order := range s.late {
		order.release()
	}
	s.late = nil
}

// endLateOrders lets no more saves be held; those held stay so.
func (s *Server) endLateOrders() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, order := range s.late {
		order.left = 0
	}
}

func (s *Server) orderLate(kind lateness, n int, delay time.Duration) func() {
	order := &lateOrder{kind: kind, left: n, delay: delay}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.late = append(slices.DeleteFunc(s.late, (*lateOrder).isSpent), order)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		order.release()
	}
}
