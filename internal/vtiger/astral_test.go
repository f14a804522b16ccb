package vtiger

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhetherTheDatabaseHoldsAstralCharacters(t *testing.T) {
	for _, holds := range []bool{false, true} {
		c := newCRM(t)
		c.SetAstral(holds)
		client := c.dial()
		_, known, err := client.Astral(t.Context(), "Contacts")
		require.NoError(t, err)
		require.False(t, known, "no record bears witness")

		c.person(map[string]string{"lastname": "Witness"})
		got, known, err := client.Astral(t.Context(), "Contacts")
		require.NoError(t, err)
		require.True(t, known)
		require.Equal(t, holds, got)

		c.AddAccount("Acme")
		got, known, err = client.Astral(t.Context(), "Accounts")
		require.NoError(t, err)
		require.True(t, known)
		require.Equal(t, holds, got)

		c.ResetCounts()
		got, known, err = client.Astral(t.Context(), "Contacts")
		require.NoError(t, err)
		require.True(t, known && got == holds)
		require.Zero(t, c.Counts().Total(), "remembered")
	}
}

// A database that fails at one of the questions is not one that refuses the character.
func TestAFaultyDatabaseTellsNothingOfItsCharacters(t *testing.T) {
	for at := 1; at <= 4; at++ {
		c := newCRM(t)
		c.SetAstral(true)
		c.person(map[string]string{"lastname": "Witness"})
		asked := 0
		client := c.behind(t, func(operation string, form url.Values) (string, bool) {
			if operation != "query" || !strings.Contains(form.Get("query"), "from Contacts") {
				return "", false
			}
			asked++
			return nothing, asked == at
		})
		_, known, err := client.Astral(t.Context(), "Contacts")
		require.NoError(t, err)
		require.False(t, known, at)
	}
	c := newCRM(t)
	c.person(map[string]string{"lastname": "Witness"})
	c.SetBrokenTable("Contacts", true)
	_, known, err := c.dial().Astral(t.Context(), "Contacts")
	require.NoError(t, err)
	require.False(t, known)
	_, _, err = c.dial().Astral(t.Context(), "No; module")
	require.Error(t, err)
}
