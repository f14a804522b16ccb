package vtigersim

import (
	"net/http"
	"strings"
	"time"
)

// call is one request of an operation, with the parameters of the only verb that
// the operation reads: sent with the other verb they are as good as absent.
type call struct {
	request
	operation string
	params    map[string]string
	session   *session // nil before login
	user      *user    // nil before login
}

type operation struct {
	post     bool // reads $_POST only, else $_GET only
	preLogin bool
	run      func(*Server, *call) (any, error)
}

// operations that 8.3.0 answers; every other name is a PHP error. sync and logout
// exist but cannot be called on PHP 8.
var operations = map[string]operation{
	"getchallenge": {preLogin: true, run: (*Server).getChallenge},
	"login":        {preLogin: true, post: true, run: (*Server).login},
	"listtypes":    {run: (*Server).listTypes},
	"describe":     {run: (*Server).describe},
	"retrieve":     {run: (*Server).retrieve},
	"query":        {run: (*Server).query},
	"create":       {post: true, run: (*Server).create},
	"update":       {post: true, run: (*Server).update},
	"revise":       {post: true, run: (*Server).revise},
	"delete":       {post: true, run: (*Server).remove},
	"sync":         {run: fatal},
	"logout":       {post: true, run: fatal},

	"mobile.fetchmodulefilters":     {post: true, run: (*Server).fetchModuleFilters},
	"mobile.listmodulerecords":      {post: true, run: (*Server).listModuleRecords},
	"mobile.filterdetailswithcount": {post: true, run: fatal},
}

// nginx's own pages.
const (
	tooLargePage   = "<html>\r\n<head><title>414 Request-URI Too Large</title></head>\r\n</html>\r\n"
	badGatewayPage = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n" +
		"<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)

func fatal(*Server, *call) (any, error) { return nil, errFatal }

func (s *Server) serveWebservice(w http.ResponseWriter, r *http.Request) {
	if len(r.RequestURI) > maxURL {
		answer{status: http.StatusRequestURITooLong, contentType: "text/html", body: []byte(tooLargePage), refused: true}.write(w)
		return
	}
	q := readRequest(r)
	name := strings.ToLower(q.either("operation"))
	s.serve(w, q, name, func() answer {
		// OPTIONS never reaches an operation.
		if r.Method == http.MethodOptions || q.either("format") == "xml" {
			return reply(nil, errFatal)
		}
		return reply(s.perform(&call{request: q, operation: name}))
	})
}

// serve runs one request within the call limits and between the faults ordered for it.
func (s *Server) serve(w http.ResponseWriter, q request, operation string, execute func() answer) {
	ended := s.use.begin(q.either("sessionName"))
	// PHP and its web server have one clock.
	w.Header().Set("Date", s.now().Format(http.TimeFormat))
	headers, tooMany := s.limits.take(s.now())
	if tooMany != nil {
		ended()
		s.tally.add(operation, operation+refusedSuffix)
		tooMany.extra = headers
		tooMany.write(w)
		return
	}
	e := s.faults.take(operation)
	if e.stall != nil {
		s.tally.add(operation + stalledSuffix)
		s.wait(e.stall, nil)
	}
	a, refusedAtOnce := s.failBefore(e.fault, q)
	if !refusedAtOnce {
		a = execute()
	}
	if e.fault == ErrorAfterCommit {
		a = reply(nil, errInternal)
	}
	if a.contentType == jsonType && s.switches.isOn(&s.switches.displayErrors) {
		a.body = append([]byte(phpWarning), a.body...)
	}
	if a.refused {
		s.tally.add(operation, operation+refusedSuffix)
	} else {
		s.tally.add(operation)
	}
	s.wait(e.hold, q.gone)
	ended()
	if e.fault == HangUp && hangUp(w) {
		return
	}
	a.extra = headers
	a.write(w)
}

// failBefore answers for the faults that keep a request from being executed.
func (s *Server) failBefore(fault Fault, q request) (answer, bool) {
	switch fault {
	case EmptyError:
		return reply(nil, errFatal), true
	case BadGateway:
		return answer{status: http.StatusBadGateway, contentType: "text/html", body: []byte(badGatewayPage), refused: true}, true
	case NotJSON:
		return answer{status: http.StatusOK, contentType: htmlType, body: []byte(restrictedText), refused: true}, true
	case EmptyList:
		return reply(emptyList(q), nil), true
	case SessionLost:
		s.mu.Lock()
		delete(s.sessions, q.either("sessionName"))
		s.mu.Unlock()
		return reply(nil, errBadSession), true
	default:
		return answer{}, false
	}
}

// perform checks operation and session in vTiger's order, then runs it under the
// session's lock.
func (s *Server) perform(c *call) (any, error) {
	op, known := operations[c.operation]
	if !known {
		return nil, errFatal
	}
	c.params = c.get
	if op.post {
		c.params = c.post
	}
	if !op.preLogin {
		if err := s.openSession(c); err != nil {
			return nil, err
		}
		c.session.mu.Lock()
		defer c.session.mu.Unlock()
	}
	s.pause()
	return op.run(s, c)
}

// pause is the time the CRM takes for a request.
func (s *Server) pause() {
	delay := s.switches.delay()
	if delay <= 0 {
		return
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.done:
	}
}

// wait blocks until the gate opens, the client has gone, or the server closes; a
// nil gate is open.
func (s *Server) wait(gate, gone <-chan struct{}) {
	if gate == nil {
		return
	}
	select {
	case <-gate:
	case <-gone:
	case <-s.done:
	}
}

// hangUp closes the connection; false where the transport cannot.
func hangUp(w http.ResponseWriter) bool {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return false
	}
	_ = connection.Close()
	return true
}
