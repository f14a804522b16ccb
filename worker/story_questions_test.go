package worker_test

import (
	"fmt"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// questions are what waits for a person, and what the person says.
var questions = []sentence{
	{"{who} is asked nothing", func(s *story, x said) error { return s.isAsked(x.who[0], 0) }},
	{"{who} is asked {n} {questions}", func(s *story, x said) error { return s.isAsked(x.who[0], x.n) }},
	{"{who} is asked about {name}: {text}", func(s *story, x said) error {
		s.facts++
		h, err := s.question(x.who[0], x.names[0])
		if err == nil && string(h.Kind) != x.text {
			return fmt.Errorf("the question is %s", h.Kind)
		}
		return err
	}},
	{"{who} answers about {name}: it is {name}", func(s *story, x said) error {
		h, err := s.question(x.who[0], x.names[0])
		if err != nil {
			return err
		}
		record, err := s.known(h.Side, x.who[0], x.names[1])
		if err != nil {
			return err
		}
		return s.answer(x.who[0], h, reconcile.Answer{Verdict: reconcile.Approve, Record: record})
	}},
	{"{who} answers about {name}: {word}", func(s *story, x said) error {
		h, err := s.question(x.who[0], x.names[0])
		if err != nil {
			return err
		}
		return s.answer(x.who[0], h, reconcile.Answer{Verdict: reconcile.Verdict(x.text)})
	}},
	{"{who} answers the others: {word}", func(s *story, x said) error {
		for _, h := range s.open(x.who[0]) {
			if err := s.answer(x.who[0], h, reconcile.Answer{Verdict: reconcile.Verdict(x.text)}); err != nil {
				return err
			}
		}
		return nil
	}},
}

// open lists what waits for a person and was not answered yet.
func (s *story) open(x *actor) (out []ledger.Hold) {
	all, err := s.ledger.Holds(s.t.Context(), s.connected(x))
	require.NoError(s.t, err)
	for _, h := range all {
		if h.Verdict == "" {
			out = append(out, h)
		}
	}
	return out
}

// question finds the one that is open about a contact.
func (s *story) question(x *actor, name string) (ledger.Hold, error) {
	for _, h := range s.open(x) {
		for side, id := range map[contact.Side]string{contact.VTiger: h.VTigerID, contact.Outlook: h.OutlookID} {
			if id != "" && s.names.of[place(side, s.mailboxOf(x))+id] == name {
				return h, nil
			}
		}
	}
	return ledger.Hold{}, fmt.Errorf("nothing is asked about %s", name)
}

func (s *story) answer(x *actor, h ledger.Hold, a reconcile.Answer) error {
	return s.ledger.AnswerHold(s.t.Context(), s.connected(x), h.ID, a, x.ID)
}

// isAsked demands how many questions are open.
func (s *story) isAsked(x *actor, want int) error {
	s.facts++
	if got := len(s.open(x)); got != want {
		return fmt.Errorf("%d questions are open", got)
	}
	return nil
}
