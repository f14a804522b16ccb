package worker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// The sample for the mapping is one contact on both sides as soon as one is linked, the one that changed last; before, of each
// side a record of the connection's own.
func TestTheSampleIsOneContact(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, 0)
	v, o, err := r.ledger.Sample(t.Context(), r.current())
	require.NoError(t, err)
	require.Empty(t, v.ID+o.ID)
	r.vtiger.AddContact(r.cast.Users[1].ID, map[string]string{"lastname": "Of Bob"})
	r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "Alone"})
	s.begin("one") // nothing is linked yet
	v, o, err = r.ledger.Sample(t.Context(), r.current())
	require.NoError(t, err)
	require.Equal(t, "Alone", v.Values["lastname"])
	require.Empty(t, o.ID)
	s.finish("")

	ann, annO := met(s, "ann")
	met(s, "bea")
	s.whole("two")
	time.Sleep(1100 * time.Millisecond) // vTiger's times are of whole seconds
	require.NoError(t, r.vtiger.Edit(ann, map[string]string{"title": "latest"}))
	s.whole("three")
	v, o, err = r.ledger.Sample(t.Context(), r.current())
	require.NoError(t, err)
	require.Equal(t, [2]string{ann, annO}, [2]string{v.ID, o.ID})
	require.Equal(t, "latest", v.Values["title"])
	require.Contains(t, r.current().Settings.Mapping.Read(contact.Outlook, o.Values), contact.Field("jobTitle"))
}
