// Package vtigersim is a small real HTTP server that behaves like the web
// service of vTiger CRM 8.3.0, its faults included: silent cutting of text,
// success replies for database errors, one login challenge per user, no
// optimistic locking. Tests, the demo and the simulate command use the same one.
//
// The records live in memory. Everything a person does in the CRM's own pages
// (AddContact, Edit, Delete …) is a method of Server; everything a program does
// goes through HTTP. The calls under /simulator show and change the same state
// from outside; GET /simulator lists them.
package vtigersim

import (
	"net/http"
	"sync"
	"time"
)

// Server is the simulated CRM. Make one with New. All methods may be called at
// any time from any goroutine.
type Server struct {
	clock func() time.Time
	mux   *http.ServeMux

	mu         sync.RWMutex // guards everything down to the blank line
	tables     map[string]*table
	records    map[string]*record // by id, recycle bin included
	users      map[string]*user   // by id
	challenges map[string]challenge
	sessions   map[string]*session
	lastPerson int            // ids of users and groups come from one sequence
	lastEntity int            // ids of all other records come from another
	numbers    map[string]int // last contact_no, account_no … by module
	late       []*lateOrder
	filters    map[int]*savedFilter // by id
	lastFilter int

	custom   map[string][]CustomField // by module; set by options only
	switches switches
	faults   faults
	limits   limiter
	held     heldGates
	tally    tally
	use      sessionUse
	done     chan struct{} // closed by Close
	closing  sync.Once
}

// Option changes how New makes a Server.
type Option func(*Server)

// WithClock replaces the CRM's clock, time.Now by default. The clock is read
// at every request; SetClockSkew is added to it.
func WithClock(clock func() time.Time) Option {
	return func(s *Server) { s.clock = clock }
}

// New returns a CRM with the three stock groups (20x2 to 20x4) and no user: the
// first user added becomes 19x1, the next 19x5.
func New(options ...Option) *Server {
	s := &Server{
		clock:      time.Now,
		mux:        http.NewServeMux(),
		tables:     map[string]*table{},
		records:    map[string]*record{},
		users:      map[string]*user{},
		challenges: map[string]challenge{},
		sessions:   map[string]*session{},
		numbers:    map[string]int{},
		filters:    stockFilters(),
		lastFilter: lastStockFilter,
		custom:     map[string][]CustomField{},
		done:       make(chan struct{}),
	}
	s.tally.changed = make(chan struct{})
	for _, option := range options {
		option(s)
	}
	for name, m := range schema().modules {
		s.tables[name] = &table{module: m.with(s.custom[name])}
	}
	s.addStockGroups()
	// vTiger's first entity ids are taken by its own set-up: the first contact
	// of a new installation is 12x3.
	s.lastEntity = 2
	s.mux.HandleFunc("/webservice.php", s.serveWebservice)
	s.mux.HandleFunc("/modules/Mobile/api.php", s.serveMobile)
	s.routeControl()
	return s
}

// ServeHTTP answers webservice.php, modules/Mobile/api.php and, for those who work
// on the CRM from outside, /simulator/…; all else is 404.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mux.ServeHTTP(w, r)
}

// Close lets every held answer go. A closed server still answers.
func (s *Server) Close() {
	s.closing.Do(func() { close(s.done) })
}

// now is the CRM's time, in UTC and whole seconds as vTiger stores it.
func (s *Server) now() time.Time {
	return s.clock().Add(s.switches.clockSkew()).UTC().Truncate(time.Second)
}

// stamp is now in the form of createdtime and modifiedtime, which have no zone.
func (s *Server) stamp() string {
	return s.now().In(s.switches.databaseZone()).Format(time.DateTime)
}
