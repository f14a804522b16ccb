package devstack

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/lib/pq"
)

// How long a database that is copied may still have connections that are closing, and how long dropping one may take.
const (
	inUseTimeout = 10 * time.Second
	inUseEvery   = 50 * time.Millisecond
	dropTimeout  = 15 * time.Second
)

// maintenance makes databases with random names and drops only those.
type maintenance struct {
	address *url.URL
	db      *sql.DB
	log     func(string)

	mu   sync.Mutex
	ours map[string]bool
}

func openMaintenance(address *url.URL, log func(string)) (*maintenance, error) {
	db, err := sql.Open("postgres", address.String())
	if err != nil {
		// The driver's error repeats the address with its password.
		return nil, errors.New("open the maintenance connection to PostgreSQL: the address is not understood")
	}
	return &maintenance{address: address, db: db, log: log, ours: map[string]bool{}}, nil
}

// create makes a copy of the template.
func (m *maintenance) create(ctx context.Context, template string) (string, func(), error) {
	name := randomName("contactbridge_")
	statement := "CREATE DATABASE " + pq.QuoteIdentifier(name) + " TEMPLATE " + pq.QuoteIdentifier(template)
	if err := m.whenUnused(ctx, statement); err != nil {
		return "", nil, fmt.Errorf("make a database of our own: %w", err)
	}
	m.mu.Lock()
	m.ours[name] = true
	m.mu.Unlock()
	dsn := *m.address
	dsn.Path = "/" + name
	return dsn.String(), func() { m.drop(name) }, nil
}

// whenUnused repeats the statement while the template has other connections: a closed one lingers at the server.
func (m *maintenance) whenUnused(ctx context.Context, statement string) error {
	for giveUp := time.Now().Add(inUseTimeout); ; {
		_, err := m.db.ExecContext(ctx, statement)
		var refused *pq.Error
		if !errors.As(err, &refused) || refused.Code.Name() != "object_in_use" || time.Now().After(giveUp) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(inUseEvery):
		}
	}
}

// drop removes one of our databases, once, with whoever is connected to it.
func (m *maintenance) drop(name string) {
	m.mu.Lock()
	known := m.ours[name]
	delete(m.ours, name)
	m.mu.Unlock()
	if !known {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), dropTimeout)
	defer cancel()
	if _, err := m.db.ExecContext(ctx, "DROP DATABASE IF EXISTS "+pq.QuoteIdentifier(name)+" WITH (FORCE)"); err != nil {
		m.log("could not drop the database " + name + ": " + err.Error())
	}
}

// close ends the maintenance connections, dropping what is left of ours if asked to.
func (m *maintenance) close(dropAll bool) {
	m.mu.Lock()
	left := make([]string, 0, len(m.ours))
	for name := range m.ours {
		left = append(left, name)
	}
	if !dropAll {
		clear(m.ours)
	}
	m.mu.Unlock()
	if dropAll {
		for _, name := range left {
			m.drop(name)
		}
	}
	_ = m.db.Close()
}

// databaseName is the database that a DSN in URL form names. The DSN stays out of the error: it holds a password.
func databaseName(dsn string) (string, error) {
	address, err := url.Parse(dsn)
	if err != nil || strings.Trim(address.Path, "/") == "" {
		return "", errors.New("read the template's name: its DSN names no database")
	}
	return strings.Trim(address.Path, "/"), nil
}

// randomName is the prefix with enough random digits that nobody else has it.
func randomName(prefix string) string { return prefix + strings.ToLower(rand.Text()) }
