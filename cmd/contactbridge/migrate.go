package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"go.temporal.io/sdk/client"

	"contactbridge/internal/ledger"
	"contactbridge/migrations"
	"contactbridge/workflows"
)

// migrate brings the database named by DATABASE_URL up to date, and the Temporal that TEMPORAL_ADDRESS names, if any.
func migrate(ctx context.Context, _ []string, out io.Writer) error {
	dsn := osEnv("DATABASE_URL")
	if dsn == "" {
		return errors.New("DATABASE_URL is not set" + hint["DATABASE_URL"])
	}
	if err := migrateTo(ctx, dsn, out); err != nil {
		return err
	}
	return prepareTemporal(ctx, out)
}

// prepareTemporal registers what operators search runs by, where the environment names a Temporal. A worker that starts
// without it does it too.
func prepareTemporal(ctx context.Context, out io.Writer) error {
	if osEnv("TEMPORAL_ADDRESS") == "" {
		return nil
	}
	options, err := temporalFromEnvironment()
	if err != nil {
		return err
	}
	c, err := dialTemporal(ctx, options, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer c.Close()
	if err := workflows.Prepare(ctx, c, or(options.Namespace, client.DefaultNamespace)); err != nil {
		// Nothing but the search needs them; the worker goes on trying.
		fmt.Fprintln(out, "Temporal did not take the search attributes, so that runs cannot be searched by user, direction and outcome:", err)
		return nil
	}
	fmt.Fprintln(out, "Temporal knows the search attributes")
	return nil
}

func migrateTo(ctx context.Context, dsn string, out io.Writer) error {
	l, err := ledger.Open(ctx, dsn, nil)
	if err != nil {
		return named("DATABASE_URL", err)
	}
	defer l.Close()
	applied, err := migrations.Up(ctx, l.DB())
	if err != nil {
		return err
	}
	for _, name := range applied {
		fmt.Fprintln(out, "applied", name)
	}
	if len(applied) == 0 {
		fmt.Fprintln(out, "the database is up to date")
	}
	return nil
}

// healthcheck asks the API on this machine; for container health checks, whose images have no curl.
func healthcheck(ctx context.Context, _ []string, _ io.Writer) error {
	address := or(osEnv("CONTACTBRIDGE_LISTEN"), ":8080")
	if address[0] == ':' {
		address = "127.0.0.1" + address
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("the API at %s does not answer", address)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the API at %s is not ready: %s", address, response.Status)
	}
	return nil
}
