package graphsim

import (
	"crypto/rand"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Server is the simulated Microsoft cloud: a directory, its sign-in service and its mailboxes. It is an http.Handler,
// and all its methods are safe for concurrent use.
type Server struct {
	now       func() time.Time
	directory *directory
	grants    *grants
	throttle  *throttle
	meter     *meter
	faults    *faults
	ids       *identifiers
	control   http.Handler
	withheld  withheld

	subscriptions subscriptions

	mu       sync.Mutex
	settings Settings
}

// Option changes a new [Server].
type Option func(*Server)

// WithClock makes now the source of every time the server shows or compares. Latency is measured in real time.
func WithClock(now func() time.Time) Option {
	return func(s *Server) { s.now = now }
}

// WithSettings replaces the default settings; start from [DefaultSettings].
func WithSettings(settings Settings) Option {
	return func(s *Server) { s.settings = settings }
}

// WithSeed makes the ids of items, folders and versions the same in every run.
func WithSeed(seed string) Option {
	return func(s *Server) { s.ids = newIdentifiers([]byte(seed)) }
}

// New returns a server without apps, users or contacts. Ids differ from server to server unless [WithSeed] is given.
func New(options ...Option) *Server {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails, by its contract
	s := &Server{
		now: time.Now, directory: newDirectory(), grants: newGrants(), throttle: newThrottle(), meter: newMeter(),
		faults: &faults{}, ids: newIdentifiers(salt), settings: DefaultSettings(),
		subscriptions: subscriptions{all: map[string]*subscription{}},
	}
	for _, option := range options {
		option(s)
	}
	s.control = s.controls()
	return s
}

// ServeHTTP answers Graph below /v1.0/, the simulator's own calls at /simulator and below, and Entra ID elsewhere.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isControl(r.URL.Path) {
		s.control.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	c, refused := readCall(r)
	switch {
	case refused != nil:
		s.refuse(c, refused).write(w, r)
	case strings.HasPrefix(c.path, graphPrefix):
		s.graph(c).write(w, r)
	default:
		s.entra(c).write(w, r)
	}
}
