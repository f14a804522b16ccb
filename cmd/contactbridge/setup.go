package main

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"io"
	"time"

	"contactbridge/api"
	"contactbridge/internal/integration"
	"contactbridge/internal/ledger"
)

// setupLife is how long the set-up link may be used.
const setupLife = 24 * time.Hour

// setup prints a new set-up link, which ends the one before it.
func setup(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("setup", flag.ContinueOnError)
	flags.SetOutput(out)
	if err := parse(flags, args); err != nil {
		return err
	}
	c, err := readConfig(osEnv)
	if err != nil {
		return err
	}
	l, err := openLedger(ctx, c)
	if err != nil {
		return err
	}
	defer l.Close()
	held, err := (&integration.Account{Ledger: l, Fixed: c.vtiger}).Settings(ctx)
	if err != nil {
		return err
	}
	if held.Configured() {
		return fmt.Errorf("vTiger is configured already (%s); an administrator of it changes that by PUT /api/v1/settings/vtiger", held.Address())
	}
	link, expires, err := setupLink(ctx, l, c.publicURL)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Open this link to name your vTiger and the first administrator; it works once, until %s:\n%s\n", expires.Format(time.RFC1123), link)
	return nil
}

// setupLink makes a set-up link.
func setupLink(ctx context.Context, l *ledger.Ledger, publicURL string) (link string, expires time.Time, err error) {
	token := rand.Text()
	expires = time.Now().Add(setupLife).UTC().Truncate(time.Second)
	return api.SetupURL(publicURL, token), expires, l.IssueSetupLink(ctx, token, expires)
}

// invite logs a set-up link where nobody named a vTiger yet.
func (s *service) invite(ctx context.Context) error {
	held, err := s.vtiger.Settings(ctx)
	if err != nil || held.Configured() {
		return err
	}
	link, expires, err := setupLink(ctx, s.ledger, s.publicURL)
	if err != nil {
		return err
	}
	s.log.Warn("no vTiger is configured yet; open the link to set Contact Bridge up", "link", link, "expires", expires)
	return nil
}
