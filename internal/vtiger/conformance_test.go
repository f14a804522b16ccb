package vtiger

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/conformance"
	"contactbridge/internal/contact"
)

func TestBookConforms(t *testing.T) {
	t.Run("simulator", func(t *testing.T) { conformance.Run(t, simulatedRig) })
	if config, named := liveConfig(); named {
		t.Run("live", func(t *testing.T) {
			conformance.Run(t, func(t *testing.T) conformance.Rig { return liveRig(t, config) })
		})
	}
}

func simulatedRig(t *testing.T) conformance.Rig {
	c := newCRM(t)
	var mu sync.Mutex
	var skew time.Duration
	var broken atomic.Bool
	open := func() contact.Book {
		return c.behind(t, brokenTable("Contacts", broken.Load)).Book("Contacts", overlap)
	}
	return conformance.Rig{
		Book:   open(),
		Reopen: open,
		Insert: func(_ testing.TB, values map[string]string) string { return c.person(values) },
		Edit: func(t testing.TB, id string, values map[string]string) {
			mu.Lock()
			defer mu.Unlock()
			skew += time.Second // versions are seconds
			c.SetClockSkew(skew)
			require.NoError(t, c.Edit(id, values))
		},
		EditNow: func(t testing.TB, id string, values map[string]string) { require.NoError(t, c.Edit(id, values)) },
		Restore: func(t testing.TB, id string) { require.NoError(t, c.Restore(id)) },
		Reassign: func(t testing.TB, id string) string {
			require.NoError(t, c.Reassign(id, c.alice))
			return c.alice
		},
		Remove: func(_ testing.TB, id string) { _ = c.Delete(id) }, // an error says that it is gone already
		Values: func(t testing.TB, id string) map[string]string {
			values, there := c.Record(id)
			require.True(t, there)
			return values
		},
		First: "firstname", Last: "lastname", Text: "title", Email: "email", Date: "birthday",
		Owner:      c.admin,
		HoldInsert: func(testing.TB) func() { return c.Hold("create", 1) },
		Break: func(testing.TB) func() {
			broken.Store(true)
			return func() { broken.Store(false) }
		},
	}
}
