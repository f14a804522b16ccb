package worker_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

func (r *rig) only(t *testing.T) (v map[string]string, o map[string]any) {
	require.Len(t, r.vtiger.Contacts(), 1)
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 1)
	return r.vtiger.Contacts()[0], r.microsoft.Contacts(r.user.Mailbox, "")[0]
}

func idOf(c map[string]any) string { s, _ := c["id"].(string); return s }

// A vTiger that was set back (a restored backup, a corrected clock) shows older times than before.
func TestAnOlderModifiedTimeIsBelieved(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	r.vtiger.SetClockSkew(2 * time.Hour)
	id := r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "Cl", "lastname": "Ock", "title": "A", "department": "A"})
	r.sync("one")
	r.vtiger.SetClockSkew(0)
	require.NoError(t, r.vtiger.Edit(id, map[string]string{"title": "B"}))
	_, o := r.only(t)
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, idOf(o), map[string]any{"department": "C"}))
	t.Log(r.counts(r.sync("two")))
	t.Log(r.counts(r.sync("three")))
	v, o := r.only(t)
	require.Equal(t, "B", o["jobTitle"])
	require.Equal(t, "C", v["department"])
}

// A mapping that never writes the last name into vTiger cannot insert there, and asks vTiger nothing in vain.
func TestWithoutALastNameNothingIsSent(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, func(s *ledger.Settings) {
		s.Mapping = slices.Clone(s.Mapping)
		for i := range s.Mapping {
			if s.Mapping[i].Outlook == "surname" {
				s.Mapping[i].Direction = contact.ToOutlook
			}
		}
	})
	r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"givenName": "No", "surname": "Way"})
	t.Log(r.counts(r.sync("1")))
	require.Zero(t, r.vtiger.Count("create"))
	r.quietAfter(t)
}

// A character that PostgreSQL cannot hold stops nobody's sync.
func TestANULStopsNobody(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, time.Minute)
	r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"surname": "Nul", "jobTitle": "a\x00b"})
	r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "Vnul", "title": "c\x00d"})
	s.whole("one")
	require.Len(t, r.vtiger.Contacts(), 2)
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 2)
}
