package worker_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The first sync brings both sides together, later ones carry changes, and a quiet one writes nothing.
func TestContactsSyncBothWays(t *testing.T) {
	r := newRig(t, nil, nil)
	r.cast.People(r.vtiger, r.microsoft)

	first := r.counts(r.sync("first"))
	require.Equal(t, 15, first["insert vtiger done"])
	require.Equal(t, 15, first["insert outlook done"])
	require.Equal(t, 5, first["link  done"])
	r.equal()

	require.Empty(t, r.counts(r.sync("second")), "nothing changed, so nothing is done")

	v := r.vtiger.Contacts()[0]
	require.NoError(t, r.vtiger.Edit(v["id"], map[string]string{"title": "Chief"}))
	require.NoError(t, r.vtiger.Delete(r.vtiger.Contacts()[1]["id"]))
	third := r.counts(r.sync("third"))
	require.Equal(t, map[string]int{"update outlook done": 1, "delete outlook done": 1}, third)
	r.equal()
}
