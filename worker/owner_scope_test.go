package worker_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/demo"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// sales and support are groups that every vTiger has.
const sales, support = "20x2", "20x3"

// may lets a connection have the records of owners besides its user's own.
func may(everyone bool, ids ...string) func(*ledger.Settings) {
	return func(s *ledger.Settings) {
		s.OwnerScope.Owners = ledger.Owners{Everyone: everyone, IDs: ids}
		s.OwnerScope.Granted = s.OwnerScope.Owners
	}
}

// asUser is the rig as another user's.
func (r *rig) asUser(user demo.Person, change func(*ledger.Settings)) *rig {
	other := *r
	other.user, other.connection = user, r.join(user, change)
	return &other
}

// scope changes whose records are synced.
func (r *rig) scope(everyone bool, ids ...string) {
	r.change(may(everyone, ids...))
	r.connection = r.current()
}

// inOutlookBySurname gives the user's contacts by their last names.
func (r *rig) inOutlookBySurname() map[string]map[string]any {
	out := map[string]map[string]any{}
	for _, c := range r.microsoft.Contacts(r.user.Mailbox, "") {
		out[fmt.Sprint(c["surname"])] = c
	}
	return out
}

func surnames(m map[string]map[string]any) (out []string) {
	for name := range m {
		out = append(out, name)
	}
	return out
}

// Two users who have a group in their scope sync its records, each with a base of their own; new contacts are their own, and
// no deletion in a mailbox reaches what is the group's.
func TestAGroupsRecordsFlowBothWays(t *testing.T) {
	t.Parallel()
	alice := newRig(t, nil, may(false, sales))
	gray := alice.vtiger.AddContact(sales, map[string]string{"firstname": "Ann", "lastname": "Gray", "email": "ann@x.test"})
	hill := alice.vtiger.AddContact(sales, map[string]string{"firstname": "Bea", "lastname": "Hill", "email": "bea@x.test"})
	alice.vtiger.AddContact(support, map[string]string{"lastname": "Foreign"})
	alice.vtiger.AddContact(alice.user.ID, map[string]string{"lastname": "Own"})
	alice.microsoft.AddContact(alice.user.Mailbox, "", map[string]any{"givenName": "Bea", "surname": "Hill", "emailAddresses": []any{map[string]any{"address": "bea@x.test"}}})
	bob := alice.asUser(alice.colleague(1), may(false, sales))
	alice.sync("one")
	bob.sync("one")
	require.ElementsMatch(t, []string{"Gray", "Hill", "Own"}, surnames(alice.inOutlookBySurname()), "the group's Bea is linked, and nobody doubled")
	require.ElementsMatch(t, []string{"Gray", "Hill", "user1"}, surnames(bob.inOutlookBySurname()))
	require.Len(t, alice.vtiger.Contacts(), 5)

	annOf := func(r *rig) string { return r.inOutlookBySurname()["Gray"]["id"].(string) }
	require.NoError(t, alice.microsoft.Edit(alice.user.Mailbox, annOf(alice), map[string]any{"jobTitle": "CEO"}))
	alice.microsoft.AddContact(alice.user.Mailbox, "", map[string]any{"surname": "New"})
	alice.sync("two")
	shown, _ := alice.vtiger.Record(gray)
	require.Equal(t, "CEO", shown["title"])
	require.Equal(t, sales, shown["assigned_user_id"], "an update leaves the owner")
	for _, c := range alice.vtiger.Contacts() {
		if c["lastname"] == "New" {
			require.Equal(t, alice.user.ID, c["assigned_user_id"])
		}
	}
	require.NoError(t, bob.microsoft.Edit(bob.user.Mailbox, annOf(bob), map[string]any{"department": "Board"}))
	bob.sync("two")
	alice.sync("three")
	for _, r := range []*rig{alice, bob} {
		require.Equal(t, "CEO", r.inOutlookBySurname()["Gray"]["jobTitle"])
		require.Equal(t, "Board", r.inOutlookBySurname()["Gray"]["department"])
		require.Empty(t, r.counts(r.sync("quiet")))
	}
	require.NotContains(t, bob.inOutlookBySurname(), "New")

	require.NoError(t, alice.microsoft.Delete(alice.user.Mailbox, annOf(alice)))
	require.NoError(t, alice.microsoft.Delete(alice.user.Mailbox, alice.inOutlookBySurname()["Own"]["id"].(string)))
	alice.sync("four")
	bob.sync("four")
	require.Equal(t, 1, alice.vtiger.Count("delete"), "her own contact only")
	shown, _ = alice.vtiger.Record(gray)
	require.Equal(t, "0", shown["deleted"])
	require.Contains(t, bob.inOutlookBySurname(), "Gray")
	require.NotContains(t, alice.inOutlookBySurname(), "Gray", "what she deleted does not come back")
	require.NoError(t, alice.vtiger.Edit(gray, map[string]string{"title": "Chair"}))
	alice.sync("five")
	require.NotContains(t, alice.inOutlookBySurname(), "Gray")

	// What is deleted in vTiger goes in both mailboxes.
	require.NoError(t, alice.vtiger.Delete(hill))
	alice.sync("six")
	bob.sync("six")
	require.NotContains(t, alice.inOutlookBySurname(), "Hill")
	require.NotContains(t, bob.inOutlookBySurname(), "Hill")
}

