package worker_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// A switch that is turned off while a run is at work is off.
func TestASwitchTurnedOffDuringARunIsOff(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, time.Minute)
	id := r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Gone", "lastname": "Ghost"})
	r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Liv", "lastname": "Living"})
	s.whole("one")
	require.NoError(t, r.vtiger.Delete(id))
	run := s.begin("two")
	require.Equal(t, 1, s.plan(run).Operations)
	r.change(func(s *ledger.Settings) { s.DeleteInOutlook = false })
	s.apply(run)
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 2)
}

// A mapping row that is changed while an update by the old row is on its way clears nothing.
func TestAMappingChangedDuringARunClearsNothing(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, time.Minute)
	id := r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Re", "lastname": "Map", "title": "A"})
	s.whole("one")
	require.NoError(t, r.vtiger.Edit(id, map[string]string{"title": "B"}))
	run := s.begin("two")
	require.Equal(t, 1, s.plan(run).Operations)
	release := r.microsoft.Hold("contacts.update", 1)
	done := make(chan error, 1)
	sending, sent := context.WithCancel(t.Context())
	go func() { _, err := s.env.ExecuteActivity(s.a.Apply, run); done <- err; sent() }()
	require.NoError(t, r.microsoft.Await(sending, func(n map[string]int) bool { return n["contacts.update"] > 0 }))
	r.change(func(s *ledger.Settings) { remap(s) })
	release()
	require.NoError(t, <-done)
	s.finish("")
	s.whole("three")
	require.Equal(t, "B", r.microsoft.Contacts(r.user.Mailbox, "")[0]["jobTitle"])
}

// A plan made under settings that were replaced before it was kept is refused, and hides no change from the next one.
func TestAPlanOfOldSettingsIsNotKept(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, func(s *ledger.Settings) { s.Direction = contact.ToOutlook })
	s := newSteps(r, time.Minute)
	id := r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Qui", "lastname": "Et", "title": "A"})
	s.whole("one")
	other, _ := r.microsoft.Contacts(r.user.Mailbox, "")[0]["id"].(string)
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, other, map[string]any{"jobTitle": "B"}))
	run := s.begin("two")
	old := r.current()
	trees, err := r.ledger.Trees(t.Context(), old, ledger.Run{})
	require.NoError(t, err)
	require.Len(t, trees.Links, 1)
	r.change(func(s *ledger.Settings) { s.Direction = contact.Both })
	err = r.ledger.SavePlan(t.Context(), old, run, ledger.PlanRows{
		Quiet: []ledger.Quiet{{Link: trees.Links[0].ID, VTiger: trees.VTiger[0].Hash, Outlook: trees.Outlook[0].Hash}},
	})
	require.ErrorIs(t, err, ledger.ErrMoved)
	s.finish("")
	s.whole("three")
	v, _ := r.vtiger.Record(id)
	require.Equal(t, "B", v["title"])
}

// A sign-in that is revoked while its token rotates stays revoked.
func TestARevokeDuringARotationHolds(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, time.Minute)
	release := r.microsoft.Hold("token", 1)
	_, err := r.ledger.RequestRun(t.Context(), r.current(), "one", "", r.user.ID)
	require.NoError(t, err)
	before := r.microsoft.Count("token")
	done := make(chan error, 1)
	go func() { _, err := s.env.ExecuteActivity(s.a.Observe, r.connection.ID); done <- err }()
	require.NoError(t, r.microsoft.Await(t.Context(), func(n map[string]int) bool { return n["token"] > before }))
	require.NoError(t, r.ledger.SignedOut(t.Context(), r.connection.ID))
	release()
	require.Error(t, <-done)
	_, _, err = r.ledger.Refresh(t.Context(), r.connection.ID)
	require.ErrorIs(t, err, ledger.ErrNotFound)
}
