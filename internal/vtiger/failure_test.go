package vtiger

import (
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/vtigersim"
)

// TestEveryShapeOfFailure holds what vTiger was seen to do when a part of it is down against each reading and writing
// call: no call believes it, none panics, and a write is called unclear exactly when vTiger may have stored it.
func TestEveryShapeOfFailure(t *testing.T) {
	var table atomic.Bool
	always := func(fault vtigersim.Fault) func(*crm) {
		return func(c *crm) { c.Fail(vtigersim.AnyOperation, -1, fault) }
	}
	for _, row := range []struct {
		what   string
		fail   func(*crm)
		insert contact.Outcome
		stored bool
	}{
		{"the database is down: an empty 500", always(vtigersim.EmptyError), contact.Unclear, false},
		{"PHP is down: nginx's 502", always(vtigersim.BadGateway), contact.Unclear, false},
		{"text instead of JSON", always(vtigersim.NotJSON), contact.Unclear, false},
		{"one table is broken: empty lists", func(c *crm) {
			table.Store(true)
			c.Fail("create", -1, vtigersim.ErrorAfterCommit)
		}, contact.Unclear, true},
		{"the connection breaks", always(vtigersim.HangUp), contact.Unclear, true},
		{"each answer is an internal error", always(vtigersim.ErrorAfterCommit), contact.Unclear, true},
		{"each session is lost", always(vtigersim.SessionLost), contact.Postponed, false},
	} {
		t.Run(row.what, func(t *testing.T) {
			c := newCRM(t)
			book := c.behind(t, brokenTable("Contacts", table.Load)).Book("Contacts", overlap)
			id := c.person(map[string]string{"lastname": "Lives"})
			_, cursor := walked(t, book, "")
			row.fail(c)

			for _, from := range []string{"", cursor} {
				page, err := book.Page(t.Context(), from)
				require.Equal(t, contact.Unavailable, contact.KindOf(err))
				require.Empty(t, page)
			}
			seen, err := book.Look(t.Context(), []string{id})
			if err == nil {
				require.Equal(t, contact.Unknown, seen[0].Presence)
			} else {
				require.Equal(t, contact.Unavailable, contact.KindOf(err))
			}
			_, err = book.FindStamped(t.Context(), []string{"S1"})
			require.Equal(t, contact.Unavailable, contact.KindOf(err))
			require.Equal(t, row.insert, write(t, book, c.inserting("A", "S1"))[0].Outcome)

			c.ClearFaults()
			table.Store(false)
			found, err := book.FindStamped(t.Context(), []string{"S1"})
			require.NoError(t, err)
			require.Equal(t, row.stored, len(found) == 1)
			require.Equal(t, contact.Present, sighted(t, book, id).Presence)
		})
	}
}

// PHP that prints its warnings changes nothing.
func TestWarningsBeforeEveryReplyAreReadOver(t *testing.T) {
	c := newCRM(t)
	c.SetDisplayErrors(true)
	book := c.contacts()
	made := write(t, book, c.inserting("A", "S1"))[0]
	require.Equal(t, contact.Done, made.Outcome)
	records, _ := walked(t, book, "")
	require.Len(t, records, 1)
	require.Equal(t, made.Record.Hash(), records[0].Hash())
}
