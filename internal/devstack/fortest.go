package devstack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// shared are the servers of this test process, each started when a test first asks for it.
var (
	sharedPostgres lazy[*PostgresServer]
	sharedTemporal lazy[*TemporalServer]
	underMain      atomic.Bool
)

// stopMargin is what is left of a test's time limit when a start is given up, so that the test can say why.
const stopMargin = 20 * time.Second

// lazy is a value that is made at most once, at the first demand.
type lazy[T any] struct {
	once  sync.Once
	value T
	err   error
}

func (l *lazy[T]) get(make func() (T, error)) (T, error) {
	l.once.Do(func() { l.value, l.err = make() })
	return l.value, l.err
}

// Main runs a package's tests, stops the servers that they shared, and does what is to be done afterwards. A package that
// uses Database, Namespace or Template calls it from its TestMain; it does not return.
func Main(m *testing.M, afterwards ...func()) {
	underMain.Store(true)
	code := m.Run()
	stopShared()
	for _, f := range afterwards {
		f()
	}
	os.Exit(code)
}

func stopShared() {
	if server, err := sharedTemporal.get(noTemporal); err == nil {
		server.Stop()
	}
	if server, err := sharedPostgres.get(noPostgres); err == nil {
		server.Stop()
	}
}

var errNeverAsked = errors.New("no test asked for it")

func noPostgres() (*PostgresServer, error) { return nil, errNeverAsked }

func noTemporal() (*TemporalServer, error) { return nil, errNeverAsked }

// Database is a fresh empty database for one test, dropped when that ends. Without PostgreSQL the test is skipped, or
// failed when CI=true.
func Database(t testing.TB) string {
	t.Helper()
	dsn, drop, err := postgresFor(t).NewDatabase(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(drop)
	return dsn
}

// Namespace is the address of this test process's Temporal and a fresh namespace for one test. Without Temporal the
// test is skipped, or failed when CI=true.
func Namespace(t testing.TB) (address, namespace string) {
	t.Helper()
	server := temporalFor(t)
	namespace, err := server.NewNamespace(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return server.Address, namespace
}

func postgresFor(t testing.TB) *PostgresServer {
	t.Helper()
	needMain(t)
	server, err := sharedPostgres.get(func() (*PostgresServer, error) {
		ctx, cancel := startContext(t)
		defer cancel()
		return Postgres(ctx, tell)
	})
	demand(t, err)
	return server
}

func temporalFor(t testing.TB) *TemporalServer {
	t.Helper()
	needMain(t)
	server, err := sharedTemporal.get(func() (*TemporalServer, error) {
		ctx, cancel := startContext(t)
		defer cancel()
		return Temporal(ctx, tell)
	})
	demand(t, err)
	return server
}

// needMain ends the test before it starts a server that nobody would stop.
func needMain(t testing.TB) {
	t.Helper()
	if !underMain.Load() {
		t.Fatal("this package's TestMain must call devstack.Main, which stops the shared servers")
	}
}

// demand ends the test unless the shared server is there.
func demand(t testing.TB, err error) {
	t.Helper()
	switch {
	case errors.Is(err, ErrMissing) && os.Getenv("CI") != "true":
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
}

// startContext ends shortly before the test's time limit.
func startContext(t testing.TB) (context.Context, context.CancelFunc) {
	if limited, ok := t.(interface{ Deadline() (time.Time, bool) }); ok {
		if deadline, set := limited.Deadline(); set {
			return context.WithDeadline(context.Background(), deadline.Add(-stopMargin))
		}
	}
	return context.WithCancel(context.Background())
}

// tell shows progress at once; a test's own log appears only at its end.
func tell(line string) { fmt.Fprintln(os.Stderr, "devstack:", line) }
