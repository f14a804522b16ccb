package vtiger

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/vtigersim"
)

// followed reads the organisations since a cursor, however often vTiger has to be asked.
func followed(t *testing.T, b *Book, from string) (names []string, next string) {
	t.Helper()
	list, next, err := b.Organisations(t.Context(), from)
	if err != nil {
		require.Equal(t, contact.Unavailable, contact.KindOf(err))
		list, next, err = b.Organisations(t.Context(), from)
	}
	require.NoError(t, err)
	for _, o := range list {
		names = append(names, o.Name)
	}
	return names, next
}

// pass lets the next n requests of an operation be as they are, before what is ordered next.
func (c *crm) pass(operation string, n int) {
	for range n {
		c.Hold(operation, 1)()
	}
}

// An empty answer that is not true loses no renamed organisation, whichever question gets it.
func TestNoRenamedOrganisationIsLostByAnUntrueAnswer(t *testing.T) {
	for _, nth := range []int{1, 2} {
		for _, others := range []bool{true, false} {
			c := newCRM(t)
			b := c.dial().Book("Contacts", 0)
			c.SetClockSkew(-time.Hour)
			if others {
				c.AddAccount("Old")
			}
			gone := c.AddAccount("Gone")
			c.SetClockSkew(0)
			_, next := followed(t, b, "")
			require.NoError(t, c.Delete(gone))
			_, next = followed(t, b, next)
			c.SetClockSkew(time.Hour)
			c.AddAccount("New")
			c.pass("query", nth-1)
			c.Fail("query", 1, vtigersim.EmptyList)
			names, next := followed(t, b, next)
			require.Contains(t, names, "New")
			names, _ = followed(t, b, next)
			require.NotContains(t, names, "Gone")
		}
	}
}

// More organisations than one answer holds are all told, once.
func TestAllRenamedOrganisationsAreTold(t *testing.T) {
	c := newCRM(t)
	b := c.contacts()
	_, next := followed(t, b, "")
	for n := range 250 {
		c.AddAccount(strconv.Itoa(n))
	}
	names, _ := followed(t, b, next)
	require.Len(t, names, 250)
}
