package vtiger

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/simulator/vtigersim"
)

// owned lists the records of an owner, or of all, to the end.
func (c *crm) owned(t *testing.T, owner string) (owners map[string]int) {
	t.Helper()
	owners = map[string]int{}
	for after := ""; ; {
		records, err := c.contacts().Owned(t.Context(), owner, after)
		require.NoError(t, err)
		if len(records) == 0 {
			return owners
		}
		for _, r := range records {
			owners[r.Owner]++
		}
		after = records[len(records)-1].ID
	}
}

func TestOwnersAreListedOneByOneOrAll(t *testing.T) {
	c := newCRM(t)
	require.Empty(t, c.owned(t, ""))
	require.Empty(t, c.owned(t, "20x2"))
	for n := range 130 {
		c.AddContact("20x2", map[string]string{"lastname": fmt.Sprint(n)})
		c.AddContact(c.alice, map[string]string{"lastname": fmt.Sprint(n)})
	}
	require.Equal(t, map[string]int{"20x2": 130}, c.owned(t, "20x2"))
	require.Equal(t, map[string]int{"20x2": 130, c.alice: 130}, c.owned(t, ""))
	require.Empty(t, c.owned(t, "20x3"))
}

// vTiger answers a database error with success and an empty list: that nobody is left is not believed of such a one.
func TestAnEmptyListOfOwnersRecordsIsNotBelieved(t *testing.T) {
	c := newCRM(t)
	c.AddContact("20x2", map[string]string{"lastname": "Gray"})
	for _, owner := range []string{"20x2", ""} {
		c.Fail("query", 1, vtigersim.EmptyList)
		_, err := c.contacts().Owned(t.Context(), owner, "")
		require.Error(t, err, owner)
		c.ClearFaults()
	}
}
