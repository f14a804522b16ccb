package worker_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// removed makes vTiger's records show nothing in a field any more, each newly saved, and gives back how it is put back.
func (r *rig) removed(field string, ids ...string) (back func()) {
	r.t.Helper()
	require.NoError(r.t, r.vtiger.SetFieldOff("Contacts", field, true))
	for _, id := range ids {
		require.NoError(r.t, r.vtiger.Edit(id, map[string]string{"title": "Edited"}))
	}
	return func() { require.NoError(r.t, r.vtiger.SetFieldOff("Contacts", field, false)) }
}

// untouched demands that a run failed for a field that is gone, and that nothing was done on either side.
func (r *rig) untouched(run ledger.Run, field string, before map[string]map[string]any) {
	r.t.Helper()
	require.Equal(r.t, ledger.RunFailed, run.State)
	require.Equal(r.t, string(contact.NeedsAdmin), run.Trouble)
	require.Contains(r.t, run.TroubleSentence, "vTiger has no field "+field+" any more")
	require.Equal(r.t, string(contact.NeedsAdmin), r.current().Trouble)
	require.Equal(r.t, before, r.inOutlookBySurname())
	require.Empty(r.t, r.counts(run))
	frozen, err := r.ledger.DB().NewSelect().Model((*ledger.Link)(nil)).Where("state = ?", reconcile.OutOfScope).Count(r.t.Context())
	require.NoError(r.t, err)
	require.Zero(r.t, frozen)
	feed, err := r.ledger.Feed(r.t.Context(), r.connection.Feed(contact.VTiger))
	require.NoError(r.t, err)
	require.Zero(r.t, feed.WholeDue.Unix(), "what is read meanwhile lacks the field, and stays so when it is back")
}

// With a removed field records show nothing there: neither is that brought to Outlook, nor does anybody leave the scope by it.
func TestAFieldIsTakenOffInVTiger(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(*ledger.Settings){
		"department": nil,
		"leadsource": func(s *ledger.Settings) {
			s.Conditions = reconcile.Conditions{{Field: "leadsource", Operator: reconcile.Is, Value: "Web Site"}}
			s.OnScopeExit = ledger.RemoveCopy
		},
	} {
		t.Run(field, func(t *testing.T) {
			r := newRig(t, nil, change)
			values := map[string]string{"department": "Board", "leadsource": "Web Site"}
			var ids []string
			r.vtiger.SetClockSkew(-time.Hour) // so that only a whole walk shows again what nobody edits
			for _, name := range []string{"Gray", "Hill", "Rock"} {
				ids = append(ids, r.vtiger.AddContact(r.user.ID, with(values, "lastname", name)))
			}
			for n := range 250 {
				r.vtiger.AddContact(r.user.ID, with(values, "lastname", fmt.Sprint("Guest", n)))
			}
			r.vtiger.SetClockSkew(0)
			r.sync("one")
			before := r.inOutlookBySurname()
			require.Len(t, before, 253)
			require.Equal(t, "Board", before["Gray"]["department"])

			back := r.removed(field, ids[:2]...)
			r.untouched(r.await(r.ask("gone")), field, before)
			require.NoError(t, r.ledger.ObserveAgain(t.Context(), r.current(), contact.VTiger))
			r.untouched(r.await(r.ask("gone, as a whole")), field, before)
			require.Zero(t, r.vtiger.Count("delete")+r.microsoft.Count("contacts.delete"))

			back()
			r.sync("back")
			require.Empty(t, r.current().Trouble)
			now := r.inOutlookBySurname()
			require.Equal(t, slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(now)))
			for name := range now {
				require.Equal(t, "Board", now[name]["department"], name)
				require.Equal(t, map[string]any{"Gray": "Edited", "Hill": "Edited"}[name], now[name]["jobTitle"], name)
			}
			require.Empty(t, r.counts(r.sync("quiet")))
			require.Zero(t, r.vtiger.Count("delete")+r.microsoft.Count("contacts.delete"))
		})
	}
}

// A run that has nothing to do asks vTiger for no description of its fields.
func TestARunWithNothingToDoAsksForNoFields(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, func(s *ledger.Settings) {
		s.Conditions = reconcile.Conditions{{Field: "department", Operator: reconcile.IsNotEmpty}}
	})
	gray := r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "Gray", "department": "Board"})
	r.sync("one")
	r.sync("settled")
	described := r.vtiger.Count("describe")
	require.Empty(t, r.counts(r.sync("quiet")))
	require.Equal(t, described, r.vtiger.Count("describe"))
	require.NoError(t, r.vtiger.Edit(gray, map[string]string{"title": "CEO"}))
	r.sync("two")
	require.Greater(t, r.vtiger.Count("describe"), described, "the count counts")
}

func with(values map[string]string, key, value string) map[string]string {
	out := maps.Clone(values)
	out[key] = value
	return out
}
