package devstack

import (
	"context"
	"fmt"
	"net/url"
	"os"
)

// databaseVariable names a server on which we make databases of our own.
const databaseVariable = "CONTACTBRIDGE_TEST_DATABASE_URL"

// PostgresServer is a PostgreSQL for demo or tests, private or borrowed. Its methods may be used at once.
type PostgresServer struct {
	// DSN names an empty database of our own, as postgres://…; the private server's ends in sslmode=disable.
	DSN string

	maintenance *maintenance
	private     *privatePostgres // nil when the server is borrowed
}

// Postgres starts a private PostgreSQL, or borrows the server that CONTACTBRIDGE_TEST_DATABASE_URL names. As root on
// Debian or Ubuntu it installs PostgreSQL when the machine has none, after saying so through log; elsewhere the error
// is ErrMissing and says what to install. The private server trades durability for speed: it ends with us.
func Postgres(ctx context.Context, log func(string)) (*PostgresServer, error) {
	address, err := borrowedDatabase()
	if err != nil {
		return nil, err
	}
	if address == nil {
		return PrivatePostgres(ctx, log)
	}
	return (&PostgresServer{}).reached(ctx, address, log)
}

// PrivatePostgres starts one whatever the environment names.
func PrivatePostgres(ctx context.Context, log func(string)) (*PostgresServer, error) {
	private, err := startPostgres(ctx, log)
	if err != nil {
		return nil, err
	}
	return (&PostgresServer{private: private}).reached(ctx, private.address, log)
}

// reached makes our first database.
func (s *PostgresServer) reached(ctx context.Context, address *url.URL, log func(string)) (_ *PostgresServer, err error) {
	if s.maintenance, err = openMaintenance(address, log); err != nil {
		s.Stop()
		return nil, err
	}
	if s.DSN, _, err = s.NewDatabase(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// NewDatabase makes an empty database with a random name. The drop function removes it, connections or not; Stop does
// too.
func (s *PostgresServer) NewDatabase(ctx context.Context) (dsn string, drop func(), err error) {
	return s.maintenance.create(ctx, "template0")
}

// CloneDatabase makes a copy of a database that NewDatabase made and that nobody is connected to; connections that are
// just closing are waited for.
func (s *PostgresServer) CloneDatabase(ctx context.Context, templateDSN string) (dsn string, drop func(), err error) {
	template, err := databaseName(templateDSN)
	if err != nil {
		return "", nil, err
	}
	return s.maintenance.create(ctx, template)
}

// Crash ends a private server in the midst of its work, cutting every connection, and starts it again at the same address
// with what was committed.
func (s *PostgresServer) Crash(ctx context.Context) error { return s.private.crash(ctx) }

// Stop drops our databases on a borrowed server, or ends the private one and removes its folder. It may be called again.
func (s *PostgresServer) Stop() {
	if s.maintenance != nil {
		s.maintenance.close(s.private == nil)
	}
	if s.private != nil {
		s.private.stop()
	}
}

// borrowedDatabase is the server that the environment names, nil when it names none. Its password stays out of errors.
func borrowedDatabase() (*url.URL, error) {
	value := os.Getenv(databaseVariable)
	if value == "" {
		return nil, nil
	}
	address, err := url.Parse(value)
	if err != nil || (address.Scheme != "postgres" && address.Scheme != "postgresql") || address.Host == "" {
		return nil, fmt.Errorf("%s is not of the form postgres://user:password@host:port/database", databaseVariable)
	}
	return address, nil
}
