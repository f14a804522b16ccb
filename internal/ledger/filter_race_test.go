package ledger_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// A plan that was made of the members listed before does not put to rest what a later listing woke.
func TestALatePlanDoesNotHideANewListing(t *testing.T) {
	l := fresh(t)
	c := filtered(t, l, "19x5", &bonn)
	require.NoError(t, l.StoreMembers(t.Context(), due(t, l, time.Hour)[0], []string{"12x1"}))
	for _, side := range contact.Sides {
		f, err := l.Feed(t.Context(), c.Feed(side))
		require.NoError(t, err)
		id := map[contact.Side]string{contact.VTiger: "12x2", contact.Outlook: "o2"}[side]
		_, err = l.StorePage(t.Context(), f, contact.Page{Records: []contact.Record{{ID: id, Owner: "19x5"}}, Next: "n"}, "")
		require.NoError(t, err)
	}
	link := &ledger.Link{ConnectionID: c.ID, Epoch: c.Epoch, State: reconcile.OutOfScope, VTigerID: "12x2", OutlookID: "o2", Base: reconcile.Base{}, CreatedAt: time.Now()}
	_, err := l.DB().NewInsert().Model(link).Exec(t.Context())
	require.NoError(t, err)
	run, err := l.RequestRun(t.Context(), c, "one", "", "19x5")
	require.NoError(t, err)

	trees, err := l.Trees(t.Context(), c, ledger.Run{})
	require.NoError(t, err)
	require.Len(t, trees.Links, 1)
	require.NoError(t, l.StoreMembers(t.Context(), due(t, l, 0)[0], []string{"12x1", "12x2"}))
	rows := ledger.PlanRows{Listed: trees.Listed, Quiet: []ledger.Quiet{{Link: trees.Links[0].ID, VTiger: trees.VTiger[0].Hash, Outlook: trees.Outlook[0].Hash}}}
	require.ErrorIs(t, l.SavePlan(t.Context(), c, run.ID, rows), ledger.ErrMoved)

	trees, err = l.Trees(t.Context(), c, ledger.Run{})
	require.NoError(t, err)
	rows.Listed = trees.Listed
	require.Len(t, trees.Links, 1)
	require.NoError(t, l.SavePlan(t.Context(), c, run.ID, rows))
	trees, err = l.Trees(t.Context(), c, ledger.Run{})
	require.NoError(t, err)
	require.Empty(t, trees.Links)
}
