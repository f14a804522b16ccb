// Package ledger remembers: settings, users, connections, the three trees, operations, runs and sealed credentials, in
// PostgreSQL through bun. It decides nothing; every exported method is one transaction.
package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/lib/pq"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"contactbridge/internal/contact"
)

// The errors that callers tell apart.
var (
	ErrNotFound = errors.New("not found")
	ErrMoved    = errors.New("somebody else moved it first") // a cursor or version is not the one that was read
	ErrConflict = errors.New("conflict with what exists")
	// ErrNeedsPreview says that a person must see a preview, or do without, before anything is written.
	ErrNeedsPreview = errors.New("a preview is needed first")
	// ErrNotAllowed says that the user of a connection may not sync.
	ErrNotAllowed = errors.New("the user may not sync")
)

// Ledger is an open database.
type Ledger struct {
	db   *bun.DB
	seal *Keyset
}

// Open connects, without migrating. seal may be nil for a process that reads no secrets.
func Open(ctx context.Context, dsn string, seal *Keyset) (*Ledger, error) {
	connector, err := connectorTo(dsn)
	if err != nil {
		return nil, &contact.Error{Kind: contact.BadInput, Doing: "read the database address", Sentence: "It is no PostgreSQL address such as postgres://user:password@host:5432/name."}
	}
	sqldb := sql.OpenDB(connector)
	sqldb.SetMaxOpenConns(20)
	sqldb.SetMaxIdleConns(20)
	ping, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := sqldb.PingContext(ping); err != nil {
		sqldb.Close()
		return nil, &contact.Error{Kind: contact.Unavailable, Doing: "connect to PostgreSQL", Sentence: sentenceOf(err), Code: codeOf(err)}
	}
	return &Ledger{db: bun.NewDB(sqldb, pgdialect.New()), seal: seal}, nil
}

// connectorTo reads an address. PostgreSQL compiles no query of ours: it takes what a search finds for far more than it is,
// and would compile for seconds what is read in milliseconds.
func connectorTo(dsn string) (*pq.Connector, error) {
	config, err := pq.NewConfig(dsn)
	if err != nil {
		return nil, err
	}
	if config.Runtime == nil {
		config.Runtime = map[string]string{}
	}
	if _, set := config.Runtime["jit"]; !set {
		config.Runtime["jit"] = "off"
	}
	return pq.NewConnectorConfig(config)
}

// codeOf names a database error without its text, which may quote values.
func codeOf(err error) string {
	var e *pq.Error
	if errors.As(err, &e) {
		return string(e.Code)
	}
	return ""
}

// sentenceOf says why a connection could not be made.
func sentenceOf(err error) string {
	switch code := codeOf(err); {
	case errors.Is(err, pq.ErrSSLNotSupported):
		return "The server offers no TLS; add ?sslmode=disable to the address if that is meant to be so."
	case code == "3D000":
		return "The server has no database of that name."
	case strings.HasPrefix(code, "28"):
		return "The server refuses the user or the password."
	}
	return "The server does not answer."
}

// Close ends the connections.
func (l *Ledger) Close() error { return l.db.Close() }

// DB is the database for migrations.
func (l *Ledger) DB() *bun.DB { return l.db }

// Ping tells whether the database answers.
func (l *Ledger) Ping(ctx context.Context) error { return l.db.PingContext(ctx) }

// tx runs f in a transaction and says what was being done when it fails. Of two transactions in a deadlock PostgreSQL
// ends one, which is then run again; so f must begin from nothing each time.
func (l *Ledger) tx(ctx context.Context, doing string, f func(ctx context.Context, tx bun.Tx) error) error {
	heeding := func(ctx context.Context, tx bun.Tx) error {
		if err := heed(ctx, tx); err != nil {
			return err
		}
		return f(ctx, tx)
	}
	var err error
	for range 3 {
		if err = l.db.RunInTx(ctx, nil, heeding); codeOf(err) != deadlock {
			break
		}
	}
	return wrap(doing, err)
}

// deadlock is PostgreSQL's code for a transaction that was ended to free another.
const deadlock = "40P01"

// wrap says what was being done and translates the database's errors; their texts, which may quote contacts, go no further.
func wrap(doing string, err error) error {
	var e *pq.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%s: %w", doing, ErrNotFound)
	case errors.As(err, &e) && e.Code == "23505":
		return fmt.Errorf("%s: %w (%s)", doing, ErrConflict, e.Constraint)
	case gone(err):
		return &contact.Error{Kind: contact.Unavailable, Doing: doing, Sentence: "The database does not answer.", Code: codeOf(err)}
	case errors.As(err, &e):
		return fmt.Errorf("%s: PostgreSQL refused with %s (%s)", doing, e.Code, e.Constraint)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// gone tells whether the database was lost rather than refusing something: no connection, or it is starting or stopping.
func gone(err error) bool {
	var refused *net.OpError
	code := codeOf(err)
	return errors.As(err, &refused) || errors.Is(err, driver.ErrBadConn) || strings.HasPrefix(code, "08") || strings.HasPrefix(code, "57P")
}

// one turns "no row was touched" into an error.
func one(res sql.Result, err, none error) error {
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(none, err)
	}
	return nil
}
