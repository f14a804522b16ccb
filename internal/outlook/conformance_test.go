package outlook

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/conformance"
	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/graphsim"
)

// unkind are the habits of change tracking that Microsoft documents or users report.
func unkind(s *graphsim.Settings) {
	s.Delta.Duplicates = true
	s.Delta.EmptyPages = true
	s.Delta.Replays = 3
	s.Delta.RemovedInFirstRound = true
	s.Delta.RemovedReason = "changed"
	s.Delta.Partial = true
	s.Delta.GoneWithoutLocation = true
	s.ReplaceAddresses = true
	s.DateOnlyBirthdays = true
	s.NullAddresses = true
	s.LimitCode = "RequestBodyRead"
	s.DefaultFolderListed = true
	s.TopIsTotal = true
	s.ContactLists = 2
	s.DeletedItems = true
}

func TestBookConforms(t *testing.T) {
	for name, change := range map[string]func(*graphsim.Settings){
		"kind": func(*graphsim.Settings) {}, "unkind": unkind,
	} {
		t.Run(name, func(t *testing.T) {
			conformance.Run(t, func(t *testing.T) conformance.Rig { return simulatedRig(t, openCloud(t, change)) })
		})
	}
	if cfg, refresh, named := liveSource(); named {
		source := NewSource(cfg, refresh, nil)
		t.Run("live", func(t *testing.T) {
			conformance.Run(t, func(t *testing.T) conformance.Rig { return liveRig(t, cfg, source) })
		})
	}
}

func simulatedRig(t *testing.T, c *cloud) conformance.Rig {
	return conformance.Rig{
		Book:   c.book(),
		Reopen: func() contact.Book { return c.book() },
		Insert: func(t testing.TB, values map[string]string) string { return c.person(t, "", values) },
		Edit: func(t testing.TB, id string, values map[string]string) {
			require.NoError(t, c.Edit(ann, id, fields(values)))
		},
		Remove: func(_ testing.TB, id string) { _ = c.Delete(ann, id) }, // an error says that it is gone already
		Values: func(t testing.TB, id string) map[string]string {
			raw := c.Contact(ann, id)
			require.NotNil(t, raw)
			return shows(raw)
		},
		Away: func(t testing.TB, id string) func() {
			require.NoError(t, c.Move(ann, id, c.AddFolder(ann, "Other")))
			return func() { require.NoError(t, c.Move(ann, id, c.folder)) }
		},
		First: "givenName", Last: "surname", Text: "jobTitle", Email: "emailAddresses", Date: "birthday",
		HoldInsert: func(testing.TB) func() { return c.Hold("contacts.create", 1) },
		Break: func(testing.TB) func() {
			const often = 1000
			c.Fail("delta", often, graphsim.Fault{Status: http.StatusOK, Body: `{"value":[]}`})
			c.Fail("contacts.get", often, graphsim.Fault{Status: http.StatusNotFound, Code: "ErrorItemNotFound"})
			c.Fail("folders.get", often, graphsim.Page(http.StatusBadGateway))
			return c.Heal
		},
	}
}
