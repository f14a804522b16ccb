package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// Where each connection stands is what keeps it from syncing, and the first thing that does.
func TestStandings(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	exec := func(query string, args ...any) {
		_, err := l.DB().ExecContext(t.Context(), query, args...)
		require.NoError(t, err, query)
	}
	exec("UPDATE users SET allowed = false")
	stands := func(want ledger.Standing) {
		t.Helper()
		all, err := l.Glances(t.Context(), c.UserID)
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.Equal(t, want, all[0].Standing)
		everybody, err := l.Glances(t.Context(), "")
		require.NoError(t, err)
		require.Equal(t, all, everybody)
	}
	stands(ledger.NotAllowed)
	exec("UPDATE users SET allowed = true, active = true")
	stands(ledger.NotConnected)
	require.NoError(t, l.Assign(t.Context(), c.ID, ledger.Mailbox{Tenant: "t", ID: "m", Address: "a@b.example"}, ledger.Application))
	stands(ledger.NoFolder)
	require.NoError(t, l.SetTrouble(t.Context(), c.ID, string(contact.NeedsSignIn), "Sign in."))
	stands(ledger.NoSignIn)
	require.NoError(t, l.SetTrouble(t.Context(), c.ID, string(contact.NeedsAdmin), "Ask."))
	stands(ledger.Failing)
	require.NoError(t, l.SetTrouble(t.Context(), c.ID, "", ""))
	save := func(change func(*ledger.Connection)) {
		t.Helper()
		held, err := l.Connection(t.Context(), c.ID)
		require.NoError(t, err)
		change(&held)
		require.NoError(t, l.SaveConnectionSettings(t.Context(), held))
	}
	mapping := c.Settings.Mapping
	save(func(c *ledger.Connection) { c.FolderID, c.Settings.Mapping, c.Settings.Automatic = "f", nil, false })
	stands(ledger.NoMapping)
	save(func(c *ledger.Connection) { c.Settings.Mapping = mapping[:0] })
	stands(ledger.NoMapping)
	save(func(c *ledger.Connection) { c.Settings.Mapping = mapping })
	stands(ledger.NotSynced)
	exec("UPDATE epochs SET applied_at = now()")
	stands(ledger.NotPreviewed)
	held, err := l.Connection(t.Context(), c.ID)
	require.NoError(t, err)
	require.NoError(t, l.SkipPreview(t.Context(), held))
	stands(ledger.Manual)
	save(func(c *ledger.Connection) { c.Settings.Automatic = true })
	stands(ledger.InSync)
}

