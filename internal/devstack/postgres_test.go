package devstack_test

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"testing"

	_ "github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"contactbridge/internal/devstack"
)

func startPostgres(t *testing.T) *devstack.PostgresServer {
	t.Helper()
	needPostgres(t)
	t.Setenv("CONTACTBRIDGE_TEST_DATABASE_URL", "")
	server, err := devstack.Postgres(t.Context(), func(line string) { t.Log(line) })
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	return server
}

func open(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func ask(t *testing.T, db *sql.DB, query string, arguments ...any) string {
	t.Helper()
	var answer string
	require.NoError(t, db.QueryRowContext(t.Context(), query, arguments...).Scan(&answer))
	return answer
}

func TestPrivatePostgresIsReachedOnlyByItsPasswordOnLoopback(t *testing.T) {
	server := startPostgres(t)
	db := open(t, server.DSN)
	require.Equal(t, "127.0.0.1", ask(t, db, "SHOW listen_addresses"))
	require.Empty(t, ask(t, db, "SHOW unix_socket_directories"))
	require.Equal(t, "UTF8", ask(t, db, "SHOW server_encoding"))

	address, err := url.Parse(server.DSN)
	require.NoError(t, err)
	require.Equal(t, "sslmode=disable", address.RawQuery)
	address.User = url.UserPassword(address.User.Username(), "guessed")
	require.ErrorContains(t, open(t, address.String()).PingContext(t.Context()), "password authentication failed")
}

func TestProductionVariablesAreNotRead(t *testing.T) {
	t.Setenv("DATABASE_URL", "postgres://production.invalid/company")
	t.Setenv("PGHOST", "production.invalid")
	t.Setenv("PGDATABASE", "company")
	server := startPostgres(t)
	require.Contains(t, ask(t, open(t, server.DSN), "SELECT current_database()"), "contactbridge_")
}

func TestTwoPrivateServersLiveAtOnce(t *testing.T) {
	first, second := startPostgres(t), startPostgres(t)
	_, err := open(t, first.DSN).ExecContext(t.Context(), "CREATE TABLE mine (id int)")
	require.NoError(t, err)
	require.Equal(t, "absent", ask(t, open(t, second.DSN), "SELECT coalesce(to_regclass('mine')::text, 'absent')"))
}

func TestStopEndsThePrivateServerAndRemovesItsFolder(t *testing.T) {
	server := startPostgres(t)
	_, folder := server.PrivateProcess()
	require.DirExists(t, folder)
	db := open(t, server.DSN)
	require.NoError(t, db.PingContext(t.Context()))
	server.Stop()
	require.NoDirExists(t, folder)
	require.Error(t, db.PingContext(t.Context()))
	server.Stop()
}

func TestDatabasesAreSeparateAndDropped(t *testing.T) {
	server := startPostgres(t)
	dsn, drop, err := server.NewDatabase(t.Context())
	require.NoError(t, err)
	require.NotEqual(t, server.DSN, dsn)
	db := open(t, dsn)
	name := ask(t, db, "SELECT current_database()")

	main := open(t, server.DSN)
	const count = "SELECT count(*) FROM pg_database WHERE datname = $1"
	require.Equal(t, "1", ask(t, main, count, name))
	drop() // with a connection still open
	require.Equal(t, "0", ask(t, main, count, name))
	drop()
}

func TestCloneHoldsWhatTheTemplateHeld(t *testing.T) {
	server := startPostgres(t)
	template, _, err := server.NewDatabase(t.Context())
	require.NoError(t, err)
	db := open(t, template)
	_, err = db.ExecContext(t.Context(), "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('still here')")
	require.NoError(t, err)
	require.NoError(t, db.Close())

	dsn, _, err := server.CloneDatabase(t.Context(), template)
	require.NoError(t, err)
	require.Equal(t, "still here", ask(t, open(t, dsn), "SELECT word FROM kept"))
}

func TestBorrowedServerKeepsWhatIsNotOurs(t *testing.T) {
	lender := startPostgres(t)
	lenders := open(t, lender.DSN)
	const list = "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database"
	before := ask(t, lenders, list)

	t.Setenv("CONTACTBRIDGE_TEST_DATABASE_URL", lender.DSN)
	borrower, err := devstack.Postgres(t.Context(), func(line string) { t.Log(line) })
	require.NoError(t, err)
	t.Cleanup(borrower.Stop)
	_, _, err = borrower.NewDatabase(t.Context())
	require.NoError(t, err)
	require.NotEqual(t, before, ask(t, lenders, list))
	require.NotEqual(t, lender.DSN, borrower.DSN)

	borrower.Stop()
	require.Equal(t, before, ask(t, lenders, list))
}

func TestBorrowedAddressIsRefusedWithoutShowingItsPassword(t *testing.T) {
	for _, address := range []string{"host=db password=hunter2", "mysql://u:hunter2@db/x", "postgres://u:hunter2@db:port/x"} {
		t.Setenv("CONTACTBRIDGE_TEST_DATABASE_URL", address)
		_, err := devstack.Postgres(t.Context(), func(string) {})
		require.ErrorContains(t, err, "CONTACTBRIDGE_TEST_DATABASE_URL is not of the form")
		require.NotContains(t, err.Error(), "hunter2")
	}
}

func TestCancelledStartLeavesNothing(t *testing.T) {
	needPostgres(t)
	t.Setenv("CONTACTBRIDGE_TEST_DATABASE_URL", "")
	t.Setenv("TMPDIR", openTempDir(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := devstack.Postgres(ctx, func(string) {})
	require.ErrorIs(t, err, context.Canceled)
	left, err := os.ReadDir(os.TempDir())
	require.NoError(t, err)
	require.Empty(t, left)
}

// openTempDir is a temporary directory that the unprivileged user, too, can get through.
func openTempDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "devstack-test-*")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	require.NoError(t, os.Chmod(dir, 0o711))
	return dir
}

func TestTemplateIsPreparedOnceAndCopied(t *testing.T) {
	prepared := 0
	template := devstack.NewTemplate(func(ctx context.Context, dsn string) error {
		prepared++
		db, err := sql.Open("postgres", dsn)
		if err != nil {
			return err
		}
		defer func() { _ = db.Close() }()
		_, err = db.ExecContext(ctx, "CREATE TABLE people (id int)")
		return err
	})
	first, second := open(t, template.Database(t)), open(t, template.Database(t))
	_, err := first.ExecContext(t.Context(), "INSERT INTO people VALUES (1)")
	require.NoError(t, err)
	require.Equal(t, "0", ask(t, second, "SELECT count(*) FROM people"))
	require.Equal(t, 1, prepared)
}
