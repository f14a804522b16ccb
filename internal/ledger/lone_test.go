package ledger_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// lone plans to delete a vTiger record that has no partner.
func lone(t *testing.T, l *ledger.Ledger, c ledger.Connection, run ledger.Run) {
	kept, err := l.Records(t.Context(), c, contact.VTiger, []string{"12x2"})
	require.NoError(t, err)
	require.NoError(t, l.SavePlan(t.Context(), c, run.ID, ledger.PlanRows{Operations: []ledger.Operation{{
		ConnectionID: c.ID, Epoch: c.Epoch, RunID: run.ID, Side: contact.VTiger, Action: contact.Delete, VTigerID: "12x2",
		Outcome: ledger.Planned, ReasonKind: "twin", Reason: "Why.", PlannedVTiger: kept["12x2"].Hash,
		Fields: map[contact.Field]reconcile.FieldChange{}, Native: map[string]string{}, CreatedAt: time.Now(),
	}}}))
}

// A record without a partner is deleted like any other, with one line, unless some connection linked it meanwhile.
func TestALoneRecordIsDeletedWhileNobodyHoldsIt(t *testing.T) {
	for _, held := range []bool{false, true} {
		t.Run(map[bool]string{false: "free", true: "held"}[held], func(t *testing.T) {
			l, ctx := fresh(t), t.Context()
			c := connected(t, l)
			other, err := l.CreateConnection(ctx, "19x6", "Contacts", c.Settings)
			require.NoError(t, err)
			f, err := l.Feed(ctx, c.Feed(contact.VTiger))
			require.NoError(t, err)
			_, err = l.StorePage(ctx, f, contact.Page{Records: []contact.Record{person("12x2", "Ann", "1", time.Unix(1000, 0))}, Next: "1"}, "Contacts")
			require.NoError(t, err)
			run, err := l.RequestRun(ctx, c, "one", "", "19x5")
			require.NoError(t, err)
			lone(t, l, c, run)
			if held {
				theirs, err := l.RequestRun(ctx, other, "theirs", "", "19x6")
				require.NoError(t, err)
				require.NoError(t, l.SavePlan(ctx, other, theirs.ID, ledger.PlanRows{
					Links: []reconcile.LinkChange{{Step: reconcile.Attach, VTiger: "12x2", Outlook: "A"}},
				}))
			}
			announced, discarded, err := l.Announce(ctx, c, run.ID, func(contact.Side) int { return 9 })
			require.NoError(t, err)
			if held {
				require.Empty(t, announced)
				require.Equal(t, 1, discarded)
				return
			}
			require.Len(t, announced, 1)
			require.Equal(t, "1", announced[0].Target.Version)
			require.NoError(t, l.Settle(ctx, c, []ledger.Settlement{{Operation: announced[0].Operation, Outcome: ledger.Done}}))
			kept, err := l.Records(ctx, c, contact.VTiger, []string{"12x2"})
			require.NoError(t, err)
			require.Equal(t, contact.Deleted, kept["12x2"].Presence)
			lines, err := l.Log(ctx, ledger.LogFilter{RunID: run.ID, Limit: 9})
			require.NoError(t, err)
			require.Len(t, lines, 1)
			require.Equal(t, "twin", lines[0].ReasonKind)
		})
	}
}
