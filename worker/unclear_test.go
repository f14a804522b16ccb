package worker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/graphsim"
	"contactbridge/internal/simulator/vtigersim"
)

// One contact whose insert never gets an answer does not keep the run from ending, nor the others waiting.
func TestAnInsertWithoutAnyAnswerIsGivenUp(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	r.work(r.acts(time.Second))
	r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"givenName": "Poi", "surname": "Son"})
	r.vtiger.Fail("create", -1, vtigersim.EmptyError)
	run := r.sync("poison")
	require.Equal(t, map[string]int{"error vtiger failed": 1}, r.counts(run))
	r.vtiger.ClearFaults()
	require.Equal(t, map[string]int{"insert vtiger done": 1}, r.counts(r.sync("healed")))
}

// What a user edits between a write whose answer never came and its adoption is the user's change, and travels.
func TestAnEditBeforeTheAdoptionSurvives(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"insert", "update"} {
		t.Run(kind, func(t *testing.T) {
			r := newStage(t, nil, nil)
			s := newSteps(r, time.Minute)
			id := r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"givenName": "Eve", "surname": "Edit", "jobTitle": "A"})
			operation := "create"
			if kind == "update" {
				operation = "revise"
				s.whole("zero")
				require.NoError(t, r.microsoft.Edit(r.user.Mailbox, id, map[string]any{"jobTitle": "B"}))
			}
			run := s.begin("one")
			s.plan(run)
			r.vtiger.Fail(operation, 1, vtigersim.HangUp)
			s.apply(run)
			s.finish("unavailable")
			require.NoError(t, r.microsoft.Edit(r.user.Mailbox, id, map[string]any{"jobTitle": "C"}))
			s.whole("two")
			require.Equal(t, "C", r.microsoft.Contact(r.user.Mailbox, id)["jobTitle"])
			require.Equal(t, "C", r.vtiger.Contacts()[0]["title"])
		})
	}
}

// A run is not done while an insert that an earlier, failed run left unclear still waits.
func TestAnEarlierRunsUnclearInsertIsFinished(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, 3*time.Second)
	r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"givenName": "Un", "surname": "Clear"})
	run := s.begin("one")
	s.plan(run)
	r.vtiger.Fail("create", 1, vtigersim.EmptyError)
	s.apply(run)
	s.finish("unavailable")
	r.work(s.a)
	r.sync("two")
	require.Len(t, r.vtiger.Contacts(), 1)
}

// What a side asks us to wait is waited for, also when the rest of the batch was taken.
func TestRetryAfterIsObeyedInAMixedBatch(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, time.Minute)
	for _, n := range []string{"A", "B", "C"} {
		r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": n, "lastname": "Throttle" + n})
	}
	run := s.begin("one")
	s.plan(run)
	r.microsoft.Fail("contacts.create", 2, graphsim.Throttled("3"))
	applied, refused := s.apply(run), time.Now()
	require.Equal(t, 3, r.microsoft.Count("contacts.create"), "the refused ones are not sent again at once")
	require.True(t, applied.Left)
	require.GreaterOrEqual(t, applied.Wait, 3*time.Second)
	s.apply(run) // at once, yet the mailbox is closed to everybody until then
	require.GreaterOrEqual(t, time.Since(refused), 2500*time.Millisecond)
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 3)
}

// A mapping that changes between a write whose answer never came and its adoption clears nothing.
func TestAMappingChangedBeforeTheAdoptionClearsNothing(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, time.Minute)
	r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Re", "lastname": "Map", "title": "B"})
	run := s.begin("one")
	s.plan(run)
	r.microsoft.Fail("contacts.create", 1, graphsim.GatewayTimeout().Committed())
	s.apply(run)
	s.finish("unavailable")
	r.change(func(s *ledger.Settings) { remap(s) })
	s.whole("two")
	s.whole("three")
	require.Equal(t, "B", r.microsoft.Contacts(r.user.Mailbox, "")[0]["jobTitle"])
}
