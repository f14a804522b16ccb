package worker_test

import (
	"bytes"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// wire is a process' way to PostgreSQL. Cut, it ends every session of the process at once: the server rolls back what was
// not committed.
type wire struct {
	listener net.Listener
	server   string
	process  *process

	mu   sync.Mutex
	open map[net.Conn]bool
	over bool
}

// newWire makes a wire and the address at its near end.
func newWire(t *testing.T, dsn string, p *process) (*wire, string) {
	address, err := url.Parse(dsn)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l := &wire{listener: listener, server: address.Host, process: p, open: map[net.Conn]bool{}}
	go l.serve()
	address.Host = listener.Addr().String()
	return l, address.String()
}

func (l *wire) serve() {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", l.server)
		if err != nil || !l.keep(near, far) {
			near.Close()
			continue
		}
		answered := make(chan struct{}, 1)
		go l.answers(near, far, answered)
		go l.statements(near, far, answered)
	}
}

// keep notes a session's two ends, unless the wire is cut.
func (l *wire) keep(ends ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range ends {
		if l.over {
			c.Close()
			continue
		}
		l.open[c] = true
	}
	return !l.over
}

func (l *wire) drop(ends ...net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range ends {
		c.Close()
		delete(l.open, c)
	}
}

// cut ends the wire for good.
func (l *wire) cut() {
	l.listener.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	for c := range l.open {
		c.Close()
	}
}

// answers carries what PostgreSQL says, and notes that it said something.
func (l *wire) answers(near, far net.Conn, answered chan<- struct{}) {
	defer l.drop(near, far)
	buffer := make([]byte, 32<<10)
	for {
		n, err := far.Read(buffer)
		select {
		case answered <- struct{}{}:
		default:
		}
		if err != nil || l.process.isDying() {
			return
		}
		if _, err := near.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// statements carries what the process says. Each change and each commit is a side effect.
func (l *wire) statements(near, far net.Conn, answered <-chan struct{}) {
	defer l.drop(near, far)
	buffer := make([]byte, 256<<10)
	for {
		n, err := near.Read(buffer)
		if err != nil {
			return
		}
		how := ending(0)
		if changes(buffer[:n]) {
			how = l.process.meets()
		}
		if how != 0 {
			if how == diesAfter {
				lastWords(far, buffer[:n], answered)
			}
			l.process.die()
			return
		}
		if _, err := far.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// lastWords says something and waits until PostgreSQL has done it.
func lastWords(far net.Conn, words []byte, answered <-chan struct{}) {
	select {
	case <-answered: // to what was said before
	default:
	}
	if _, err := far.Write(words); err != nil {
		return
	}
	select {
	case <-answered:
	case <-time.After(5 * time.Second):
	}
}

// changes tells whether a message of PostgreSQL's simple protocol changes what is stored, or commits it.
func changes(message []byte) bool {
	if len(message) < 6 || message[0] != 'Q' {
		return false
	}
	verb, _, _ := bytes.Cut(bytes.TrimSpace(message[5:]), []byte(" "))
	for _, v := range []string{"INSERT", "UPDATE", "DELETE", "WITH", "COMMIT"} {
		if bytes.HasPrefix(bytes.ToUpper(verb), []byte(v)) {
			return true
		}
	}
	return false
}
