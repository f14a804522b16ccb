package vtiger

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/conformance"
	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/vtigersim"
)

func TestConformance(t *testing.T) {
	for _, s := range shelves {
		t.Run("simulator/"+s.module, func(t *testing.T) {
			conformance.Run(t, func(t *testing.T) conformance.Rig { return simulatedRig(t, s.withAdded()) })
		})
		if config, named := liveConfig(); named {
			t.Run("live/"+s.module, func(t *testing.T) {
				conformance.Run(t, func(t *testing.T) conformance.Rig { return liveRig(t, config, s) })
			})
		}
	}
}

func simulatedRig(t *testing.T, s shelf) conformance.Rig {
	c := newCRM(t, vtigersim.WithFields(s.module, added...))
	var mu sync.Mutex
	var skew time.Duration
	var broken atomic.Bool
	open := func() contact.Book {
		return c.behind(t, brokenTable(s.module, broken.Load)).Book(s.module, overlap)
	}
	rig := conformance.Rig{
		Book:   open(),
		Reopen: open,
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
		Owner: c.admin, Group: "20x2",
		Catalogue:  s.catalogue(t, c.dial(), "Conformance text"),
		HoldInsert: func(testing.TB) func() { return c.Hold("create", 1) },
		Break: func(testing.TB) func() {
			broken.Store(true)
			return func() { broken.Store(false) }
		},
	}
	return s.fill(rig, c.add)
}
