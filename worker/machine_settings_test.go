package worker_test

import (
	"slices"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/fieldmap"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// What users decide about their connections.

// sideFolder is a second folder of every mailbox.
const sideFolder = "Customers"

// decides changes one setting of a home.
func (m *machine) decides(h *home) {
	change, what := m.decision()
	m.tell("%s decides: %s", h.user.Name, what)
	h.change(change)
	m.stirAll(h, what == anotherMapping)
	h.noteRemoves()
}

func (m *machine) decision() (change func(*ledger.Settings), what string) {
	yes, n := m.chance.IntN(2) == 0, m.chance.IntN(4)
	policy, elsewhere := m.policy(), m.elsewhere()
	direction := []contact.Direction{contact.Both, contact.Both, contact.ToOutlook, contact.ToVTiger}[n]
	decisions := []struct {
		what   string
		change func(*ledger.Settings)
	}{
		{"whether deletions travel to vTiger", func(s *ledger.Settings) { s.DeleteInVTiger = !s.DeleteInVTiger }},
		{"whether deletions travel to Outlook", func(s *ledger.Settings) { s.DeleteInOutlook = !s.DeleteInOutlook }},
		{"whether edits win over deletions", func(s *ledger.Settings) { s.DeleteVersus = either(yes, "editWins", "deleteWins") }},
		{"the direction " + string(direction), func(s *ledger.Settings) { s.Direction = direction }},
		{"who wins conflicts: " + string(policy), func(s *ledger.Settings) { s.ConflictPolicy = policy }},
		{"the batch size", func(s *ledger.Settings) { s.BatchSize = n }},
		{"what becomes of who left", func(s *ledger.Settings) { s.OnScopeExit = either(yes, ledger.KeepCopy, ledger.RemoveCopy) }},
		{"what becomes of who exists elsewhere: " + string(elsewhere), func(s *ledger.Settings) { s.ExistsElsewhere = elsewhere }},
		{"how many deletions are too many", func(s *ledger.Settings) { s.Guard.Count = n }},
		{"from when to sync", func(s *ledger.Settings) {
			s.SyncFrom = either(yes, "", time.Now().AddDate(0, 0, n).Format(time.DateOnly))
		}},
		{anotherMapping, exchange},
	}
	d := decisions[m.chance.IntN(len(decisions))]
	return d.change, d.what
}

const anotherMapping = "another mapping"

func either[T any](yes bool, a, b T) T {
	if yes {
		return a
	}
	return b
}

func (m *machine) policy() reconcile.ConflictPolicy {
	return []reconcile.ConflictPolicy{reconcile.VTigerWins, reconcile.OutlookWins, reconcile.NewestWins, reconcile.AskFirst}[m.chance.IntN(4)]
}

func (m *machine) elsewhere() reconcile.ElsewherePolicy {
	return []reconcile.ElsewherePolicy{reconcile.SkipElsewhere, reconcile.HoldElsewhere, reconcile.InsertElsewhere}[m.chance.IntN(3)]
}

// exchange lets jobTitle stand in vTiger's assistant and assistantName in its title, or takes that back.
func exchange(s *ledger.Settings) {
	to := map[bool]string{true: "title", false: "assistant"}[isRemapped(*s)]
	m := append(s.Mapping[:0:0], s.Mapping...)
	for i := range m {
		switch m[i].Outlook {
		case "jobTitle":
			m[i].VTiger = []string{to}
		case "assistantName":
			m[i].VTiger = []string{map[string]string{"title": "assistant", "assistant": "title"}[to]}
		}
	}
	s.Mapping = m
}

func isRemapped(s ledger.Settings) bool {
	return slices.ContainsFunc(s.Mapping, func(r fieldmap.Row) bool { return r.Outlook == "jobTitle" && r.VTiger[0] != "title" })
}
