package vtiger

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/vtigersim"
)

func TestHoldersOfAnyOwnerAreFound(t *testing.T) {
	c := newCRM(t)
	mine := c.person(map[string]string{"lastname": "Mine", "email": "Ann@X.test"})
	hers := c.AddContact(c.alice, map[string]string{"lastname": "Hers", "secondaryemail": "bo@x.test", "email": "other@x.test"})
	c.person(map[string]string{"lastname": "Alike", "email": "zoë@x.test"})
	holders, err := c.contacts().Holders(t.Context(), []string{"ann@x.test", "bo@x.test", "zoe@x.test", "nobody@x.test"}, true)
	require.NoError(t, err)
	require.Contains(t, holders, Holder{ID: mine, Owner: c.admin, Addresses: []string{"ann@x.test"}})
	require.Contains(t, holders, Holder{ID: hers, Owner: c.alice, Addresses: []string{"other@x.test", "bo@x.test"}})
	for _, h := range holders {
		require.NotContains(t, h.Addresses, "zoe@x.test", "vTiger compares without accents, people do not")
	}
}

func TestMoreHoldersThanAPage(t *testing.T) {
	c := newCRM(t)
	for i := range 230 {
		c.person(map[string]string{"lastname": fmt.Sprint("N", i), "email": "office@x.test"})
	}
	holders, err := c.contacts().Holders(t.Context(), []string{"office@x.test"}, true)
	require.NoError(t, err)
	require.Len(t, holders, 230)
}

func TestFiftyAddressesAreOneRequest(t *testing.T) {
	c := newCRM(t)
	c.person(map[string]string{"lastname": "Newest"})
	book, addresses := c.contacts(), []string(nil)
	for i := range 500 {
		addresses = append(addresses, fmt.Sprintf("person%d@customer.example", i))
	}
	_, err := book.Holders(t.Context(), addresses[:1], true)
	require.NoError(t, err)
	before := c.Count("query")
	_, err = book.Holders(t.Context(), addresses, true)
	require.NoError(t, err)
	require.Equal(t, 10+1, c.Count("query")-before)
}

func TestAnUntrueAnswerFreesNoAddress(t *testing.T) {
	c := newCRM(t)
	c.person(map[string]string{"lastname": "Ann", "email": "ann@x.test"})
	book := c.contacts()
	_, err := book.Holders(t.Context(), []string{"ann@x.test"}, true)
	require.NoError(t, err)
	c.Fail("query", 1, vtigersim.EmptyList)
	_, err = book.Holders(t.Context(), []string{"ann@x.test"}, true)
	require.Equal(t, contact.Unavailable, contact.KindOf(err))
	c.ClearFaults()
	c.SetBrokenTable("Contacts", true)
	_, err = book.Holders(t.Context(), []string{"ann@x.test"}, true)
	require.Equal(t, contact.Unavailable, contact.KindOf(err))
}

func TestAnEmptyModuleHoldsNothing(t *testing.T) {
	holders, err := newCRM(t).contacts().Holders(t.Context(), []string{"ann@x.test"}, false)
	require.NoError(t, err)
	require.Empty(t, holders)
}