// A record that gets an owner outside the scope freezes, and goes on when it returns.
func TestReassigningOutOfTheScopeIsNoDeletion(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, may(false, sales))
	gray := r.vtiger.AddContact(sales, map[string]string{"lastname": "Gray"})
	r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "Own"})
	r.sync("one")
	require.NoError(t, r.vtiger.Reassign(gray, support))
	require.NoError(t, r.vtiger.Edit(gray, map[string]string{"title": "Away"}))
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, r.inOutlookBySurname()["Gray"]["id"].(string), map[string]any{"department": "Here"}))
	r.sync("two")
	require.Nil(t, r.inOutlookBySurname()["Gray"]["jobTitle"])
	shown, _ := r.vtiger.Record(gray)
	require.Empty(t, shown["department"])
	require.NoError(t, r.vtiger.Reassign(gray, r.user.ID))
	r.sync("three")
	require.Equal(t, "Away", r.inOutlookBySurname()["Gray"]["jobTitle"])
	shown, _ = r.vtiger.Record(gray)
	require.Equal(t, "Here", shown["department"])
	require.Len(t, r.inOutlookBySurname(), 2)
	require.Zero(t, r.vtiger.Count("delete")+r.microsoft.Count("contacts.delete"))
}

// Narrowing the scope freezes and deletes nothing; widening lists what the feed passed, also what it passed in between.
func TestNarrowingAndWideningTheScope(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	r.vtiger.SetClockSkew(-time.Hour) // what is saved now lies behind every overlap later
	for n := range 130 {
		r.vtiger.AddContact(sales, map[string]string{"lastname": fmt.Sprint("Group", n)})
	}
	first := r.vtiger.AddContact(sales, map[string]string{"lastname": "First"})
	r.vtiger.AddContact(support, map[string]string{"lastname": "Foreign"})
	r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "Own"})
	r.vtiger.SetClockSkew(0)
	r.sync("one")
	require.Equal(t, []string{"Own"}, surnames(r.inOutlookBySurname()))

	r.scope(false, sales)
	requests := r.vtiger.Counts().Total()
	r.sync("two")
	require.Len(t, r.inOutlookBySurname(), 132)
	require.LessOrEqual(t, r.vtiger.Counts().Total()-requests, 15)

	r.scope(false)
	r.vtiger.SetClockSkew(-30 * time.Minute)
	require.NoError(t, r.vtiger.Edit(first, map[string]string{"title": "Edited"}))
	r.vtiger.AddContact(sales, map[string]string{"lastname": "Between"})
	r.vtiger.SetClockSkew(0)
	r.due("whole_due")
	r.sync("three")
	require.Len(t, r.inOutlookBySurname(), 132)
	require.Nil(t, r.inOutlookBySurname()["First"]["jobTitle"])
	require.Zero(t, r.vtiger.Count("delete")+r.microsoft.Count("contacts.delete"))

	r.scope(false, sales, support)
	r.sync("four")
	require.Len(t, r.inOutlookBySurname(), 134)
	require.Contains(t, r.inOutlookBySurname(), "Between")
	require.Equal(t, "Edited", r.inOutlookBySurname()["First"]["jobTitle"])
	require.Empty(t, r.counts(r.sync("five")))
}

// Everyone's records are listed once, for a page's request each hundred; whoever comes then finds them.
func TestEveryoneIsInTheScope(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	r.vtiger.SetClockSkew(-time.Hour)
	for n := range 220 {
		r.vtiger.AddContact(support, map[string]string{"lastname": fmt.Sprint("Group", n)})
	}
	theirs := r.vtiger.AddContact(r.colleague(1).ID, map[string]string{"lastname": "Theirs"})
	r.vtiger.SetClockSkew(0)
	r.sync("one")
	require.Empty(t, r.inOutlookBySurname())
	r.scope(true)
	requests := r.vtiger.Counts().Total()
	r.sync("two")
	require.Len(t, r.inOutlookBySurname(), 222)
	require.LessOrEqual(t, r.vtiger.Counts().Total()-requests, 15)

	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, r.inOutlookBySurname()["Theirs"]["id"].(string), map[string]any{"jobTitle": "CEO"}))
	require.NoError(t, r.microsoft.Delete(r.user.Mailbox, r.inOutlookBySurname()["Group7"]["id"].(string)))
	r.sync("three")
	shown, _ := r.vtiger.Record(theirs)
	require.Equal(t, "CEO", shown["title"])
	require.Zero(t, r.vtiger.Count("delete"))
	require.Len(t, r.vtiger.Contacts(), 222)

	r.scope(false)
	r.sync("four")
	require.Len(t, r.inOutlookBySurname(), 221)
	require.Zero(t, r.vtiger.Count("delete")+r.microsoft.Count("contacts.delete"))
}

// The wanted category is there also where no row maps categories, and vTiger's side is left in peace.
func TestTheWantedCategoryOfAnInsert(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, func(s *ledger.Settings) { s.OutlookFilter = &reconcile.Categories{Wanted: []string{"Customers"}} })
	r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "Gray"})
	r.sync("one")
	require.Equal(t, []any{"Customers"}, r.inOutlookBySurname()["Gray"]["categories"])
	require.Empty(t, r.counts(r.sync("two")))
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, r.inOutlookBySurname()["Gray"]["id"].(string), map[string]any{"jobTitle": "CEO"}))
	r.sync("three")
	require.Equal(t, "CEO", r.vtiger.Contacts()[0]["title"])
}
