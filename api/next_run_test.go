package api

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Whoever looks at a connection sees when it syncs by itself next, or why it does not.
func TestTheNextRunIsShown(t *testing.T) {
	r, _, alice, connection := staged(t)
	look := func() (v connectionView) {
		alice.do("GET", connection, nil).read(t, &v)
		return v
	}
	require.Equal(t, 200, alice.at("PUT /settings", connection, map[string]any{"automatic": false, "intervalMinutes": 7}).status)
	v := look()
	require.Nil(t, v.NextRun)
	require.Equal(t, "Syncing by itself is switched off.", v.Paused)
	require.Equal(t, 200, alice.at("PUT /settings", connection, map[string]any{"automatic": true}).status)
	require.Equal(t, "The first sync is a person's.", look().Paused)
	r.exec("UPDATE epochs SET applied_at = now()")
	v = look()
	require.Empty(t, v.Paused)
	require.WithinRange(t, *v.NextRun, time.Now().Add(-time.Second), time.Now().Add(7*time.Minute))
	var list struct{ Connections []connectionView }
	alice.do("GET", connectionsPath, nil).read(t, &list)
	require.NotNil(t, list.Connections[0].NextRun)
}
