package vtiger

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// refusedTwin demands that vTiger's duplicate check refused a write, for a reason that a person understands.
func refusedTwin(t *testing.T, got contact.Written) {
	t.Helper()
	require.Equal(t, contact.Refused, got.Outcome)
	var e *contact.Error
	require.True(t, errors.As(got.Err, &e))
	require.Equal(t, contact.BadRecord, e.Kind)
	require.Equal(t, duplicateCode, e.Code)
	require.Contains(t, e.Sentence, "duplicate check")
	require.NotContains(t, got.Err.Error(), "example.test")
}

func TestTheRecordInADuplicatesWayIsGiven(t *testing.T) {
	c := newCRM(t)
	c.SetUniqueEmails(true)
	held := c.person(map[string]string{"lastname": "Held", "email": "Twin@Example.test"})
	got := write(t, c.contacts(), c.inserting("Twin", "S1"), c.inserting("Other", "S2"))
	refusedTwin(t, got[0])
	require.Equal(t, held, got[0].Record.ID)
	require.Equal(t, "Held", got[0].Record.Values["lastname"])
	require.NotEmpty(t, got[0].Record.Version)
	require.Contains(t, contact.SentenceOf(got[0].Err), held)
	require.Equal(t, contact.Done, got[1].Outcome, "the batch goes on")
	require.Len(t, c.Contacts(), 2)
}

func TestTheRecordInTheWayMayBeAnotherOnesOfTheScope(t *testing.T) {
	c := newCRM(t)
	c.SetUniqueEmails(true)
	held := c.AddContact(c.alice, map[string]string{"lastname": "Held", "email": "twin@example.test"})
	w := c.inserting("Twin", "S1")
	for scope, id := range map[string]string{c.alice: held, "20x2": ""} {
		w.Scope = func(owner string) bool { return owner == scope }
		got := write(t, c.contacts(), w)
		refusedTwin(t, got[0])
		require.Equal(t, id, got[0].Record.ID)
	}
}

func TestADuplicateWithoutAKnowableRecordIsRefusedOnly(t *testing.T) {
	for what, scene := range map[string]func(t *testing.T, c *crm) *Book{
		"another owner's": func(_ *testing.T, c *crm) *Book {
			c.AddContact(c.alice, map[string]string{"lastname": "Held", "email": "twin@example.test"})
			return c.contacts()
		},
		"not visible": func(_ *testing.T, c *crm) *Book {
			c.person(map[string]string{"lastname": "Held", "email": "twin@example.test"})
			return Dial(Config{URL: c.url, Username: "alice", AccessKey: "aliceKey0123"}, quick).Book("Contacts", overlap)
		},
		"one of two": func(_ *testing.T, c *crm) *Book {
			c.person(map[string]string{"lastname": "Held", "email": "twin@example.test"})
			c.person(map[string]string{"lastname": "Also", "email": "twin@example.test"})
			return c.contacts()
		},
		"the listing fails": func(t *testing.T, c *crm) *Book {
			c.person(map[string]string{"lastname": "Held", "email": "twin@example.test"})
			return c.behind(t, func(operation string, form url.Values) (string, bool) {
				return "Sorry!", operation == "query" && strings.Contains(form.Get("query"), "where email")
			}).Book("Contacts", overlap)
		},
	} {
		t.Run(what, func(t *testing.T) {
			c := newCRM(t)
			book := scene(t, c)
			c.SetUniqueEmails(true)
			n := len(c.Contacts())
			got := write(t, book, c.inserting("Twin", "S1"))[0]
			refusedTwin(t, got)
			require.Empty(t, got.Record.ID)
			require.Len(t, c.Contacts(), n)
		})
	}
}

func TestAnUpdateThatWouldMakeADuplicateIsRefused(t *testing.T) {
	c := newCRM(t)
	book := c.contacts()
	c.person(map[string]string{"lastname": "Held", "email": "twin@example.test"})
	r := c.known(t, book)
	c.SetUniqueEmails(true)
	w := updating(r, "New")
	w.Values["email"] = "TWIN@example.test"
	refusedTwin(t, write(t, book, w)[0])
	require.Equal(t, "Old", sighted(t, book, r.ID).Record.Values["title"])
}

// Accounts refuses equal names, whatever their case; an equal e-mail address is only asked for when no name explains it.
func TestAnAccountInADuplicatesWayIsGivenByName(t *testing.T) {
	c := newCRM(t)
	held := c.AddAccount("Ice & Sons")
	book := c.dial().Book("Accounts", overlap)
	twin := contact.Write{Action: contact.Insert, Owner: c.admin, Stamp: "S1", Values: map[string]string{"accountname": "ICE & SONS"}}
	got := write(t, book, twin)[0]
	refusedTwin(t, got)
	require.Equal(t, held, got.Record.ID)
	require.Equal(t, "Ice & Sons", got.Record.Values["accountname"])
	require.Contains(t, contact.SentenceOf(got.Err), "with the same name")
	require.NotContains(t, got.Err.Error(), "Ice")

	twin.Owner = c.alice
	got = write(t, book, twin)[0]
	refusedTwin(t, got)
	require.Empty(t, got.Record.ID, "another owner's")
	require.Len(t, c.Records("Accounts"), 1)
}