// What a run did is counted when it ends, and what was settled on its day; both go with the user.
func TestWhatIsDoneIsCountedAndErased(t *testing.T) {
	l := fresh(t)
	c := connected(t, l)
	_, err := l.DB().ExecContext(t.Context(), "UPDATE users SET allowed = true, active = true")
	require.NoError(t, err)
	require.NoError(t, l.Assign(t.Context(), c.ID, ledger.Mailbox{Tenant: "t", ID: "m", Address: "a@b.example"}, ledger.Application))
	c, err = l.Connection(t.Context(), c.ID)
	require.NoError(t, err)
	c.FolderID = "f"
	require.NoError(t, l.SaveConnectionSettings(t.Context(), c))
	c, err = l.Connection(t.Context(), c.ID)
	require.NoError(t, err)
	_, err = l.RequestRun(t.Context(), c, "k", "", c.UserID)
	require.NoError(t, err)
	run, err := l.BeginRun(t.Context(), c.ID)
	require.NoError(t, err)
	var list []ledger.Settlement
	for i, outcome := range []ledger.Outcome{ledger.Done, ledger.Done, ledger.Failed, ledger.Skipped} {
		op := ledger.Operation{
			ConnectionID: c.ID, Epoch: c.Epoch, RunID: run.ID, Side: contact.Outlook, Action: contact.Insert, VTigerID: fmt.Sprint("12x", i), Outcome: ledger.Unclear,
			Fields: map[contact.Field]reconcile.FieldChange{}, Native: map[string]string{},
		}
		require.NoError(t, l.DB().NewInsert().Model(&op).ExcludeColumn("id", "created_at").Returning("id").Scan(t.Context(), &op.ID))
		list = append(list, ledger.Settlement{Operation: op, Outcome: outcome, Kind: "x", Sentence: "It is so.", Record: person(fmt.Sprint("A", i), "Ann", "1", time.Unix(1000, 0)), Base: reconcile.Base{}})
	}
	_, err = l.BeginReading(t.Context(), c.Feed(contact.Outlook), 0)
	require.NoError(t, err)
	require.NoError(t, l.Settle(t.Context(), c, list))
	counted := func(user string) (done, failed int) {
		days, err := l.Days(t.Context(), user)
		require.NoError(t, err)
		require.Len(t, days, ledger.Fortnight)
		today := days[ledger.Fortnight-1]
		require.Equal(t, time.Now().UTC().Format(time.DateOnly), today.Day.Format(time.DateOnly))
		for _, d := range days[:ledger.Fortnight-1] {
			require.Zero(t, d.Done+d.Failed)
		}
		return today.Done, today.Failed
	}
	for user, want := range map[string][2]int{"": {2, 1}, c.UserID: {2, 1}, "19x6": {0, 0}} {
		done, failed := counted(user)
		require.Equal(t, want, [2]int{done, failed}, user)
	}
	glance := func() ledger.Glance {
		all, err := l.Glances(t.Context(), "")
		require.NoError(t, err)
		require.Len(t, all, 1)
		return all[0]
	}
	require.Zero(t, glance().Linked)
	require.NoError(t, l.EndRun(t.Context(), ledger.Ending{Connection: c.ID, State: ledger.RunDone}))
	require.Equal(t, 2, glance().Linked)
	require.Equal(t, 1, glance().Refused)
	// A run that did nothing counts nothing anew; one that did, does.
	_, err = l.DB().ExecContext(t.Context(), "UPDATE links SET state = CASE vtiger_id WHEN '12x0' THEN 'detached' ELSE 'out-of-scope' END; UPDATE quarantine SET next_at = NULL")
	require.NoError(t, err)
	require.Equal(t, []int{2, 0, 1}, []int{glance().Linked, glance().Refused, glance().Parked})
	for i, want := range [][3]int{{2, 0, 0}, {0, 1, 1}} {
		_, err = l.RequestRun(t.Context(), c, fmt.Sprint("again", i), "", c.UserID)
		require.NoError(t, err)
		next, err := l.BeginRun(t.Context(), c.ID)
		require.NoError(t, err)
		if i == 1 {
			line(t, l, next, "Ann", "done", 0, nil)
		}
		require.NoError(t, l.EndRun(t.Context(), ledger.Ending{Connection: c.ID, State: ledger.RunDone}))
		g := glance()
		require.Equal(t, want, [3]int{g.Linked, g.Outside, g.Detached})
	}

	// Old days are forgotten, today is not.
	_, err = l.DB().ExecContext(t.Context(), "INSERT INTO days SELECT user_id, day - i, 1, 1 FROM days, unnest(ARRAY[3, 20]) i")
	require.NoError(t, err)
	require.NoError(t, l.PruneDays(t.Context(), time.Now().AddDate(0, 0, -90)))
	require.Equal(t, []string{"0", "3"}, names(t, l, "SELECT ((now() AT TIME ZONE 'UTC')::date - day)::text FROM days ORDER BY 1"))
	require.NoError(t, l.PruneDays(t.Context(), time.Now().AddDate(0, 0, -2)))
	require.Equal(t, []string{"0"}, names(t, l, "SELECT ((now() AT TIME ZONE 'UTC')::date - day)::text FROM days ORDER BY 1"))

	// The counts of a user's days go with the last connection, and with the user.
	other, err := l.CreateConnection(t.Context(), c.UserID, "Leads", ledger.Settings{})
	require.NoError(t, err)
	require.NoError(t, l.DeleteConnection(t.Context(), other.ID))
	require.NotEmpty(t, names(t, l, "SELECT user_id FROM days"))
	require.NoError(t, l.DeleteConnection(t.Context(), c.ID))
	require.Empty(t, names(t, l, "SELECT user_id FROM days"))
	_, err = l.DB().ExecContext(t.Context(), "INSERT INTO days VALUES (?, now(), 1, 1)", c.UserID)
	require.NoError(t, err)
	_, err = l.EraseUser(t.Context(), c.UserID)
	require.NoError(t, err)
	require.Empty(t, names(t, l, "SELECT user_id FROM days"))
	done, failed := counted("")
	require.Zero(t, done+failed)
}
