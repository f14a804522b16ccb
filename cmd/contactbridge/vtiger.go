package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"contactbridge/internal/integration"
	"contactbridge/internal/vtiger"
)

// checkVTiger asks vTiger whether the integration account is good for anything. What the environment sets must be; of what
// an admin saved only the log tells, for it is mended while the service runs. Nothing set is no error: somebody is invited.
func (s *service) checkVTiger(ctx context.Context) error {
	held, err := s.vtiger.Settings(ctx)
	if err != nil || !held.Configured() {
		return err
	}
	if len(held.Fixed) > 0 {
		return s.tieVTiger(ctx, held)
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := s.askVTiger(ctx, held.Config); err != nil {
		s.log.Warn("vTiger cannot be used as it is set now", "error", oneLine(err))
	}
	return nil
}

// tieVTiger checks what the environment sets, and ties the database to that vTiger.
func (s *service) tieVTiger(ctx context.Context, held integration.Settings) error {
	if held.Another(held.Address()) {
		return fmt.Errorf("VTIGER_URL names another vTiger than the one this database belongs to (%s); to replace that one, take the "+
			"VTIGER_ variables out of the environment and name the new one by the set-up link or PUT /api/v1/settings/vtiger, with replaceInstance",
			held.Instance)
	}
	// With patience: if the process before this one was killed while it logged in, its turn ends after a minute and a half.
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	if err := s.askVTiger(ctx, held.Config); err != nil {
		return err
	}
	_, err := s.ledger.Instance(ctx, held.Address())
	return err
}

// askVTiger asks in a session of its own and logs what an admin should know.
func (s *service) askVTiger(ctx context.Context, c vtiger.Config) error {
	info, err := s.vtiger.Try(c).Check(ctx)
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case err != nil && vtiger.Blames(err) == "url":
		return named("VTIGER_URL", err)
	case err != nil:
		return named("VTIGER_URL, VTIGER_USERNAME, VTIGER_ACCESS_KEY", err)
	}
	for _, warning := range info.Warnings {
		s.log.Warn(warning)
	}
	return nil
}
