package worker_test

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

var historyContacts = flag.Int("history.contacts", 5000, "how many contacts the first sync of TestAFirstSyncsHistory brings to the other side")

var historyInto = flag.String("history.into", string(contact.ToOutlook), "toVtiger, or toOutlook, where Graph allows about 1,000 contacts a minute")

// A first sync costs at most a tenth of a history event a contact, from 5,000 contacts on.
func TestAFirstSyncsHistory(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, func(s *ledger.Settings) { s.Direction = contact.Direction(*historyInto) })
	n := *historyContacts
	for i := range n {
		name, mail := fmt.Sprint("History ", i), fmt.Sprintf("h%d@x.example", i)
		if *historyInto == string(contact.ToVTiger) {
			r.microsoft.AddContact(r.user.Mailbox, "", mailed(name, mail))
		} else {
			r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "N", "lastname": name, "email": mail})
		}
	}
	began, run := time.Now(), r.ask("first")
	for run = r.now(run); run.EndedAt == nil; run = r.now(run) {
		time.Sleep(100 * time.Millisecond)
	}
	require.Equal(t, ledger.RunDone, run.State, run.TroubleSentence)
	events := r.closed()
	t.Logf("%d contacts, %d events, %.3f a contact, in %s", n, events, float64(events)/float64(n), time.Since(began).Round(time.Second))
	require.Equal(t, n, r.microsoft.Count("contacts.create")+r.vtiger.Count("create"))
	require.LessOrEqual(t, float64(events), 0.1*float64(n))
	require.Less(t, events, 10240)
}

// now reads a run again.
func (r *rig) now(run ledger.Run) ledger.Run {
	run, err := r.ledger.Run(r.t.Context(), run.ID)
	require.NoError(r.t, err)
	return run
}
