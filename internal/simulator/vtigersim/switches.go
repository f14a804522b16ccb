package vtigersim

import (
	"sync"
	"time"
)

// switches are the lasting states of the CRM that a test or a person at the demo
// may set; single misbehaving answers are in faults. New switches belong here.
type switches struct {
	mu            sync.Mutex
	brokenTables  map[string]bool
	displayErrors bool
	skew          time.Duration
	latency       time.Duration
	hiddenModules bool
	mobileOff     bool
	uniqueEmails  bool
	modulesOff    map[string]bool
	fieldsOff     map[string][]string // by module
	zone          *time.Location      // nil is UTC
	astral        bool
}

// SetBrokenTable breaks or repairs one database table of a module. While broken,
// query answers success with an empty list; create, revise and update answer
// INTERNAL_SERVER_ERROR but have stored what was sent; retrieve answers the same error.
func (s *Server) SetBrokenTable(module string, broken bool) {
	s.switches.set(func(w *switches) {
		if w.brokenTables == nil {
			w.brokenTables = map[string]bool{}
		}
		w.brokenTables[module] = broken
	})
}

// SetDisplayErrors makes PHP print a warning before every JSON reply.
func (s *Server) SetDisplayErrors(on bool) {
	s.switches.set(func(w *switches) { w.displayErrors = on })
}

// SetClockSkew moves the CRM's clock: serverTime and all later modified times.
func (s *Server) SetClockSkew(skew time.Duration) {
	s.switches.set(func(w *switches) { w.skew = skew })
}

// SetLatency makes every request take at least this long before it is executed.
// Requests of one session wait for one another, as PHP's session lock has it.
func (s *Server) SetLatency(latency time.Duration) {
	s.switches.set(func(w *switches) { w.latency = latency })
}

// SetHiddenModules switches on the bug of the first 8.3.0: ordinary users see
// Groups and a few lists, and are denied Contacts and all other modules.
func (s *Server) SetHiddenModules(on bool) {
	s.switches.set(func(w *switches) { w.hiddenModules = on })
}

// SetMobileOff switches the Mobile module off; its login then answers code 1501
// (read in its source, not recorded).
func (s *Server) SetMobileOff(off bool) {
	s.switches.set(func(w *switches) { w.mobileOff = off })
}

// SetUniqueEmails makes Contacts refuse duplicates by email: case-insensitively,
// also against records the caller cannot see, not against the recycle bin.
func (s *Server) SetUniqueEmails(on bool) {
	s.switches.set(func(w *switches) { w.uniqueEmails = on })
}

// SetDatabaseZone sets the CRM's $default_timezone, UTC in every stock
// installation: createdtime and modifiedtime of later saves are that zone's wall
// clock. serverTime stays the seconds of the epoch. Nil is UTC.
func (s *Server) SetDatabaseZone(zone *time.Location) {
	s.switches.set(func(w *switches) { w.zone = zone })
}

// SetAstral makes the database hold characters above U+FFFF, as after a change to
// utf8mb4. Otherwise it is utf8mb3: each such character is stored as four question
// marks, and a comparison with one is a database error.
func (s *Server) SetAstral(on bool) {
	s.switches.set(func(w *switches) { w.astral = on })
}

// DropSessions ends all sessions: their next request gets INVALID_SESSIONID.
func (s *Server) DropSessions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.sessions)
}

func (w *switches) set(change func(*switches)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(w)
}

func (w *switches) broken(module string) bool {
	return read(w, func() bool { return w.brokenTables[module] })
}

func (w *switches) databaseZone() *time.Location {
	zone := read(w, func() *time.Location { return w.zone })
	if zone == nil {
		return time.UTC
	}
	return zone
}

func (w *switches) charset() charset { return charset(w.isOn(&w.astral)) }

func (w *switches) clockSkew() time.Duration { return read(w, func() time.Duration { return w.skew }) }

func (w *switches) delay() time.Duration { return read(w, func() time.Duration { return w.latency }) }

func (w *switches) isOn(flag *bool) bool { return read(w, func() bool { return *flag }) }

func read[T any](w *switches, value func() T) T {
	w.mu.Lock()
	defer w.mu.Unlock()
	return value()
}
