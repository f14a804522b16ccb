package vtiger

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/vtigersim"
)

// inserting is the write of a new contact of the administrator.
func (c *crm) inserting(last, stamp string) contact.Write {
	return contact.Write{
		Action: contact.Insert, Owner: c.admin, Stamp: stamp,
		Values: map[string]string{"lastname": last, "email": strings.ToLower(last) + "@example.test"},
	}
}

// updating is the write that changes the record's title.
func updating(r contact.Record, title string) contact.Write {
	return contact.Write{Action: contact.Update, ID: r.ID, Before: r, Owner: r.Owner, Values: map[string]string{"title": title}}
}

func deleting(r contact.Record) contact.Write {
	return contact.Write{Action: contact.Delete, ID: r.ID, Before: r, Owner: r.Owner}
}

func write(t *testing.T, b *Book, ws ...contact.Write) []contact.Written {
	t.Helper()
	got, err := b.Write(t.Context(), ws)
	require.NoError(t, err)
	require.Len(t, got, len(ws))
	return got
}

// known gives a contact as the book shows it.
func (c *crm) known(t *testing.T, b *Book) contact.Record {
	t.Helper()
	s := sighted(t, b, c.person(map[string]string{"lastname": "Known", "title": "Old", "description": "ünï & <x>"}))
	require.Equal(t, contact.Present, s.Presence)
	return s.Record
}

func TestABatchCostsOneQueryBeforeAndOneAfter(t *testing.T) {
	c := newCRM(t)
	book := c.contacts()
	one, two := c.known(t, book), c.known(t, book)
	c.ResetCounts()
	got := write(t, book, c.inserting("A", "S1"), updating(one, "New"), c.inserting("B", "S2"), deleting(two))
	for _, g := range got {
		require.Equal(t, contact.Done, g.Outcome)
	}
	require.Equal(t, vtigersim.Counts{"query": 2, "create": 2, "revise": 1, "delete": 1}, c.Counts())
	require.Equal(t, "S1", got[0].Record.Stamp)
	require.Equal(t, c.admin, got[0].Record.Owner)
	require.Equal(t, "New", got[1].Record.Values["title"])
	require.Equal(t, "ünï & <x>", got[1].Record.Values["description"])

	c.ResetCounts()
	write(t, book, c.inserting("C", "S3"))
	require.Equal(t, 1, c.Count("query"), "inserts need no look before")
}

func TestTheRecordIsWhatVTigerStored(t *testing.T) {
	c := newCRM(t)
	w := c.inserting(strings.Repeat("x", 90), "S1")
	w.Values["description"] = "<script>alert(1)</script>x"
	w.Values["firstname"] = "A😀"
	got := write(t, c.contacts(), w)[0]
	require.Equal(t, contact.Done, got.Outcome)
	held, _ := c.Record(got.Record.ID)
	require.Len(t, got.Record.Values["lastname"], 80)
	for _, field := range []string{"lastname", "description", "firstname"} {
		require.Equal(t, held[field], got.Record.Values[field])
	}
}

func TestAnUpdateWithoutChangeSendsNothing(t *testing.T) {
	c := newCRM(t)
	book := c.contacts()
	r := c.known(t, book)
	w := updating(r, "")
	w.Values = nil
	got := write(t, book, w)[0]
	require.Equal(t, contact.Done, got.Outcome)
	require.Equal(t, r.Hash(), got.Record.Hash())
	require.Zero(t, c.Count("revise"))
}

func TestAnotherOwnerIsStale(t *testing.T) {
	c := newCRM(t)
	book := c.contacts()
	r := c.known(t, book)
	w, d := updating(r, "New"), deleting(r)
	w.Owner, d.Owner = c.alice, c.alice
	require.Equal(t, contact.Stale, write(t, book, w)[0].Outcome)
	require.Equal(t, contact.Stale, write(t, book, d)[0].Outcome)
	require.Zero(t, c.Count("revise")+c.Count("delete"))
}

// The record goes away between the query and the write.
func TestDeniedWritesAreGone(t *testing.T) {
	for _, operation := range []string{"revise", "delete"} {
		c := newCRM(t)
		var gone string
		book := c.behind(t, func(asked string, _ url.Values) (string, bool) {
			if asked == operation {
				_ = c.Delete(gone)
			}
			return "", false
		}).Book("Contacts", overlap)
		r := c.known(t, book)
		gone = r.ID
		w := updating(r, "New")
		if operation == "delete" {
			w = deleting(r)
		}
		require.Equal(t, contact.Gone, write(t, book, w)[0].Outcome, operation)
	}
}
