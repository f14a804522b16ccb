package devstack

import (
	"context"
	"testing"
)

// Template is a prepared database, such as one with all migrations, that tests get copies of. It is made once per test
// process, at the first demand; declare it as a package variable.
type Template struct {
	prepare func(ctx context.Context, dsn string) error
	dsn     lazy[string]
}

// NewTemplate prepares an empty database by the function, which must close the connections it opened.
func NewTemplate(prepare func(ctx context.Context, dsn string) error) *Template {
	return &Template{prepare: prepare}
}

// Database is a copy for one test, dropped when that ends. Without PostgreSQL the test is skipped, or failed when
// CI=true.
func (p *Template) Database(t testing.TB) string {
	t.Helper()
	server := postgresFor(t)
	template, err := p.dsn.get(func() (string, error) { return p.make(server) })
	if err != nil {
		t.Fatal(err)
	}
	dsn, drop, err := server.CloneDatabase(t.Context(), template)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(drop)
	return dsn
}

// Copy is a copy of a database of this process' server as it is now, for one test, dropped when that ends. Nobody may be
// connected to the database meanwhile.
func Copy(t testing.TB, dsn string) string {
	t.Helper()
	copied, drop, err := postgresFor(t).CloneDatabase(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(drop)
	return copied
}

// make leaves the dropping to the server's Stop: the template is used by later tests.
func (p *Template) make(server *PostgresServer) (string, error) {
	ctx := context.Background()
	dsn, _, err := server.NewDatabase(ctx)
	if err != nil {
		return "", err
	}
	return dsn, p.prepare(ctx, dsn)
}
