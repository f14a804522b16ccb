// Package migrations holds the numbered SQL that builds the ledger's schema, and applies it.
package migrations

import (
	"context"
	"embed"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/migrate"
)

//go:embed *.sql
var files embed.FS

// lock is the advisory lock under which one process at a time migrates a database.
const lock = 0x636f6e7462 // "contb"

// Up applies what is missing, in order, each file in a transaction of its own, and tells the names of what it applied.
// Several processes may call it at once.
func Up(ctx context.Context, db *bun.DB) ([]string, error) {
	found := migrate.NewMigrations()
	if err := found.Discover(files); err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to migrate: %w", err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(?)", lock); err != nil {
		return nil, fmt.Errorf("wait for another migration: %w", err)
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(?)", lock)

	migrator := migrate.NewMigrator(db, found, migrate.WithMarkAppliedOnSuccess(true))
	if err := migrator.Init(ctx); err != nil {
		return nil, fmt.Errorf("prepare the migration tables: %w", err)
	}
	group, err := migrator.Migrate(ctx)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	var names []string
	for _, m := range group.Migrations {
		names = append(names, m.Name+"_"+m.Comment)
	}
	return names, nil
}

// Pending lists what Up would apply; the API and the worker do not start on a database that lacks something.
func Pending(ctx context.Context, db *bun.DB) ([]string, error) {
	found := migrate.NewMigrations()
	if err := found.Discover(files); err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	migrator := migrate.NewMigrator(db, found)
	status, err := migrator.MigrationsWithStatus(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask which migrations are applied: %w", err)
	}
	var names []string
	for _, m := range status.Unapplied() {
		names = append(names, m.Name+"_"+m.Comment)
	}
	return names, nil
}
