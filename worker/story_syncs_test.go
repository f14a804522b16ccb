package worker_test

import (
	"errors"
	"fmt"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"contactbridge/internal/contact"
)

// syncs are the sentences with an outcome: what a sync planned and what became of it.
var syncs = []sentence{
	{"{who} syncs", func(s *story, x said) error { return s.sync(x.who[0], asked{}) }},
	{"{who} syncs to Outlook only", func(s *story, x said) error { return s.sync(x.who[0], asked{direction: contact.ToOutlook}) }},
	{"{who} syncs to vTiger only", func(s *story, x said) error { return s.sync(x.who[0], asked{direction: contact.ToVTiger}) }},
	{"{who} syncs by the clock", func(s *story, x said) error { return s.sync(x.who[0], asked{clock: true}) }},
	{"{who} clicks twice", func(s *story, x said) error {
		_, err := s.ledger.RequestRun(s.t.Context(), s.connected(x.who[0]), "an impatient click", "", x.who[0].ID)
		require.NoError(s.t, err)
		_, err = s.ledger.BeginRun(s.t.Context(), x.who[0].connection) // before, both clicks would share one
		require.NoError(s.t, err)
		if err := s.sync(x.who[0], asked{}); err != nil {
			return err
		}
		more := s.rounds(x.who[0].connection)
		s.outcome = append(s.outcome, s.happened(x.who[0])...)
		return more
	}},
	{"{who} cannot sync", func(s *story, x said) error { return s.fail(x.who[0], asked{}) }},
	{"{who}'s sync dies", func(s *story, x said) error {
		if err := s.serve(x.who[0], asked{}); !errors.Is(err, errDied) {
			return fmt.Errorf("it did not die: %w", err)
		}
		s.outcome = s.happened(x.who[0])
		return nil
	}},
}

// sync does a person's sync and demands that it succeeds.
func (s *story) sync(x *actor, how asked) error {
	err := s.serve(x, how)
	s.outcome = s.happened(x)
	runs, found := s.ledger.Runs(s.t.Context(), "", x.connection, 0, 1)
	require.NoError(s.t, found)
	if n := runs[0].Standing; n > 0 {
		s.outcome = append(s.outcome, fmt.Sprintf("stands   %d for a sync of the other direction", n))
	}
	return err
}

// fail demands that a sync fails, and tells why as the person reads it.
func (s *story) fail(x *actor, how asked) error {
	err := s.serve(x, how)
	var failed *temporal.ApplicationError
	if !errors.As(err, &failed) {
		return fmt.Errorf("it did not fail: %w", err)
	}
	s.outcome = append([]string{fmt.Sprintf("fails    %s: %s", failed.Type(), failed.Message())}, s.happened(x)...)
	return nil
}
