package worker_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// An emoji reaches a vTiger whose database holds it, is left out where it would be stored as question marks, and never
// flows back reduced.
func TestEmojiGoWhereTheyCanBeHeld(t *testing.T) {
	t.Parallel()
	for _, holds := range []bool{false, true} {
		r := newStage(t, nil, nil)
		r.vtiger.SetAstral(holds)
		r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "An", "lastname": "Other"})
		r.work(r.acts(0))
		r.sync("one")
		r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"givenName": "Jo 🎈", "surname": "Y"})
		r.sync("two")
		want := "Jo "
		if holds {
			want = "Jo 🎈"
		}
		var names []string
		for _, v := range r.vtiger.Contacts() {
			names = append(names, v["firstname"])
		}
		require.Contains(t, names, want)
		require.Empty(t, r.counts(r.sync("three")))
		var given []any
		for _, c := range r.microsoft.Contacts(r.user.Mailbox, "") {
			given = append(given, c["givenName"])
		}
		require.Contains(t, given, "Jo 🎈")
	}
}
